"""The evaluation of a lot: a pure function from a case to its result.

Gates, price, score, rank, ties, flags, in this order. Ranks compare exact values; rounding only
decides what is shown. The result does not depend on the order in which bids were given.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from procurement.rules import explain
from procurement.rules.case import digests, in_order
from procurement.rules.conformance import gates
from procurement.rules.facts import Bid, Case
from procurement.rules.flags import LOW_TESTS, Prices, prices
from procurement.rules.pricing import Priced, price_of
from procurement.rules.ranking import Standing, ranking
from procurement.rules.reading import InvalidCase
from procurement.rules.result import (
    ENGINE_VERSION,
    Amount,
    Behind,
    BidResult,
    BreakEven,
    Flag,
    GateResult,
    Removal,
    Result,
    Tie,
    TieGroup,
    amount,
)
from procurement.rules.score import Contest, Score
from procurement.rules.scoring import METHODS
from procurement.rules.ties import DRAW, Placed
from procurement.rules.validation import check_case


class OtherTerms(InvalidCase):
    """The case's rules are not those that were published."""

    code = "other-terms"


@dataclass(frozen=True, slots=True)
class _Assessed:
    """One bid by itself: priced and put through the gates."""

    bid: Bid
    priced: Priced
    gates: tuple[GateResult, ...]
    qualified: bool


@dataclass(frozen=True, slots=True)
class _Scored:
    """One qualified bid among the others."""

    assessed: _Assessed
    contest: Contest
    score: Score


@dataclass(frozen=True, slots=True)
class _Ranked:
    """The qualified bids in their places, and everything that was reckoned about each."""

    scored: dict[str, _Scored]
    standings: Sequence[Standing]

    def winners(self) -> tuple[str, ...]:
        return tuple(s.placed.bid.bid for s in self.standings if s.rank == 1)


def evaluate(case: Case, expected_terms: str | None = None) -> Result:
    """The result of a case.

    `expected_terms` is the digest that was published before bidding (`case.terms_digest`); a case
    with other terms raises OtherTerms. Raises InvalidCase when the case contradicts itself and
    DrawSeedMissing when only the draw could decide and there is no seed.
    """
    check_case(case)
    case = in_order(case)
    case_digest, terms_digest = digests(case)
    _check_terms(terms_digest, expected_terms)
    assessed = [_assess(case, bid) for bid in case.bids]
    ranked = _rank(case, [a for a in assessed if a.qualified])
    failed = [_bid_result(case, a) for a in assessed if not a.qualified]
    return Result(
        engine=ENGINE_VERSION,
        case_digest=case_digest,
        terms_digest=terms_digest,
        tender=case.tender,
        lot=case.lot,
        method=case.method,
        currency=case.currency,
        rounding=case.rounding,
        winners=ranked.winners(),
        ties=_ties(case, ranked.standings),
        removals=_removals(case, ranked) if METHODS[case.method].relative else (),
        bids=(*_ranked_results(case, ranked), *failed),
    )


def _check_terms(found: str, expected: str | None) -> None:
    if expected is not None and found != expected:
        raise OtherTerms(
            f"terms: their digest is {found}, published was {expected}",
            where="terms",
            remedy="Evaluate with the rules that were published before bidding.",
        )


def _assess(case: Case, bid: Bid) -> _Assessed:
    priced = price_of(case, bid)
    results = gates(case, bid, priced.price)
    return _Assessed(bid, priced, results, all(gate.passed for gate in results))


def _rank(case: Case, qualified: Sequence[_Assessed]) -> _Ranked:
    method = METHODS[case.method]
    lowest = min((a.priced.price for a in qualified), default=Fraction(0))
    scored = {}
    for assessed in qualified:
        contest = Contest(case, assessed.bid, assessed.priced.price, lowest)
        scored[assessed.bid.bid] = _Scored(assessed, contest, method.score(contest))
    values = ((s.score.value, s.assessed.bid) for s in scored.values())
    return _Ranked(scored, ranking(case, values, highest_first=method.by_points))


