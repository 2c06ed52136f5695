"""The allocation case: strictly read from JSON, written in one canonical order, and digested.

Lists whose order means nothing are sorted by their names and numbers are written in their shortest
form, so that one case has one digest, however it was typed. Tiers stand in rising order anyway.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final, TypeVar

from procurement.rules import reading
from procurement.rules.allocation.facts import CASE_FORMAT, Case
from procurement.rules.allocation.parts import read_parts
from procurement.rules.allocation.validation import check_case
from procurement.rules.canonical import digest
from procurement.rules.writing import as_json

TERMS_FORMAT: Final = "musika-allocation-terms/1"
# What is not published before bidding.
OFFERS: Final = ("tenderers", "bids", "packages")

_Fact = TypeVar("_Fact")


def read_case(data: str | bytes) -> Case:
    """A checked case from JSON text. Raises InvalidCase, naming the place."""
    return from_json(reading.parse(data))


def from_json(value: Any) -> Case:
    """A checked case from plain values. Raises InvalidCase, naming the place."""
    case = read_parts(value)
    # Checked before it is sorted: the places in the messages are those of the given order.
    check_case(case)
    return in_order(case)


def to_json(case: Case) -> dict[str, Any]:
    """The canonical form of a case as plain values; all numbers are strings."""
    return {"format": CASE_FORMAT, **as_json(in_order(case))}


def digests(case: Case) -> tuple[str, str]:
    """The SHA-256 of the canonical JSON of the case, and that of its terms (without the bids)."""
    document = to_json(case)
    terms = {key: value for key, value in document.items() if key not in OFFERS}
    return digest(document), digest(terms | {"format": TERMS_FORMAT})


def in_order(case: Case) -> Case:
    """The same case with every list whose order means nothing sorted by its names."""
    return replace(
        case,
        lots=_sorted((replace(lot, deliveries=_weeks(lot.deliveries)) for lot in case.lots), "lot"),
        depots=_sorted((replace(d, weeks=_weeks(d.weeks)) for d in case.depots), "depot"),
        owner_caps=_sorted((replace(c, lots=_names(c.lots)) for c in case.owner_caps), "cap"),
        reserves=_sorted((replace(r, lots=_names(r.lots)) for r in case.reserves), "reserve"),
        tenderers=_sorted(
            (
                replace(t, owners=tuple(sorted(t.owners)), groups=tuple(sorted(t.groups)))
                for t in case.tenderers
            ),
            "tenderer",
        ),
        bids=_sorted(case.bids, "bid"),
        packages=_sorted(
            (
                replace(p, lines=_sorted(p.lines, "lot"), requires=tuple(sorted(p.requires)))
                for p in case.packages
            ),
            "bid",
        ),
    )


def _weeks(facts: Iterable[_Fact]) -> tuple[_Fact, ...]:
    return _sorted(facts, "week")


def _names(names: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(sorted(names))


def _sorted(facts: Iterable[_Fact], name: str) -> tuple[_Fact, ...]:
    return tuple(sorted(facts, key=lambda fact: str(getattr(fact, name))))
