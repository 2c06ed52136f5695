"""What is told of each bid: its working, its place, what put it there and what would change it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from procurement.rules import explain
from procurement.rules.contested import Assessed, Ranked, Scored
from procurement.rules.facts import Case
from procurement.rules.flags import LOW_TESTS, Prices, prices
from procurement.rules.points import without_price
from procurement.rules.ranking import Standing
from procurement.rules.result import (
    Behind,
    BidResult,
    BreakEven,
    Flag,
    Input,
    Step,
    Tie,
    amount,
)
from procurement.rules.score import Score, workings
from procurement.rules.scoring import METHODS
from procurement.rules.ties import Placed


def ranked_results(case: Case, ranked: Ranked) -> list[BidResult]:
    """The qualified bids in order of rank."""
    among = prices(s.contest.price for s in ranked.scored.values())
    results = []
    for standing in ranked.standings:
        own = ranked.scored[standing.placed.bid.bid]
        value = amount(standing.value, case.rounding)
        by_points = METHODS[case.method].by_points
        told = replace(
            bid_result(case, own.assessed, own.score.steps),
            rank=standing.rank,
            evaluated_price=None if by_points else value,
            points=value if by_points else None,
            tie=_tie(standing),
            flags=_flags(case, own.contest.price, among),
            behind=_behind(case, standing, ranked.scored),
            break_even=_break_even(case, own, standing, ranked.standings[0]),
        )
        results.append(told)
    return results


def bid_result(case: Case, own: Assessed, scored: Sequence[Step] | None = None) -> BidResult:
    """What can be told of a bid by itself; for one without a rank that is all.

    `scored`: the steps of its score, which include those of its answers.
    """
    steps = workings(case, own.bid, case.rounding) if scored is None else scored
    by_points = METHODS[case.method].by_points
    technical = amount(without_price(case, own.bid), case.rounding) if by_points else None
    return BidResult(
        bid=own.bid.bid,
        tenderer=own.bid.tenderer,
        qualified=own.qualified,
        rank=None,
        gates=own.gates,
        corrections=own.priced.corrections if own.priced else (),
        price=amount(own.priced.price, case.rounding) if own.priced else None,
        evaluated_price=None,
        technical=technical,
        points=None,
        working=(*(own.priced.steps if own.priced else ()), *steps),
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


def _behind(case: Case, standing: Standing, scored: Mapping[str, Scored]) -> Behind | None:
    above = standing.above
    if above is None:
        return None
    name, own = above.placed.bid.bid, scored[standing.placed.bid.bid]
    value, other = (amount(s.value, case.rounding) for s in (standing, above))
    difference = amount(abs(value.exact - other.exact), case.rounding)
    rule = standing.broken_by
    if rule is not None and not difference.exact:
        keys = _key(above.placed, rule), _key(standing.placed, rule)
        words = explain.behind_by_tie(name, value, rule, *keys, _unit(case))
        return Behind(name, rule, difference, (), None, words)
    parts = _differences(own.score, scored[name].score)
    price = METHODS[case.method].price_for(own.contest, above.value)
    level = None if price is None else amount(price, case.rounding)
    by_points = METHODS[case.method].by_points
    tell = explain.behind_by_points if by_points else explain.behind_by_price
    words = tell(name, value, other, difference, _unit(case))
    words += explain.difference_words(parts, _unit(case))
    if level is not None and above.rank > 1:
        words += explain.catch_up(level, name, case.currency)
    by = "points" if by_points else "evaluated_price"
    return Behind(name, by, difference, parts, level, words)


def _unit(case: Case) -> str:
    return "points" if METHODS[case.method].by_points else case.currency


def _differences(own: Score, above: Score) -> tuple[Input, ...]:
    """How much each part of a bid's value is more or less than the same part of another's."""
    pairs = zip(own.parts, above.parts, strict=True)
    return tuple(Input(mine.name, mine.value - other.value) for mine, other in pairs)


def _key(placed: Placed, rule: str) -> str:
    return next(key.key for key in placed.keys if key.rule == rule)


def _break_even(case: Case, own: Scored, standing: Standing, best: Standing) -> BreakEven | None:
    if standing.rank == 1:
        return None
    price = METHODS[case.method].price_for(own.contest, best.value)
    if price is None:
        return None
    shown = amount(price, case.rounding)
    level = standing.value == best.value
    return BreakEven(shown, explain.break_even(shown, level, case.bounds, case.currency))
