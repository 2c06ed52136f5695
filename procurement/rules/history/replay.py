"""The evaluation of a past tender by our own rules, compared with the winner on record.

The rule is the lowest price that is not above the reserve price and not below the minimum price.
Histories do not tell when a bid came in, so equal prices stay equal: a recorded winner among
several first-ranked bids agrees "after a tie".
"""

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from procurement.rules.evaluation import evaluate
from procurement.rules.facts import Bid, Bounds, Case, Item, Line
from procurement.rules.history.rows import BidFacts
from procurement.rules.history.tenders import PastTender, public_id
from procurement.rules.money import HALF_UP, Rounding, plain
from procurement.rules.published import canonical_terms, terms_hash
from procurement.rules.result import BidResult, Result

TERMS_FORMAT: Final = "musika-historical-terms/1"
LOT: Final = "1"
ITEM: Final = "1"
ROUNDING: Final = Rounding(2, HALF_UP)


class Outcome(StrEnum):
    """How the record compares with the replay."""

    AGREES = "agrees"
    AGREES_AFTER_TIE = "agrees after a tie"
    DISAGREES = "disagrees"
    NO_WINNER = "no winner on record"
    UNKNOWN = "the file names no winners"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A tender's case and result, and what they say about the record. Numbers are in the case."""

    outcome: Outcome
    explanation: str
    terms: str
    terms_hash: str
    case: Case | None
    result: Result | None

    @property
    def agrees(self) -> bool | None:
        """True or false where a winner is on record, else None."""
        if self.outcome in (Outcome.AGREES, Outcome.AGREES_AFTER_TIE):
            return True
        return False if self.outcome is Outcome.DISAGREES else None


def bid_id(tender: PastTender, bid: BidFacts) -> str:
    """The public id of an imported bid: the same whenever the same file is imported."""
    return public_id("bid", tender.reference, bid.tenderer)


def organization_id(source: str, kind: str, name: str) -> str:
    """The public id of an organisation that exists only in an imported history."""
    return public_id("organization", source, kind, name)


def replay(tender: PastTender, source: str, has_winners: bool) -> Replay:
    """Evaluate `tender` and compare. `has_winners`: the mapping says which rows won."""
    text = canonical_terms(terms(tender, source))
    hashed = terms_hash(text)
    if tender.facts.cancelled:
        words = "The file marks this tender as cancelled; it was not evaluated."
        return Replay(
            outcome=Outcome.CANCELLED,
            explanation=words,
            terms=text,
            terms_hash=hashed,
            case=None,
            result=None,
        )
    case = case_of(tender, source, hashed)
    result = evaluate(case)
    outcome, words = _Comparison(tender, result).compared(has_winners)
    return Replay(
        outcome=outcome,
        explanation=words,
        terms=text,
        terms_hash=hashed,
        case=case,
        result=result,
    )


