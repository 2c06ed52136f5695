"""The rules of evaluation as published: the case of a lot without bids, from the frozen terms.

Pure, because the verifier repeats it: what the ledger committed to at publication must be what
the evaluation used.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from procurement.rules import case as rules
from procurement.rules.facts import CASE_FORMAT

ELIGIBLE: Final = "eligible"
TIE_BREAK: Final = ["earliest_submission", "draw"]
# The two published tests of the abnormally low: 40 % below the mean of the others, 30 % below
# the next. They raise a question to the tenderer, never a rejection.
LOW_TESTS: Final = [
    {"test": "below_mean_of_others", "threshold": "0.4"},
    {"test": "below_next", "threshold": "0.3"},
]


def case_terms(data: Mapping[str, Any], terms_hash: str, number: int) -> dict[str, Any]:
    """The case of lot `number` without bids, from the tender's frozen terms."""
    lot = next(lot for lot in data["lots"] if lot["lot"] == number)
    return {
        "format": CASE_FORMAT,
        "terms_hash": terms_hash,
        "tender": data["tender"],
        "lot": str(number),
        "method": lot["evaluation_method"],
        "currency": data["currency"],
        "items": [_item(item) for item in lot["items"]],
        "criteria": [_eligibility(data), *(_criterion(c) for c in lot["criteria"])],
        "bounds": {
            "reserve_price": lot["reserve_price"],
            "minimum_price": lot["minimum_price"],
        },
        "rounding": lot["rounding"] | {"decimals": str(lot["rounding"]["decimals"])},
        "partial": None,
        "abnormally_low": LOW_TESTS,
        "tie_break": TIE_BREAK,
        "draw_seed": None,
        "bids": [],
    }


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "item": str(item["item"]),
        "commodity": item["commodity"] or "",
        "description": item["description"],
        "quantity": item["quantity"],
        "unit": item["unit"],
        "specification": item["specification"],
    }


def _eligibility(data: Mapping[str, Any]) -> dict[str, Any]:
    group = f"; reserved for {data['reserved_for']}" if data["reserved_for"] else ""
    return {
        "criterion": ELIGIBLE,
        "title": f"Not debarred at the deadline{group}",
        "kind": "gate",
        "source": "Register of debarments of this installation",
        "options": [],
    }


def _criterion(criterion: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "criterion": str(criterion["criterion"]),
        "title": criterion["title"],
        "kind": criterion["kind"],
        "source": criterion["source"],
        "options": [{**o, "option": str(o["option"])} for o in criterion["options"]],
    }


def published_digest(data: Mapping[str, Any], terms_hash: str, number: int) -> str:
    """The digest of a lot's rules, which the ledger keeps from publication on."""
    return rules.terms_digest(rules.from_json(case_terms(data, terms_hash, number)))


def canonical_terms(data: Mapping[str, Any]) -> str:
    """The text of the terms that is hashed: keys sorted, no blanks."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"))


def terms_hash(text: str) -> str:
    """SHA-256 (hex) of the canonical terms."""
    return hashlib.sha256(text.encode()).hexdigest()
