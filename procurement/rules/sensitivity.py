"""How firm the first rank is: without each losing bid, and between which weights it holds.

Every bid's points are a sum of parts, each a weight times what the bid earned of it (0 to 1). When
one weight moves from 0 to the total and the others keep their proportions, the points of each bid
move along a straight line, so that the ends of the range are exact.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from procurement.rules.contested import Ranked, rank
from procurement.rules.facts import Case
from procurement.rules.money import total
from procurement.rules.points import KINDS, PRICE_POINTS
from procurement.rules.result import Removal, WeightRange, amount
from procurement.rules.score import Score, highest
from procurement.rules.scoring import METHODS
from procurement.rules.ties import DRAW


def removals(case: Case, ranked: Ranked) -> tuple[Removal, ...]:
    """The losing bids without which others would have won.

    Only the lowest price measures the others, so only a loser who alone holds it is tried. Where
    such a trial would need a draw that has no seed, the equal bids are named together.
    """
    if not METHODS[case.method].relative:
        return ()
    if case.draw_seed is None:
        case = replace(case, tie_break=tuple(rule for rule in case.tie_break if rule != DRAW))
    lowest = [name for name, s in ranked.scored.items() if s.contest.price == s.contest.lowest]
    if len(lowest) != 1 or lowest[0] in ranked.winners():
        return ()
    others = [s.assessed for name, s in ranked.scored.items() if name != lowest[0]]
    winners = rank(case, others).winners()
    return (Removal(lowest[0], winners),) if winners != ranked.winners() else ()


@dataclass(frozen=True, slots=True)
class _Line:
    """The lead of the first bid over another: none at the weight `level`, then growing or not."""

    bid: str
    level: Fraction
    grows: bool


def weight_ranges(case: Case, ranked: Ranked) -> tuple[WeightRange, ...]:
    """For each weight the range in which no other bid has more points than the first.

    Only methods by points have weights, and only a bid that is first alone can stay it.
    """
    winners = ranked.winners()
    if not METHODS[case.method].by_points or len(winners) != 1 or len(ranked.scored) == 1:
        return ()
    scores = {name: scored.score for name, scored in ranked.scored.items()}
    weights = _weights(case)
    return tuple(
        _range(case, weights, part, scores, winners[0])
        for part, weight in weights.items()
        if 0 < weight < total(weights.values())
    )


def _weights(case: Case) -> dict[str, Fraction]:
    price = case.price_points.weight if case.price_points else Fraction(0)
    return {PRICE_POINTS: price} | {c.criterion: value for c, value in highest(case, *KINDS)}


def _range(
    case: Case, weights: dict[str, Fraction], part: str, scores: Mapping[str, Score], first: str
) -> WeightRange:
    weight, most = weights[part], total(weights.values())
    others = [name for name in sorted(scores) if name != first]
    leads = [_lead(weight, most, part, scores, first, name) for name in others]
    told = [lead for lead in leads if lead is not None]
    lowest = max([Fraction(0), *(lead.level for lead in told if lead.grows)])
    highest_held = min([most, *(lead.level for lead in told if not lead.grows)])
    return WeightRange(
        part,
        amount(weight, case.rounding),
        amount(lowest, case.rounding),
        amount(highest_held, case.rounding),
        tuple(lead.bid for lead in told if lead.grows and lead.level == lowest),
        tuple(lead.bid for lead in told if not lead.grows and lead.level == highest_held),
    )


def _lead(
    weight: Fraction, most: Fraction, part: str, scores: Mapping[str, Score], first: str, other: str
) -> _Line | None:
    """Points at weight t: part · t / weight + rest · (most − t) / (most − weight), for both bids.

    Times weight · (most − weight) that is own · t + others · (most − t). None: the lead is the
    same at every weight.
    """
    ahead = _part(scores[first], part) - _part(scores[other], part)
    own = ahead * (most - weight)
    others = (scores[first].value - scores[other].value - ahead) * weight
    if own == others:
        return None
    return _Line(other, others * most / (others - own), own > others)


def _part(score: Score, name: str) -> Fraction:
    return next(part.value for part in score.parts if part.name == name)
