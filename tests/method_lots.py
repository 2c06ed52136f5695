"""A lot for each method, whole enough to be published."""

from dataclasses import replace
from decimal import Decimal

from procurement.rules.content import CriterionContent, LotContent, OptionContent
from procurement.rules.method_parts import (
    PREFERRED_FIRST,
    ComponentContent,
    PointsContent,
    PreferenceContent,
    RatingContent,
)
from tests.factories import content

GATE = CriterionContent(title="Tax clearance", kind="gate", source="s.28")
DAYS = CriterionContent(
    title="Days until delivery",
    kind="points",
    source="Notice 4",
    options=(OptionContent("Up to 7", Decimal(10)), OptionContent("8 to 14", Decimal(5))),
)
TASTE = CriterionContent(
    title="Taste",
    kind="rated",
    source="Notice 5",
    rating=RatingContent(Decimal(30), Decimal(10), "mean", Decimal(4)),
)
REPACKING = CriterionContent(
    title="Sacks",
    kind="money",
    options=(OptionContent("New", Decimal(0)), OptionContent("Used", Decimal(200))),
    in_margin=True,
)
TRANSPORT = ComponentContent("Transport to the depot", "unit", "Notice 6", in_margin=True)
DOMESTIC = PreferenceContent(
    "Grown in the district", Decimal("0.1"), "price_and_components", source="Act, s.30"
)


def _lot(method: str, **parts: object) -> LotContent:
    return replace(content().lots[0], evaluation_method=method, **parts)  # type: ignore[arg-type]


MARGIN = _lot(
    "lowest_evaluated_price",
    criteria=(GATE, REPACKING),
    components=(TRANSPORT, ComponentContent("Laboratory test", "lot")),
    preference=DOMESTIC,
    tie_break=PREFERRED_FIRST,
)
FIXED = _lot(
    "fixed_bounds_points",
    criteria=(GATE, DAYS, TASTE),
    points=PointsContent(Decimal(60), Decimal(100), Decimal(20000), Decimal(60000), Decimal(8)),
)
RELATIVE = _lot(
    "relative_points",
    criteria=(TASTE,),
    points=PointsContent(Decimal(70)),
    rounding="half-even",
    tie_break=("draw",),
)
LINEAR = _lot("relative_points_linear", criteria=(DAYS,), points=PointsContent(Decimal(90)))
LOTS = (MARGIN, FIXED, RELATIVE, LINEAR)
