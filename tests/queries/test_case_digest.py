"""What a database gives back is what was put in: one tender, one digest, on every database.

The suite runs on SQLite and on PostgreSQL; both must come to the digest that is written here.
"""

import hashlib

import pytest

from procurement.queries import cases
from procurement.rules.case import from_json, to_json
from procurement.rules.evaluation import evaluate
from tests.factories import Market, tender_at

pytestmark = pytest.mark.django_db

DIGEST = "c35a69950bdaa2ba023a4e2b672b8e2f2f4e85724d851fd47e6c31775337aad4"


def named(case):
    """The case with the names that are drawn anew for each tender replaced by fixed ones."""
    bids = sorted(
        case["bids"], key=lambda bid: (bid["lines"][0]["unit_price"], bid["submitted_at"])
    )
    for number, bid in enumerate(bids):
        bid |= {"bid": f"bid-{number}", "tenderer": f"tenderer-{number}"}
    return case | {"tender": "TND", "terms_hash": "ab" * 32, "draw_seed": "5e" * 16}


def test_a_tender_has_one_digest_whatever_the_database():
    tender = tender_at("standstill", Market(), prices=("300.10", "300.1", "299.99", "310"))
    case = named(to_json(cases.case(tender.lots.get())))
    found = hashlib.sha256(evaluate(from_json(case)).to_bytes()).hexdigest()
    assert found == DIGEST
