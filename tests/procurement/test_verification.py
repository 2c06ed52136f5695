import json

import pytest

from procurement import exports, verification
from tests.factories import AFTER, Market, tender_at

pytestmark = pytest.mark.django_db


def lines_of(tender):
    return list(exports.history(tender, "history_jsonl", AFTER))


@pytest.fixture
def awarded():
    return lines_of(tender_at("standstill", Market()))


def failed(lines):
    return {check.name for check in verification.verify(lines).checks if not check.passed}


def test_an_honest_history_passes_every_check(awarded):
    report = verification.verify(awarded)
    assert report.passed, report.lines()
    assert {"evaluation recomputes", "every standing bid was opened"} <= {
        check.name for check in report.checks
    }


def test_a_changed_price_in_the_case_does_not_recompute(awarded):
    """Even an edit for which the ledger's own commitments were forged along is caught."""
    history = verification.ledger.read(awarded)
    body = next(body for _, body in verification.bodies(history, "AwardDecided"))
    body["case"]["bids"][0]["lines"][0]["unit_price"] = "1"
    assert not all(check.passed for check in verification.check_evaluations(history))


def test_a_bid_missing_from_the_opening_is_named(awarded):
    history = verification.ledger.read(awarded)
    next(body for _, body in verification.bodies(history, "BidsOpened"))["bids"].pop()
    assert not all(check.passed for check in verification.check_opening(history))


def test_an_edited_line_fails_the_ledger_checks(awarded):
    number = next(i for i, line in enumerate(awarded) if b"AwardDecided" in line)
    entry = json.loads(awarded[number])
    entry["body"]["reason"] = "Because."
    awarded[number] = json.dumps(entry).encode()
    assert failed(awarded)
