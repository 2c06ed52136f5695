"""What a lot's method still lacks before publication, in plain words with the place.

The engine checks the published terms once more and whole (`published.terms_problem`); these are
the faults that an officer meets on the way, said as he would say them.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from procurement.rules.facts import GATE, MONEY, POINTS, QUALITY, RATED
from procurement.rules.method_parts import PointsContent
from procurement.rules.optional_facts import BASE_COMPONENTS
from procurement.rules.scoring import METHODS
from procurement.rules.ties import PREFERENCE_POINTS

if TYPE_CHECKING:
    from procurement.rules.content import CriterionContent, LotContent

Found = tuple[str, str]

# What an option may be worth: quality is a part of the price, the others are amounts.
MAX_VALUE: Final = {QUALITY: Decimal(1), POINTS: Decimal(10) ** 6, MONEY: Decimal(10) ** 12}
KINDS: Final = {
    QUALITY: "Quality criteria",
    POINTS: "Criteria that earn points",
    MONEY: "Criteria that cost money",
    RATED: "Criteria that evaluators mark",
}


def method_problems(lot: "LotContent") -> Iterator[Found]:
    """Each (place within the lot, what to do); nothing for a lot that is whole."""
    yield from _criteria(lot)
    yield from _parts(lot)
    if METHODS[lot.evaluation_method].by_points:
        yield from _points(lot, lot.points)


def _criteria(lot: "LotContent") -> Iterator[Found]:
    method = METHODS[lot.evaluation_method]
    quality = [c for c in lot.criteria if c.kind == QUALITY]
    if lot.evaluation_method == "price_per_quality" and not quality:
        yield "criteria", "Price per quality needs at least one quality criterion."
    idle = {c.kind for c in lot.criteria} - {GATE, *method.criteria}
    for kind in sorted(idle):
        yield (
            "criteria",
            f"{KINDS[kind]} do not count under {method.title}; "
            "remove them or choose another method.",
        )
    best = sum((max((o.value for o in c.options), default=Decimal(0)) for c in quality), Decimal(0))
    if best >= 1:
        yield "criteria", "The best values of all quality criteria must sum to under 1."
    for index, criterion in enumerate(lot.criteria):
        yield from _criterion(criterion, f"criteria[{index}]")


def _criterion(criterion: "CriterionContent", where: str) -> Iterator[Found]:
    if not criterion.title.strip():
        yield f"{where}.title", "Say what the criterion asks."
    if criterion.kind in MAX_VALUE and len(criterion.options) < 2:
        yield f"{where}.options", "Give at least two answers, each with what it is worth."
    most = MAX_VALUE.get(criterion.kind, Decimal(1))
    if any(not 0 <= option.value < most for option in criterion.options):
        yield f"{where}.options", f"The value of an option lies from 0 to under {most}."
    if criterion.kind == RATED and criterion.rating is None:
        yield f"{where}.rating", "Say how the evaluators' marks become points."


def _parts(lot: "LotContent") -> Iterator[Found]:
    if not METHODS[lot.evaluation_method].adds and (lot.components or lot.preference):
        yield (
            "evaluation_method",
            "Additions and a margin of preference count only under lowest evaluated price; "
            "remove them or choose it.",
        )
    for index, component in enumerate(lot.components):
        if not component.title.strip():
            yield f"components[{index}].title", "Say what is added to the price."
    if lot.preference is not None:
        yield from _preference(lot)
    elif PREFERENCE_POINTS in lot.tie_break:
        yield "tie_break", "No group is preferred, so it cannot decide between equal bids."


def _preference(lot: "LotContent") -> Iterator[Found]:
    rule = lot.preference
    if rule is None:
        return
    if not rule.title.strip():
        yield "preference.title", "Say who is preferred."
    if not 0 < rule.margin < 1:
        yield "preference.margin", "The margin is above 0 % and under 100 %."
    listed = any(c.in_margin for c in lot.components) or any(c.in_margin for c in lot.criteria)
    if rule.base == BASE_COMPONENTS and not listed:
        yield (
            "preference.base",
            "Say at least at one addition that the margin is reckoned on it too, "
            "or choose another base.",
        )


def _points(lot: "LotContent", points: PointsContent | None) -> Iterator[Found]:
    if points is None:
        yield "points", "Say how many points the price can earn."
        return
    earned = sum((_best(c) for c in lot.criteria), points.weight)
    if earned != points.total:
        yield (
            "points.total",
            f"Price and criteria can earn {earned.normalize():f} points together, "
            f"but the total says {points.total.normalize():f}.",
        )
    if lot.evaluation_method == "fixed_bounds_points":
        yield from _bounds(points)


def _best(criterion: "CriterionContent") -> Decimal:
    if criterion.rating is not None:
        return criterion.rating.weight
    if criterion.kind != POINTS:
        return Decimal(0)
    return max((option.value for option in criterion.options), default=Decimal(0))


def _bounds(points: PointsContent) -> Iterator[Found]:
    if points.lowest is None or points.highest is None:
        yield "points.lowest", "Say which price earns every point and which earns none."
    elif points.lowest >= points.highest:
        yield "points.lowest", "The price that earns every point lies below the one for none."
