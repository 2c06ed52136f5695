"""Lots that are awarded in parts, as a draft says it, and what keeps them from publication.

Quantities are in the item's unit, money in the tender's currency, shares are parts of one. How the
parts are chosen is worked out by procurement.rules.allocation; the words for bases and the
tie-break are those of its case.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from procurement.rules.optional_facts import PER_UNIT

if TYPE_CHECKING:
    from procurement.rules.content import LotContent

BASES: Final = ("demanded", "awarded")
GROUPS: Final = ("smallholder", "women", "local")
TIE_BREAKS: Final = ("earliest_submission",)
# As many steps as the solver keeps apart for certain; see allocation.validation.
MOST_STEPS: Final = 1_000_000
METHODS: Final = ("lowest_price", "lowest_evaluated_price")
MOST_SUPPLIERS: Final = 1000

Place = tuple[str, str]


@dataclass(frozen=True)
class DivisionContent:
    """How one lot may be divided; `unmet_penalty`: what a unit that nobody delivers counts as."""

    quantum: Decimal
    unmet_penalty: Decimal | None = None
    minimum_suppliers: int = 1
    maximum_suppliers: int | None = None


@dataclass(frozen=True)
class SharingContent:
    """The rules that all divided lots of a tender keep together; None: there is no such rule."""

    budget: Decimal | None = None
    cap_share: Decimal | None = None
    cap_of: str = BASES[0]
    reserve_group: str = ""
    reserve_share: Decimal | None = None
    reserve_of: str = BASES[0]
    tie_break: str = TIE_BREAKS[0]


def division_problems(lot: "LotContent") -> Iterator[Place]:
    """What a divided lot lacks: place within the lot and words."""
    rule = lot.division
    if rule is None:
        return
    yield from _quantities(lot, rule)
    if rule.unmet_penalty is None or rule.unmet_penalty <= 0:
        yield (
            "division.unmet_penalty",
            "Say what a unit that nobody delivers counts as: more than you would ever pay for it.",
        )
    most = rule.maximum_suppliers
    if most is not None and most < max(1, rule.minimum_suppliers):
        yield "division.maximum_suppliers", "The most suppliers cannot be fewer than the least."
    yield from _comparison(lot)


def _quantities(lot: "LotContent", rule: DivisionContent) -> Iterator[Place]:
    if len(lot.items) != 1:
        yield "division", "A divided lot has one item: put other goods into lots of their own."
    if rule.quantum <= 0:
        yield "division.quantum", "The step in which the lot is divided must be above zero."
    elif len(lot.items) == 1:
        steps = lot.items[0].quantity / rule.quantum
        if lot.items[0].quantity % rule.quantum:
            yield "division.quantum", "The quantity of the item is not a whole number of steps."
        elif steps > MOST_STEPS:
            yield "division.quantum", "The step is too small: choose a larger one."


def _comparison(lot: "LotContent") -> Iterator[Place]:
    """Parts are compared by their price for a unit: what is due once for a lot has none."""
    if lot.evaluation_method not in METHODS:
        yield (
            "evaluation_method",
            "A divided lot is compared by its price for a unit: choose lowest price or lowest "
            "evaluated price.",
        )
    if lot.preference is not None:
        yield "preference", "A divided lot has a reserved share and no margin of preference."
    if any(component.per != PER_UNIT for component in lot.components):
        yield "components", "What is added to prices of a divided lot is added for each unit."
    if any(criterion.kind == "money" for criterion in lot.criteria):
        yield "criteria", "An answer that costs money once cannot be divided: take it out."


def sharing_problems(
    sharing: SharingContent | None, lots: Sequence["LotContent"]
) -> Iterator[Place]:
    """What the common rules lack, and what the divided lots must have in common."""
    divided = [lot for lot in lots if lot.division is not None]
    if not divided:
        return
    if len({item.unit for lot in divided for item in lot.items}) > 1:
        yield "sharing", "Divided lots of one tender are in one unit, so that they can be shared."
    if len({(lot.rounding, lot.rounding_decimals) for lot in divided}) > 1:
        yield "sharing", "Divided lots of one tender round in one way."
    if sharing is not None:
        yield from _rules(sharing)


def _rules(sharing: SharingContent) -> Iterator[Place]:
    if sharing.budget is not None and sharing.budget <= 0:
        yield "sharing.budget", "The budget must be above zero; leave it empty for none."
    if sharing.cap_share is not None and not 0 < sharing.cap_share <= 1:
        yield (
            "sharing.cap_share",
            "The most for one supplier lies above 0 and up to 100 %.",
        )
    if sharing.reserve_group and sharing.reserve_share is None:
        yield "sharing.reserve_share", "Say how large the reserved share is."
    if sharing.reserve_share is not None:
        if not sharing.reserve_group:
            yield "sharing.reserve_group", "Say for whom the share is reserved."
        if not 0 < sharing.reserve_share <= 1:
            yield "sharing.reserve_share", "The reserved share lies above 0 and up to 100 %."
