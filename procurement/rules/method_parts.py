"""What a lot's method needs besides items and criteria, as a draft says it.

Shares (a margin) are parts of one, points are points, prices are in the tender's currency. The
words for bases, ways and rules of combination are those of the evaluation case.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from procurement.rules.optional_facts import ADDED, BASE_PRICE, MEAN, PER_LOT

TIE_BREAK: Final = ("earliest_submission", "draw")
PREFERRED_FIRST: Final = ("preference_points", "earliest_submission", "draw")
# The orders of tie-break rules that a draft may choose: each ends in what always decides.
TIE_BREAKS: Final = (TIE_BREAK, ("draw",), PREFERRED_FIRST, ("preference_points", "draw"))


@dataclass(frozen=True)
class RatingContent:
    """How evaluators' marks become points; `minimum`: the lowest combined mark that passes."""

    weight: Decimal
    highest_mark: Decimal
    combine: str = MEAN
    minimum: Decimal | None = None


@dataclass(frozen=True)
class ComponentContent:
    """What the evaluators add to each price; `in_margin`: a part of the margin's base."""

    title: str
    per: str = PER_LOT
    source: str = ""
    in_margin: bool = False


@dataclass(frozen=True)
class PreferenceContent:
    """A margin of preference: who qualifies (`title`), how much, of what, on which side."""

    title: str
    margin: Decimal
    base: str = BASE_PRICE
    way: str = ADDED
    source: str = ""


@dataclass(frozen=True)
class PointsContent:
    """What the price earns of all points; the prices that earn all (`lowest`) and none."""

    weight: Decimal
    total: Decimal = Decimal(100)
    lowest: Decimal | None = None
    highest: Decimal | None = None
    minimum: Decimal | None = None
