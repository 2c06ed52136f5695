"""The bids of a lot as they stand: priced, put through the gates, scored and ranked."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from procurement.rules.conformance import gates, technical_gates, technically_passed
from procurement.rules.facts import Bid, Case
from procurement.rules.optional_facts import FINAL
from procurement.rules.pricing import Priced, price_of
from procurement.rules.ranking import Standing, ranking
from procurement.rules.result import GateResult
from procurement.rules.score import Contest, Score
from procurement.rules.scoring import METHODS


@dataclass(frozen=True, slots=True)
class Assessed:
    """One bid by itself: priced, unless its price is sealed, and put through the gates."""

    bid: Bid
    priced: Priced | None
    gates: tuple[GateResult, ...]
    qualified: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """One qualified bid among the others."""

    assessed: Assessed
    contest: Contest
    score: Score


@dataclass(frozen=True, slots=True)
class Ranked:
    """The qualified bids in their places, and everything that was reckoned about each."""

    scored: dict[str, Scored]
    standings: Sequence[Standing]

    def winners(self) -> tuple[str, ...]:
        return tuple(s.placed.bid.bid for s in self.standings if s.rank == 1)


def assess(case: Case, bid: Bid) -> Assessed:
    sealed = case.stage is not None and not (case.stage == FINAL and technically_passed(case, bid))
    priced = None if sealed else price_of(case, bid)
    results = gates(case, bid, priced.price) if priced else technical_gates(case, bid)
    return Assessed(bid, priced, results, all(gate.passed for gate in results))


def rank(case: Case, qualified: Sequence[Assessed]) -> Ranked:
    method = METHODS[case.method]
    priced = [(a, a.priced.price) for a in qualified if a.priced]
    lowest = min((price for _, price in priced), default=Fraction(0))
    scored = {}
    for assessed, price in priced:
        contest = Contest(case, assessed.bid, price, lowest)
        scored[assessed.bid.bid] = Scored(assessed, contest, method.score(contest))
    values = ((s.score.value, s.assessed.bid) for s in scored.values())
    return Ranked(scored, ranking(case, values, highest_first=method.by_points))
