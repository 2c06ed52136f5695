"""The evaluation case: strictly read from JSON, written in one canonical order, and digested.

Lists whose order means nothing (items, criteria, bids ...) are sorted and numbers are written in
their shortest form, so that one case has one digest, however it was typed. `tie_break` and the
bands of a step table keep their order, because there the order is the rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from procurement.rules import reading
from procurement.rules.canonical import digest
from procurement.rules.case_parts import read_parts
from procurement.rules.facts import CASE_FORMAT, Bid, Case
from procurement.rules.optional_facts import FINAL, TECHNICAL
from procurement.rules.validation import check_case
from procurement.rules.writing import as_json

TERMS_FORMAT: Final = "musika-evaluation-terms/2"

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
    return _written(in_order(case))


def _written(ordered: Case) -> dict[str, Any]:
    return {"format": CASE_FORMAT, **as_json(ordered)}


def case_digest(case: Case) -> str:
    """SHA-256 (hexadecimal) of the canonical JSON of the whole case."""
    return digest(to_json(case))


def terms_digest(case: Case) -> str:
    """SHA-256 of what is published before bidding: everything that is known then."""
    return _terms_digest(in_order(case))


def _terms_digest(ordered: Case) -> str:
    terms = _written(_as_published(ordered)) | {"format": TERMS_FORMAT}
    del terms["bids"], terms["draw_seed"]
    return digest(terms)


@dataclass(frozen=True, slots=True)
class Digests:
    """What names a case: the whole of it, its terms, and the technical case that it follows."""

    case: str
    terms: str
    technical: str | None


def digests(ordered: Case) -> Digests:
    """All three of a case that is in order already, so that it need not be sorted again."""
    final = ordered.stage == FINAL
    technical = digest(_written(technical_part(ordered))) if final else None
    return Digests(digest(_written(ordered)), _terms_digest(ordered), technical)


def _as_published(case: Case) -> Case:
    """Without the bids, the draw and the rates of the day; of two envelopes, that there are two."""
    return replace(
        case,
        bids=(),
        draw_seed=None,
        draw_nonces=(),
        stage=case.stage and FINAL,
        rates=tuple(replace(rate, units=None, worth=None) for rate in case.rates),
    )


def technical_part(case: Case) -> Case:
    """The technical case that a final one follows: the same bids without anything of the price."""
    bids = (
        replace(bid, lines=(), currency=None, answers=(), agrees_to_split=None) for bid in case.bids
    )
    return replace(_as_published(case), stage=TECHNICAL, bids=tuple(bids))


def in_order(case: Case) -> Case:
    """The same case with every list whose order means nothing sorted by its names."""
    items = (
        replace(item, specification=_sorted(item.specification, "parameter")) for item in case.items
    )
    criteria = (replace(c, options=_sorted(c.options, "option")) for c in case.criteria)
    preference = case.preference and replace(
        case.preference, components=tuple(sorted(case.preference.components))
    )
    return replace(
        case,
        items=_sorted(items, "item"),
        criteria=_sorted(criteria, "criterion"),
        abnormally_low=_sorted(case.abnormally_low, "test"),
        bids=_sorted((_bid_in_order(bid) for bid in case.bids), "bid"),
        components=_sorted(case.components, "component"),
        groups=_sorted(case.groups, "group"),
        preference=preference,
        matching=_sorted(case.matching, "matching"),
        rates=_sorted(case.rates, "currency"),
        draw_nonces=_sorted(case.draw_nonces, "officer"),
    )


def _bid_in_order(bid: Bid) -> Bid:
    return replace(
        bid,
        lines=_sorted(bid.lines, "item"),
        declared=_sorted(bid.declared, "item", "parameter"),
        responses=_sorted(bid.responses, "criterion"),
        gates=_sorted(bid.gates, "criterion"),
        additions=_sorted(bid.additions, "component", "item"),
        groups=_sorted(bid.groups, "group"),
        marks=_sorted(bid.marks, "criterion", "evaluator"),
        answers=_sorted(bid.answers, "matching"),
    )


def _sorted(facts: Iterable[_Fact], *names: str) -> tuple[_Fact, ...]:
    return tuple(sorted(facts, key=lambda fact: [getattr(fact, name) or "" for name in names]))