def _removals(case: Case, ranked: _Ranked) -> tuple[Removal, ...]:
    """The losing bids without which others would have won.

    Only the lowest price measures the others, so only a loser who alone holds it is tried. Where
    such a trial would need a draw that has no seed, the equal bids are named together.
    """
    if case.draw_seed is None:
        case = replace(case, tie_break=tuple(rule for rule in case.tie_break if rule != DRAW))
    lowest = [name for name, s in ranked.scored.items() if s.contest.price == s.contest.lowest]
    if len(lowest) != 1 or lowest[0] in ranked.winners():
        return ()
    others = [s.assessed for name, s in ranked.scored.items() if name != lowest[0]]
    winners = _rank(case, others).winners()
    return (Removal(lowest[0], winners),) if winners != ranked.winners() else ()


def _ties(case: Case, standings: Sequence[Standing]) -> tuple[TieGroup, ...]:
    grouped = groupby((s for s in standings if s.group), key=lambda s: (s.group, s.value))
    return tuple(
        TieGroup(group or 0, amount(value, case.rounding), tuple(s.placed.bid.bid for s in tied))
        for (group, value), tied in grouped
    )


def _ranked_results(case: Case, ranked: _Ranked) -> list[BidResult]:
    """The qualified bids in order of rank."""
    among = prices(s.contest.price for s in ranked.scored.values())
    results = []
    for standing in ranked.standings:
        own = ranked.scored[standing.placed.bid.bid]
        value = amount(standing.value, case.rounding)
        by_points = METHODS[case.method].by_points
        told = replace(
            _bid_result(case, own.assessed),
            rank=standing.rank,
            evaluated_price=None if by_points else value,
            points=value if by_points else None,
            working=own.assessed.priced.steps + own.score.steps,
            tie=_tie(standing),
            flags=_flags(case, own.contest.price, among),
            behind=_behind(case, standing, value),
            break_even=_break_even(case, own, standing, ranked.standings[0]),
        )
        results.append(told)
    return results


def _bid_result(case: Case, own: _Assessed) -> BidResult:
    """What can be told of a bid by itself; for a disqualified one that is all."""
    return BidResult(
        bid=own.bid.bid,
        tenderer=own.bid.tenderer,
        qualified=own.qualified,
        rank=None,
        gates=own.gates,
        corrections=own.priced.corrections,
        price=amount(own.priced.price, case.rounding),
        evaluated_price=None,
        points=None,
        working=own.priced.steps,
        tie=None,
        flags=(),
        behind=None,
        break_even=None,
    )


def _tie(standing: Standing) -> Tie | None:
    if standing.group is None:
        return None
    return Tie(standing.group, standing.placed.keys, standing.broken_by)


def _flags(case: Case, price: Fraction, among: Prices) -> tuple[Flag, ...]:
    found = (
        (test, LOW_TESTS[test.test].find(price, among, test.threshold))
        for test in case.abnormally_low
    )
    return tuple(
        Flag("abnormally-low", test.test, test.threshold, words)
        for test, words in found
        if words is not None
    )


def _behind(case: Case, standing: Standing, own: Amount) -> Behind | None:
    above = standing.above
    if above is None:
        return None
    name = above.placed.bid.bid
    by_points = METHODS[case.method].by_points
    unit = "points" if by_points else case.currency
    difference = amount(abs(standing.value - above.value), case.rounding)
    rule = standing.broken_by
    if rule is None or difference.exact:
        other = amount(above.value, case.rounding)
        tell = explain.behind_by_points if by_points else explain.behind_by_price
        by = "points" if by_points else "evaluated_price"
        return Behind(name, by, difference, tell(name, own, other, difference, unit))
    keys = _key(above.placed, rule), _key(standing.placed, rule)
    return Behind(name, rule, difference, explain.behind_by_tie(name, own, rule, *keys, unit))


def _key(placed: Placed, rule: str) -> str:
    return next(key.key for key in placed.keys if key.rule == rule)


def _break_even(case: Case, own: _Scored, standing: Standing, best: Standing) -> BreakEven | None:
    if standing.rank == 1:
        return None
    price = METHODS[case.method].price_for(own.contest, best.value)
    if price is None:
        return None
    shown = amount(price, case.rounding)
    level = standing.value == best.value
    return BreakEven(shown, explain.break_even(shown, level, case.bounds, case.currency))
