"""The evaluation of a lot: a pure function from a case to its result.

Gates, price, score, rank, ties, flags, in this order. Ranks compare exact values; rounding only
decides what is shown. The result does not depend on the order in which bids were given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
    Result,
    Tie,
    TieGroup,
    amount,
)
from procurement.rules.scoring import METHODS, Score
from procurement.rules.ties import Placed
from procurement.rules.validation import check_case


class OtherTerms(InvalidCase):
    """The case's rules are not those that were published."""

    code = "other-terms"


@dataclass(frozen=True, slots=True)
class _Assessed:
    """One bid by itself: priced, put through the gates and, if it passed, scored."""

    bid: Bid
    priced: Priced
    gates: tuple[GateResult, ...]
    score: Score | None


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
    assessed = {bid.bid: _assess(case, bid) for bid in case.bids}
    standings = ranking(
        case, ((a.score.evaluated, a.bid) for a in assessed.values() if a.score is not None)
    )
    return Result(
        engine=ENGINE_VERSION,
        case_digest=case_digest,
        terms_digest=terms_digest,
        tender=case.tender,
        lot=case.lot,
        method=case.method,
        currency=case.currency,
        rounding=case.rounding,
        winners=tuple(s.placed.bid.bid for s in standings if s.rank == 1),
        ties=_ties(case, standings),
        bids=_bid_results(case, assessed, standings),
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
    qualified = all(gate.passed for gate in results)
    score = METHODS[case.method].score(case, bid, priced.price) if qualified else None
    return _Assessed(bid, priced, results, score)


def _ties(case: Case, standings: Sequence[Standing]) -> tuple[TieGroup, ...]:
    grouped = groupby((s for s in standings if s.group), key=lambda s: (s.group, s.evaluated))
    return tuple(
        TieGroup(group or 0, amount(value, case.rounding), tuple(s.placed.bid.bid for s in tied))
        for (group, value), tied in grouped
    )


def _bid_results(
    case: Case, assessed: dict[str, _Assessed], standings: Sequence[Standing]
) -> tuple[BidResult, ...]:
    """Ranked bids in order of rank, then the disqualified ones by name."""
    among = prices(assessed[s.placed.bid.bid].priced.price for s in standings)
    ranked = [_ranked(case, assessed[s.placed.bid.bid], s, standings[0], among) for s in standings]
    failed = [_disqualified(case, a) for a in assessed.values() if a.score is None]
    return (*ranked, *failed)


def _disqualified(case: Case, own: _Assessed) -> BidResult:
    return BidResult(
        bid=own.bid.bid,
        tenderer=own.bid.tenderer,
        qualified=False,
        rank=None,
        gates=own.gates,
        corrections=own.priced.corrections,
        price=amount(own.priced.price, case.rounding),
        evaluated_price=None,
        working=own.priced.steps,
        tie=None,
        flags=(),
        behind=None,
        break_even=None,
    )


def _ranked(
    case: Case, own: _Assessed, standing: Standing, best: Standing, among: Prices
) -> BidResult:
    evaluated = amount(standing.evaluated, case.rounding)
    tie = Tie(standing.group, standing.placed.keys, standing.broken_by) if standing.group else None
    return BidResult(
        bid=own.bid.bid,
        tenderer=own.bid.tenderer,
        qualified=True,
        rank=standing.rank,
        gates=own.gates,
        corrections=own.priced.corrections,
        price=amount(own.priced.price, case.rounding),
        evaluated_price=evaluated,
        working=own.priced.steps + (own.score.steps if own.score else ()),
        tie=tie,
        flags=_flags(case, own.priced.price, among),
        behind=_behind(case, standing, evaluated),
        break_even=_break_even(case, own, standing, best),
    )


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
    difference = amount(standing.evaluated - above.evaluated, case.rounding)
    rule = standing.broken_by
    if rule is None or difference.exact:
        other = amount(above.evaluated, case.rounding)
        words = explain.behind_by_price(name, own, other, difference, case.currency)
        return Behind(name, "evaluated_price", difference, words)
    keys = _key(above.placed, rule), _key(standing.placed, rule)
    return Behind(
        name, rule, difference, explain.behind_by_tie(name, own, rule, *keys, case.currency)
    )


def _key(placed: Placed, rule: str) -> str:
    return next(key.key for key in placed.keys if key.rule == rule)


def _break_even(case: Case, own: _Assessed, standing: Standing, best: Standing) -> BreakEven | None:
    if standing.rank == 1:
        return None
    price = METHODS[case.method].price_for(case, own.bid, best.evaluated)
    level = standing.evaluated == best.evaluated
    words = explain.break_even(amount(price, case.rounding), level, case.bounds, case.currency)
    return BreakEven(amount(price, case.rounding), words)
