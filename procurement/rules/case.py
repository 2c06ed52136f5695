"""The evaluation case: strictly read from JSON, written in one canonical order, and digested.

Lists whose order means nothing (items, criteria, bids ...) are sorted and numbers are written in
their shortest form, so that one case has one digest, however it was typed. `tie_break` keeps its
order, because there the order is the rule.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final, TypeVar

from procurement.rules import reading
from procurement.rules.canonical import digest
from procurement.rules.case_parts import read_parts
from procurement.rules.facts import CASE_FORMAT, Bid, Case
from procurement.rules.validation import check_case
from procurement.rules.writing import as_json

TERMS_FORMAT: Final = "musika-evaluation-terms/1"

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
    document = {"format": CASE_FORMAT, **as_json(in_order(case))}
    if case.price_points is None:
        del document["price_points"]
    return document


def case_digest(case: Case) -> str:
    """SHA-256 (hexadecimal) of the canonical JSON of the whole case."""
    return digest(to_json(case))


def terms_digest(case: Case) -> str:
    """SHA-256 of what is published before bidding: everything but the bids and the draw's seed."""
    return digests(replace(case, bids=()))[1]


def digests(case: Case) -> tuple[str, str]:
    """The digest of the case and that of its terms, of one writing."""
    document = to_json(case)
    terms = document | {"format": TERMS_FORMAT}
    del terms["bids"], terms["draw_seed"]
    return digest(document), digest(terms)


def in_order(case: Case) -> Case:
    """The same case with every list whose order means nothing sorted by its names."""
    items = (
        replace(item, specification=_sorted(item.specification, "parameter")) for item in case.items
    )
    criteria = (replace(c, options=_sorted(c.options, "option")) for c in case.criteria)
    return replace(
        case,
        items=_sorted(items, "item"),
        criteria=_sorted(criteria, "criterion"),
        abnormally_low=_sorted(case.abnormally_low, "test"),
        bids=_sorted((_bid_in_order(bid) for bid in case.bids), "bid"),
    )


def _bid_in_order(bid: Bid) -> Bid:
    return replace(
        bid,
        lines=_sorted(bid.lines, "item"),
        declared=_sorted(bid.declared, "item", "parameter"),
        responses=_sorted(bid.responses, "criterion"),
        gates=_sorted(bid.gates, "criterion"),
    )


def _sorted(facts: Iterable[_Fact], *names: str) -> tuple[_Fact, ...]:
    return tuple(sorted(facts, key=lambda fact: [getattr(fact, name) for name in names]))
