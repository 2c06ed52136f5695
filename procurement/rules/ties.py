"""Equal bids, put in order by the published list of rules.

Each rule gives a key to a bid and puts the keys in order. Rules are tried one after the other, each
only among the bids that the rules before it left equal. What no rule separates shares a rank. The
rule to split ends the list where all equal bids agreed: they share the rank and the lot.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from fractions import Fraction
from itertools import groupby
from types import MappingProxyType
from typing import Any, Final

from procurement.rules.facts import Bid, Case
from procurement.rules.money import plain
from procurement.rules.reading import InvalidCase

EARLIEST_SUBMISSION: Final = "earliest_submission"
PREFERENCE_POINTS: Final = "preference_points"
LOCAL: Final = "local_before_distant"
SPLIT: Final = "split_if_agreed"
DRAW: Final = "draw"

AGREED: Final = "agreed"

# A key to sort by, smaller first, and the same as people read it.
_Key = tuple[Fraction | str, str]


class DrawSeedMissing(InvalidCase):
    """Equal bids can only be separated by the draw, and its seed is not in the case."""

    code = "draw-seed-missing"


def draw_key(seed: str, bid: str) -> str:
    """SHA-256 over the seed's bytes followed by the bid's name in UTF-8; the smallest wins.

    The seed comes from numbers that the openers committed to before opening, so nobody could
    choose it knowing the bids, and anybody can repeat the draw with one command.
    """
    return hashlib.sha256(bytes.fromhex(seed) + bid.encode("utf-8")).hexdigest()


def _draw(case: Case, bid: Bid) -> _Key:
    if case.draw_seed is None:
        raise DrawSeedMissing(
            f'draw_seed: bid "{bid.bid}" is tied and only the draw can decide; the seed is missing',
            where="draw_seed",
            remedy="Add the seed that the openers committed to.",
        )
    key = draw_key(case.draw_seed, bid.bid)
    return key, key


def _earliest(_case: Case, bid: Bid) -> _Key:
    # In UTC and of fixed width, so that the text sorts as the instants do.
    in_utc = bid.submitted_at.astimezone(UTC).replace(tzinfo=None)
    key = in_utc.isoformat(timespec="microseconds") + "Z"
    return key, key


def _preference(case: Case, bid: Bid) -> _Key:
    points = {group.group: group.points for group in case.groups}
    own = sum((points[one.group] for one in bid.groups), Fraction(0))
    return -own, plain(own)


def _distance(_case: Case, bid: Bid) -> _Key:
    distance = bid.distance_km or Fraction(0)
    return distance, plain(distance)


def _agreed(_case: Case, bid: Bid) -> _Key:
    # Refusing to split is neither better nor worse: the next rule decides then.
    return "", AGREED if bid.agrees_to_split else "not agreed"


TIE_RULES: Final[Mapping[str, Callable[[Case, Bid], _Key]]] = MappingProxyType(
    {
        EARLIEST_SUBMISSION: _earliest,
        PREFERENCE_POINTS: _preference,
        LOCAL: _distance,
        SPLIT: _agreed,
        DRAW: _draw,
    }
)


@dataclass(frozen=True, slots=True)
class TieKey:
    """What one rule made of one tied bid."""

    rule: str
    key: str


@dataclass(frozen=True, slots=True)
class Placed:
    """One of several equal bids with the keys that were needed to place it."""

    bid: Bid
    keys: tuple[TieKey, ...] = ()


def separate(case: Case, equal: Sequence[Bid]) -> list[list[Placed]]:
    """The equal bids in order; those that no rule separates stand in one list together."""
    return _separate(case, [Placed(bid) for bid in equal], case.tie_break)


def _separate(case: Case, equal: list[Placed], rules: Sequence[str]) -> list[list[Placed]]:
    if len(equal) == 1 or not rules or splits(equal):
        return [sorted(equal, key=lambda placed: placed.bid.bid)]
    rule, *rest = rules
    keyed = [(TIE_RULES[rule](case, placed.bid), placed) for placed in equal]
    keyed.sort(key=_order)
    groups = [
        [_with_key(placed, rule, key) for (_, key), placed in same]
        for _, same in groupby(keyed, key=_order)
    ]
    return [separated for group in groups for separated in _separate(case, group, rest)]


def _order(keyed: tuple[_Key, Placed]) -> Any:
    return keyed[0][0]


def _with_key(placed: Placed, rule: str, key: str) -> Placed:
    return Placed(placed.bid, (*placed.keys, TieKey(rule, key)))


def splits(equal: Sequence[Placed]) -> bool:
    """Whether several equal bids have come to the rule to split and all agreed to it."""
    last = {placed.keys[-1:] for placed in equal}
    return len(equal) > 1 and last == {(TieKey(SPLIT, AGREED),)}


def decided_by(above: Placed, below: Placed) -> str | None:
    """The rule that separated two equal bids; None when none did."""
    for first, second in zip(above.keys, below.keys, strict=False):
        # Whether bids agreed to split separates nobody.
        if first.key != second.key and first.rule != SPLIT:
            return first.rule
    return None