def terms(tender: PastTender, source: str) -> dict[str, Any]:
    """What was asked for, as far as the record tells; hashed as published terms are."""
    facts = tender.facts
    return {
        "format": TERMS_FORMAT,
        "source": source,
        "tender": tender.reference,
        "key": list(tender.key),
        "title": facts.title,
        "description": facts.description,
        "buyer": facts.buyer,
        "currency": facts.currency,
        "deadline": facts.at.isoformat(),
        "reserve_price": _number(facts.reserve_price),
        "minimum_price": _number(facts.minimum_price),
        "quantity": _number(facts.quantity),
        "unit": facts.unit,
        "commodity": facts.commodity,
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else plain(Fraction(value))


def _fraction(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def case_of(tender: PastTender, source: str, hashed: str) -> Case:
    """The case: one lot of one item, the bounds of the record, no rule to break ties."""
    facts = tender.facts
    item = Item(
        item=ITEM,
        commodity=facts.commodity,
        description=item_description(tender),
        quantity=Fraction(facts.quantity),
        unit=facts.unit,
        specification=(),
    )
    return Case(
        terms_hash=hashed,
        tender=tender.reference,
        lot=LOT,
        method="lowest_price",
        currency=facts.currency,
        items=(item,),
        criteria=(),
        bounds=Bounds(
            reserve_price=_fraction(facts.reserve_price),
            minimum_price=_fraction(facts.minimum_price),
        ),
        rounding=ROUNDING,
        partial=None,
        abnormally_low=(),
        tie_break=(),
        draw_seed=None,
        bids=tuple(_bid(tender, bid, source) for bid in tender.bids if bid.unit_price is not None),
    )


def item_description(tender: PastTender) -> str:
    """What the item is called: the title, cut to what an item holds."""
    return tender.facts.title[:300].strip()


def _bid(tender: PastTender, bid: BidFacts, source: str) -> Bid:
    assert bid.unit_price is not None
    line = Line(
        item=ITEM,
        unit_price=Fraction(bid.unit_price),
        quantity=Fraction(tender.facts.quantity),
        stated_total=None,
    )
    return Bid(
        bid=bid_id(tender, bid),
        tenderer=organization_id(source, "company", bid.tenderer),
        submitted_at=tender.facts.at,
        revision=1,
        lines=(line,),
        declared=(),
        responses=(),
        gates=(),
    )


class _Comparison:
    """Says in plain words how the record compares with the result."""

    def __init__(self, tender: PastTender, result: Result) -> None:
        self._tender, self._result = tender, result
        self._facts = {bid_id(tender, bid): bid for bid in tender.bids}
        self._results: AnyMapping[str, BidResult] = {line.bid: line for line in result.bids}

    def compared(self, has_winners: bool) -> tuple[Outcome, str]:
        if not has_winners:
            return Outcome.UNKNOWN, "The file does not say who won."
        if self._tender.refused_winners and not self._tender.winners:
            rows = _rows(self._tender.refused_winners)
            why = "; ".join(
                f"{refusal.column}: {refusal.why}"
                for refusal in self._tender.refused
                if refusal.row in self._tender.refused_winners
            )
            words = f"The recorded winner is missing here: {rows} was refused ({why})."
            return Outcome.DISAGREES, words
        winners = self._tender.winners
        if not winners:
            return Outcome.NO_WINNER, self._no_winner()
        if len(winners) > 1 or self._tender.refused_winners:
            rows = _rows((*(bid.row for bid in winners), *self._tender.refused_winners))
            return Outcome.DISAGREES, f"The record names several winners: {rows}."
        return self._winner(winners[0])

    def _no_winner(self) -> str:
        flagged = "The record says that there was no winner" if self._tender.facts.no_winner else ""
        begin = flagged or "No row is marked as the winner's"
        if not self._result.winners:
            return f"{begin}, and no bid is within the bounds."
        return f"{begin}, although {self._lowest()} is within the bounds."

    def _winner(self, winner: BidFacts) -> tuple[Outcome, str]:
        line = self._results.get(bid_id(self._tender, winner))
        if line is None:
            words = f"The recorded winner's bid (row {winner.row}) has no amount."
            return Outcome.DISAGREES, words
        if self._tender.facts.no_winner:
            words = f"Row {winner.row} is marked as the winner's, and the tender as without one."
            return Outcome.DISAGREES, words
        if line.rank == 1:
            return self._first(winner)
        return Outcome.DISAGREES, self._lost(winner, line)

    def _first(self, winner: BidFacts) -> tuple[Outcome, str]:
        tied = len(self._result.winners)
        if tied == 1:
            return Outcome.AGREES, "The recorded winner is the lowest bid within the bounds."
        remark = f" The file remarks: “{winner.remark}”." if winner.remark else ""
        words = f"{tied} bids share the lowest price, the recorded winner's among them.{remark}"
        return Outcome.AGREES_AFTER_TIE, words

    def _lost(self, winner: BidFacts, line: BidResult) -> str:
        begin = f"The recorded winner ({winner.tenderer}, row {winner.row}) bid"
        if not line.qualified:
            reasons = "; ".join(gate.reason for gate in line.gates if not gate.passed)
            return f"{begin} {line.price_text}: {reasons}."
        remark = self._remark(self._facts[self._result.winners[0]])
        return f"{begin} {line.price_text}; {self._lowest()} is lower and valid.{remark}"

    def _lowest(self) -> str:
        first = self._result.winners[0]
        bid, price = self._facts[first], self._results[first].price_text
        return f"the bid of {price} by {bid.tenderer} (row {bid.row})"

    def _remark(self, bid: BidFacts) -> str:
        marked = " The file marks that bid as disqualified" if bid.disqualified else ""
        if not bid.remark:
            return f"{marked}, without a reason." if marked else ""
        begin = f"{marked}:" if marked else " The file remarks on that bid:"
        return f"{begin} “{bid.remark}”."


def _rows(numbers: tuple[int, ...]) -> str:
    listed = ", ".join(str(number) for number in sorted(numbers))
    return f"row {listed}" if len(numbers) == 1 else f"rows {listed}"
