"""The evaluation of a lot: a pure function from a case to its result.

Gates, price, score, rank, ties, flags, in this order. Ranks compare exact values; rounding only
decides what is shown. The result does not depend on the order in which bids were given.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from procurement.rules import explain
from procurement.rules.case import case_digest, in_order, terms_digest
from procurement.rules.conformance import gates
from procurement.rules.facts import Bid, Case
from procurement.rules.flags import LOW_TESTS
from procurement.rules.pricing import Priced, price_of
from procurement.rules.reading import InvalidCase
from procurement.rules.result import (
    ENGINE_VERSION,
    Behind,
    BidResult,
    BreakEven,
    Flag,
    GateResult,
    Result,
    Tie,
    amount,
)
from procurement.rules.scoring import METHODS, Score
from procurement.rules.ties import Placed, decided_by, separate
from procurement.rules.validation import check_case


class OtherTerms(InvalidCase):
    """The case's rules are not those that were published."""

    code = "other-terms"


@dataclass(frozen=True, slots=True)
class _Assessed:
    bid: Bid
    priced: Priced
    gates: tuple[GateResult, ...]
    score: Score | None


@dataclass(frozen=True, slots=True)
class _Standing:
    """A qualified bid in its place: its rank, the bid above, and the bids it is tied with."""

    rank: int
    placed: Placed
    tied: tuple[Placed, ...]
    above: Placed | None
    below: Placed | None


def evaluate(case: Case, expected_terms: str | None = None) -> Result:
    """The result of a case.

    `expected_terms` is the digest that was published before bidding (`case.terms_digest`); a case
    with other terms raises OtherTerms. Raises InvalidCase when the case contradicts itself and
    DrawSeedMissing when only the draw could decide and there is no seed.
    """
    check_case(case)
    case = in_order(case)
    terms = terms_digest(case)
    if expected_terms is not None and terms != expected_terms:
        raise OtherTerms(
            f"terms: their digest is {terms}, published was {expected_terms}",
            where="terms",
            remedy="Evaluate with the rules that were published before bidding.",
        )
    assessed = {bid.bid: _assess(case, bid) for bid in case.bids}
    standings = {s.placed.bid.bid: s for s in _standings(case, assessed)}
    results = [_bid_result(case, a, standings, assessed) for a in assessed.values()]
    return Result(
        engine=ENGINE_VERSION,
        case_digest=case_digest(case),
        terms_digest=terms,
        tender=case.tender,
        lot=case.lot,
        method=case.method,
        currency=case.currency,
        rounding=case.rounding,
        winners=tuple(r.bid for r in results if r.rank == 1),
        bids=tuple(sorted(results, key=lambda r: (r.rank is None, r.rank or 0, r.bid))),
    )


def _assess(case: Case, bid: Bid) -> _Assessed:
    priced = price_of(case, bid)
    passed = gates(case, bid, priced.price)
    qualified = all(gate.passed for gate in passed)
    score = METHODS[case.method].score(case, bid, priced.price) if qualified else None
    return _Assessed(bid, priced, passed, score)


def _standings(case: Case, assessed: dict[str, _Assessed]) -> list[_Standing]:
    scored = [(a.score.evaluated, a.bid) for a in assessed.values() if a.score is not None]
    scored.sort(key=lambda pair: pair[0])
    standings: list[_Standing] = []
    above: Placed | None = None
    for _, equal in groupby(scored, key=lambda pair: pair[0]):
        classes = separate(case, [bid for _, bid in equal])
        tied = tuple(placed for group in classes for placed in group)
        for group in classes:
            rank = len(standings) + 1
            below = _first_after(group, tied)
            standings += [_Standing(rank, placed, tied, above, below) for placed in group]
            above = group[0]
    return standings


def _first_after(group: list[Placed], tied: tuple[Placed, ...]) -> Placed | None:
    position = tied.index(group[-1]) + 1
    return tied[position] if position < len(tied) else None


def _bid_result(
    case: Case,
    own: _Assessed,
    standings: dict[str, _Standing],
    assessed: dict[str, _Assessed],
) -> BidResult:
    standing = standings.get(own.bid.bid)
    return BidResult(
        bid=own.bid.bid,
        tenderer=own.bid.tenderer,
        qualified=standing is not None,
        rank=standing.rank if standing else None,
        gates=own.gates,
        corrections=own.priced.corrections,
        price=amount(own.priced.price, case.rounding),
        evaluated_price=amount(own.score.evaluated, case.rounding) if own.score else None,
        working=own.priced.steps + (own.score.steps if own.score else ()),
        tie=_tie(standing) if standing else None,
        flags=_flags(case, own, assessed) if standing else (),
        behind=_behind(case, standing, assessed) if standing else None,
        break_even=_break_even(case, own, standings, assessed) if standing else None,
    )


def _tie(standing: _Standing) -> Tie | None:
    if len(standing.tied) == 1:
        return None
    others = (p.bid.bid for p in standing.tied if p is not standing.placed)
    return Tie(tuple(sorted(others)), standing.placed.keys, _broken_by(standing))


def _broken_by(standing: _Standing) -> str | None:
    """The rule that told the bid from the tied one above it or, at the top, from the one below."""
    if standing.above in standing.tied and standing.above is not None:
        return decided_by(standing.above, standing.placed)
    return decided_by(standing.placed, standing.below) if standing.below else None


def _flags(case: Case, own: _Assessed, assessed: dict[str, _Assessed]) -> tuple[Flag, ...]:
    others = [a.priced.price for a in assessed.values() if a.score is not None and a is not own]
    found = (
        (test, LOW_TESTS[test.test].find(own.priced.price, others, test.threshold))
        for test in case.abnormally_low
    )
    return tuple(
        Flag("abnormally-low", test.test, test.threshold, words)
        for test, words in found
        if words is not None
    )


def _evaluated(assessed: dict[str, _Assessed], bid: str) -> Fraction:
    score = assessed[bid].score
    if score is None:
        raise ValueError(f"bid {bid} has no score")
    return score.evaluated


def _behind(case: Case, standing: _Standing, assessed: dict[str, _Assessed]) -> Behind | None:
    above = standing.above
    if above is None:
        return None
    own_value = _evaluated(assessed, standing.placed.bid.bid)
    above_value = _evaluated(assessed, above.bid.bid)
    difference = amount(own_value - above_value, case.rounding)
    own, other = amount(own_value, case.rounding), amount(above_value, case.rounding)
    rule = decided_by(above, standing.placed) if own_value == above_value else None
    if rule is None:
        words = explain.behind_by_price(above.bid.bid, own, other, difference, case.currency)
        return Behind(above.bid.bid, "evaluated_price", difference, words)
    keys = _key(above, rule), _key(standing.placed, rule)
    words = explain.behind_by_tie(above.bid.bid, own, rule, *keys, case.currency)
    return Behind(above.bid.bid, rule, difference, words)


def _key(placed: Placed, rule: str) -> str:
    return next(key.key for key in placed.keys if key.rule == rule)


def _break_even(
    case: Case,
    own: _Assessed,
    standings: dict[str, _Standing],
    assessed: dict[str, _Assessed],
) -> BreakEven | None:
    if standings[own.bid.bid].rank == 1:
        return None
    best = min(a.score.evaluated for a in assessed.values() if a.score is not None)
    price = amount(METHODS[case.method].price_for(case, own.bid, best), case.rounding)
    return BreakEven(price, explain.break_even(price, case.currency))
