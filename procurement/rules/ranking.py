"""Who stands where: ranks by exact values; the published rules separate equal bids."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from operator import itemgetter

from procurement.rules.facts import Bid, Case
from procurement.rules.ties import Placed, decided_by, separate


@dataclass(frozen=True, slots=True)
class Standing:
    """A qualified bid in its place.

    `rank` is one more than the number of bids before it, so that equal bids that nothing separates
    share a rank and the next ranks are left out. The value is the evaluated price or the points.
    `group` numbers the bids with one value; None: it has its value to itself.
    """

    rank: int
    value: Fraction
    placed: Placed
    above: "Standing | None"
    group: int | None
    broken_by: str | None


def ranking(
    case: Case, scored: Iterable[tuple[Fraction, Bid]], highest_first: bool = False
) -> list[Standing]:
    """The standings of qualified bids, given with their values; the lowest comes first, or the
    highest.
    """
    ordered = sorted(scored, key=itemgetter(0), reverse=highest_first)
    standings: list[Standing] = []
    groups = 0
    for value, equal in groupby(ordered, key=itemgetter(0)):
        bids = [bid for _, bid in equal]
        tied = len(bids) > 1
        groups += tied
        standings += _places(case, value, bids, standings, groups if tied else None)
    return standings


def _places(
    case: Case, value: Fraction, equal: list[Bid], before: Sequence[Standing], group: int | None
) -> Iterator[Standing]:
    classes = separate(case, equal)
    rank = len(before) + 1
    above = before[-1] if before else None
    for index, members in enumerate(classes):
        rule = _rule_at(classes, index)
        places = [Standing(rank, value, placed, above, group, rule) for placed in members]
        yield from places
        rank, above = rank + len(places), places[-1]


def _rule_at(classes: list[list[Placed]], index: int) -> str | None:
    """The rule between a class and the one above it or, for the first, the one below it."""
    first, second = (index - 1, index) if index else (0, 1)
    if second >= len(classes):
        return None
    return decided_by(classes[first][0], classes[second][0])
