"""The rules of evaluation as published: the case of a lot without bids, from the frozen terms.

Pure, because the verifier repeats it: what the ledger committed to at publication must be what
the evaluation used.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from procurement.rules import case as rules
from procurement.rules.facts import CASE_FORMAT
from procurement.rules.method_parts import TIE_BREAK
from procurement.rules.optional_facts import BASE_COMPONENTS
from procurement.rules.reading import InvalidCase
from procurement.rules.scoring import METHODS

ELIGIBLE: Final = "eligible"
PREFERRED: Final = "preferred"
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
        # Terms that were frozen before these parts existed do not name them.
        "tie_break": lot.get("tie_break") or list(TIE_BREAK),
        "draw_seed": None,
        "bids": [],
        **_optional(lot),
    }


def _optional(lot: Mapping[str, Any]) -> dict[str, Any]:
    """The parts that only some methods use; unused ones are left out of the case."""
    points, preference = lot.get("points"), lot.get("preference")
    found: dict[str, Any] = {
        "components": [_component(c) for c in lot.get("components", ())],
        "groups": [_group(preference)] if preference else [],
        "preference": _margin(lot, preference) if preference else None,
    }
    # What a method does not use stays in a draft when the officer tries another one.
    if points and METHODS[lot["evaluation_method"]].by_points:
        bounds = lot["evaluation_method"] == "fixed_bounds_points"
        found["price_points"] = {
            "weight": points["weight"],
            "total": points["total"],
            "lowest": points["lowest"] if bounds else None,
            "highest": points["highest"] if bounds else None,
        }
        found["minimum_points"] = points["minimum"]
    return {name: value for name, value in found.items() if value}


def component_name(number: int) -> str:
    """What the case calls a lot's addition; criteria are called by their bare numbers."""
    return f"addition-{number}"


def _component(component: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "component": component_name(component["component"]),
        "title": component["title"],
        "per": component["per"],
        "source": component["source"],
    }


def _group(preference: Mapping[str, Any]) -> dict[str, Any]:
    # One point: enough to be first among equals where the tie-break asks for it.
    return {
        "group": PREFERRED,
        "title": preference["title"],
        "points": "1",
        "source": preference["source"],
    }


def _margin(lot: Mapping[str, Any], preference: Mapping[str, Any]) -> dict[str, Any]:
    parts = [component_name(c["component"]) for c in lot["components"] if c["in_margin"]]
    parts += [str(c["criterion"]) for c in lot["criteria"] if c.get("in_margin")]
    return {
        "group": PREFERRED,
        "margin": preference["margin"],
        "base": preference["base"],
        "components": parts if preference["base"] == BASE_COMPONENTS else [],
        "way": preference["way"],
        "source": preference["source"],
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
    found = {
        "criterion": str(criterion["criterion"]),
        "title": criterion["title"],
        "kind": criterion["kind"],
        "source": criterion["source"],
        "options": [{**o, "option": str(o["option"])} for o in criterion["options"]],
    }
    rating = criterion.get("rating")
    return found | ({"rating": dict(rating)} if rating else {})


def terms_problem(data: Mapping[str, Any], number: int) -> tuple[str, str] | None:
    """Why the engine would refuse the rules of lot `number`: place and words; None: it would not.

    `data` needs no more than a draft has: tender, currency, reserved_for and lots.
    """
    try:
        published_digest(data, "0" * 64, number)
    except InvalidCase as error:
        return _place(error.where or ""), error.message
    return None


def _place(where: str) -> str:
    """The engine's place as the draft counts: its first criterion is the eligibility."""
    found = re.match(r"criteria\[(\d+)\]", where)
    if found is None or found[1] == "0":
        return where
    return f"criteria[{int(found[1]) - 1}]{where[found.end() :]}"


def published_digest(data: Mapping[str, Any], terms_hash: str, number: int) -> str:
    """The digest of a lot's rules, which the ledger keeps from publication on."""
    return rules.terms_digest(rules.from_json(case_terms(data, terms_hash, number)))


def canonical_terms(data: Mapping[str, Any]) -> str:
    """The text of the terms that is hashed: keys sorted, no blanks."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"))


def terms_hash(text: str) -> str:
    """SHA-256 (hex) of the canonical terms."""
    return hashlib.sha256(text.encode()).hexdigest()
