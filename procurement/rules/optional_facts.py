"""The optional parts of an evaluation case, as frozen facts.

A case names only those that its terms use; what is empty or None is left out of its JSON. Money is
in the lot's currency unless a bid states another, shares are parts of one.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

LOWER: Final = "lower"
UPPER: Final = "upper"

MEAN: Final = "mean"
MEDIAN: Final = "median"
TRIMMED_MEAN: Final = "trimmed_mean"
CONSENSUS: Final = "consensus"

PER_LOT: Final = "lot"
PER_LINE: Final = "line"
PER_UNIT: Final = "unit"
COMPONENT_BASES: Final = (PER_LOT, PER_LINE, PER_UNIT)

BASE_PRICE: Final = "price"
BASE_COMPONENTS: Final = "price_and_components"
BASE_OFFER: Final = "offer"
MARGIN_BASES: Final = (BASE_PRICE, BASE_COMPONENTS, BASE_OFFER)

ADDED: Final = "added_to_others"
DEDUCTED: Final = "deducted_from_group"
MARGIN_WAYS: Final = (ADDED, DEDUCTED)

NEXT_IN_RANK: Final = "next_in_rank"
ALL_WITHIN: Final = "all_within"
TAKERS: Final = (NEXT_IN_RANK, ALL_WITHIN)

TECHNICAL: Final = "technical"
FINAL: Final = "final"
STAGES: Final = (TECHNICAL, FINAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """All answers up to a value and what they are worth; None: no end, or not accepted."""

    up_to: Fraction | None
    value: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """A published step table. `edge` says to which of two bands the value between them belongs."""

    unit: str
    edge: str
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """How evaluators' marks become points: weight · combined mark / highest mark.

    `minimum` is the lowest combined mark that passes; None: any does.
    """

    highest_mark: Fraction
    weight: Fraction
    combine: str
    minimum: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """What may be added to a price to compare bids, and for what an amount is stated."""

    component: str
    title: str
    per: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Tenderers whom the terms prefer, and the points that this is worth between equal bids."""

    group: str
    title: str
    points: Fraction
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """A margin for one group, reckoned on a published base."""

    group: str
    margin: Fraction
    base: str
    components: tuple[str, ...]
    way: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """Bids of a group within a band of the first may take a share of the lot at the first's price.

    `share` is the most that they get together, `takers` who: the next in rank that agrees, or all
    that agree.
    """

    matching: str
    group: str
    band: Fraction
    share: Fraction
    takers: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many units of a foreign currency are worth so much; None until the day of the rate."""

    currency: str
    units: Fraction | None
    worth: Fraction | None
    date: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nonce:
    """A number that an officer committed to before the opening and showed after it."""

    officer: str
    commitment: str
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """The amount of a component for one bid: for the lot, for a line, or for a unit of an item."""

    component: str
    item: str | None
    amount: Fraction
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """The finding that a bid belongs to a group, with its evidence."""

    group: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One evaluator's mark on one criterion, with the reason."""

    criterion: str
    evaluator: str
    mark: Fraction
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Whether an invited bid agreed to match the first."""

    matching: str
    agrees: bool
