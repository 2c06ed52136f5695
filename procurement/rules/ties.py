"""Equal bids, put in order by the published list of rules.

Each rule gives a key to a bid; the smaller key comes first. Rules are tried one after the other,
each only among the bids that the rules before it left equal. What no rule separates shares a rank.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby
from types import MappingProxyType
from typing import Final

from procurement.rules.facts import Bid, Case
from procurement.rules.reading import InvalidCase

EARLIEST_SUBMISSION: Final = "earliest_submission"
DRAW: Final = "draw"


class DrawSeedMissing(InvalidCase):
    """Equal bids can only be separated by the draw, and its seed is not in the case."""

    code = "draw-seed-missing"


def draw_key(seed: str, bid: str) -> str:
    """SHA-256 over the seed's bytes followed by the bid's name in UTF-8; the smallest wins.

    The seed comes from numbers that the openers committed to before opening, so nobody could
    choose it knowing the bids, and anybody can repeat the draw with one command.
    """
    return hashlib.sha256(bytes.fromhex(seed) + bid.encode("utf-8")).hexdigest()


def _draw(case: Case, bid: Bid) -> str:
    if case.draw_seed is None:
        raise DrawSeedMissing(
            f'draw_seed: bid "{bid.bid}" is tied and only the draw can decide; the seed is missing',
            where="draw_seed",
            remedy="Add the seed that the openers committed to.",
        )
    return draw_key(case.draw_seed, bid.bid)


def _earliest(_case: Case, bid: Bid) -> str:
    # In UTC and of fixed width, so that the text sorts as the instants do.
    in_utc = bid.submitted_at.astimezone(UTC).replace(tzinfo=None)
    return in_utc.isoformat(timespec="microseconds") + "Z"


TIE_RULES: Final[Mapping[str, Callable[[Case, Bid], str]]] = MappingProxyType(
    {EARLIEST_SUBMISSION: _earliest, DRAW: _draw}
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
    if len(equal) == 1 or not rules:
        return [sorted(equal, key=lambda placed: placed.bid.bid)]
    rule, *rest = rules
    keyed = sorted((_with_key(case, placed, rule) for placed in equal), key=_last_key)
    groups = [list(group) for _, group in groupby(keyed, key=_last_key)]
    return [separated for group in groups for separated in _separate(case, group, rest)]


def _with_key(case: Case, placed: Placed, rule: str) -> Placed:
    key = TieKey(rule, TIE_RULES[rule](case, placed.bid))
    return Placed(placed.bid, (*placed.keys, key))


def _last_key(placed: Placed) -> str:
    return placed.keys[-1].key


def decided_by(above: Placed, below: Placed) -> str | None:
    """The rule that separated two equal bids; None when none did."""
    for first, second in zip(above.keys, below.keys, strict=False):
        if first.key != second.key:
            return first.rule
    return None
