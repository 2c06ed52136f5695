"""The allocation case of a tender: its rules from the frozen terms, its offers from the bids.

Pure, because the verifier repeats it: what the ledger committed to at publication must be what
the allocation used, and what it used of bids must be what was opened and evaluated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from procurement.rules.allocation import case as cases
from procurement.rules.allocation.facts import CASE_FORMAT
from procurement.rules.money import number, plain

CAP: Final = "one supplier"


def divided(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The lots of the terms that are awarded in parts."""
    return [lot for lot in data["lots"] if lot.get("division")]


def allocation_terms(data: Mapping[str, Any], terms_hash: str) -> dict[str, Any] | None:
    """The case without tenderers and bids; None where no lot is divided."""
    lots = divided(data)
    if not lots:
        return None
    sharing, rounding = data["sharing"], lots[0]["rounding"]
    return {
        "format": CASE_FORMAT,
        "terms_hash": terms_hash,
        "tender": data["tender"],
        "currency": data["currency"],
        "unit": lots[0]["items"][0]["unit"],
        "rounding": rounding | {"decimals": str(rounding["decimals"])},
        "tie_break": sharing["tie_break"],
        "budget": sharing["budget"],
        "lots": [_lot(lot) for lot in lots],
        "depots": [],
        "owner_caps": _caps(sharing),
        "reserves": _reserves(sharing),
        "tenderers": [],
        "bids": [],
        "packages": [],
    }


def _lot(lot: Mapping[str, Any]) -> dict[str, Any]:
    rule, item = lot["division"], lot["items"][0]
    most = rule["maximum_suppliers"]
    return {
        "lot": str(lot["lot"]),
        "commodity": item["commodity"] or "",
        "quantum": rule["quantum"],
        "demand": item["quantity"],
        "unmet_penalty": rule["unmet_penalty"],
        "minimum_suppliers": str(rule["minimum_suppliers"]),
        "maximum_suppliers": None if most is None else str(most),
        "depot": None,
        "deliveries": [],
    }


def _caps(sharing: Mapping[str, Any]) -> list[dict[str, Any]]:
    share = sharing["cap_share"]
    if share is None:
        return []
    rule = {"cap": CAP, "lots": None, "quantity": None, "share": share, "of": sharing["cap_of"]}
    return [rule]


def _reserves(sharing: Mapping[str, Any]) -> list[dict[str, Any]]:
    group, share = sharing["reserve_group"], sharing["reserve_share"]
    if not group:
        return []
    of = sharing["reserve_of"]
    return [{"reserve": group, "group": group, "lots": None, "share": share, "of": of}]


def allocation_digest(data: Mapping[str, Any], terms_hash: str) -> str | None:
    """The digest of the rules, which the ledger keeps from publication on; None: there are none."""
    terms = allocation_terms(data, terms_hash)
    return None if terms is None else cases.digests(cases.from_json(terms))[1]


@dataclass(frozen=True)
class Judged:
    """A divided lot after its evaluation: the case's bids and the result's, as plain values."""

    lot: int
    bids: Sequence[Mapping[str, Any]]
    results: Sequence[Mapping[str, Any]]


def name(bid: str, lot: int) -> str:
    """What the allocation calls a bid for one of several lots."""
    return f"{bid}-L{lot}"


def whole_case(
    terms: Mapping[str, Any],
    judged: Sequence[Judged],
    offers: Mapping[str, Mapping[str, Any]],
    groups: Mapping[str, Sequence[str]],
    fallen: Sequence[str] = (),
) -> dict[str, Any]:
    """The rules with every bid that the evaluation found qualified.

    `offers`: by bid its `parts` and `capacity` as they were read out. `groups`: by tenderer, those
    to which the evaluators found it to belong. `fallen`: parts (by `name`) whose award was undone.
    """
    bids = [
        _bid(lot.lot, row, offers[row["bid"]])
        for lot in judged
        for row in lot.bids
        if row["bid"] in _qualified(lot) and name(row["bid"], lot.lot) not in fallen
    ]
    capacities = {
        row["tenderer"]: offers[row["bid"]]["capacity"] for lot in judged for row in lot.bids
    }
    tenderers = [
        {
            "tenderer": tenderer,
            "owners": [tenderer],
            "groups": list(groups.get(tenderer, ())),
            "capacity": capacities[tenderer],
        }
        for tenderer in sorted({bid["tenderer"] for bid in bids})
    ]
    return {**terms, "tenderers": tenderers, "bids": bids}


def _qualified(lot: Judged) -> set[str]:
    return {row["bid"] for row in lot.results if row["qualified"]}


def _bid(lot: int, row: Mapping[str, Any], offer: Mapping[str, Any]) -> dict[str, Any]:
    part = next(part for part in offer["parts"] if part["lot"] == lot)
    # The unit price prevails over a total; what evaluators add for a unit is compared, not paid.
    added = [number(one["amount"]) for one in row.get("additions", ())]
    return {
        "bid": name(row["bid"], lot),
        "tenderer": row["tenderer"],
        "lot": str(lot),
        "submitted_at": row["submitted_at"],
        "minimum": part["minimum"],
        "maximum": part["maximum"],
        "discount": "all_units",
        "tiers": [{"starts_at": "0", "unit_price": row["lines"][0]["unit_price"]}],
        "transport": "0",
        "quality": plain(sum(added, Fraction(0))),
        "exclusive": None,
    }
