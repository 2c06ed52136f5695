"""A tender's content as JSON, both ways: what the wizard fills in, lots and items nested."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.shapes import Choice, Day, Flag, Instant, Number, Shape, Text, Whole, listed
from api.v1.division import DivisionShape, SharingShape
from procurement.models import (
    Criterion,
    CriterionRating,
    Lot,
    LotComponent,
    LotPreference,
    Tender,
)
from procurement.rules.content import (
    CriterionContent,
    ItemContent,
    LotContent,
    OptionContent,
    TenderContent,
)
from procurement.rules.division import DivisionContent, SharingContent
from procurement.rules.method_parts import (
    TIE_BREAK,
    ComponentContent,
    PointsContent,
    PreferenceContent,
    RatingContent,
)
from produce.rules.facts import Confidence, Direction, Kind
from produce.rules.limits import LimitFact
from produce.rules.specification import (
    TENDER_SOURCE,
    AddLimit,
    LimitChange,
    RemoveLimit,
    SetLimit,
)
from produce.rules.terms import Measuring, Place

MAX_LOTS = 200
MAX_ROWS = 100


class OptionShape(Shape):
    label = Text(max_length=200)  # type: ignore[assignment]
    value = Number(help_text="Quality: from 0 to under 1. Points, or money in the currency.")


class RatingShape(Shape):
    """Points = weight · combined mark / highest mark; below the minimum a bid is out."""

    weight = Number()
    highest_mark = Number()
    combine = Choice(choices=CriterionRating.Combine.choices, default="mean")
    minimum = Number(allow_null=True, default=None)


class CriterionShape(Shape):
    title = Text(max_length=200, allow_blank=True)
    kind = Choice(choices=Criterion.Kind.choices)
    source = Text(max_length=200, allow_blank=True, default="")  # type: ignore[assignment]
    options = listed(OptionShape, MAX_ROWS, default=list)
    rating = RatingShape(
        allow_null=True, default=None, help_text="Of a criterion that evaluators mark."
    )
    in_margin = Flag(default=False, help_text="Of money: the margin is reckoned on it too.")


class ChangeShape(Shape):
    """A limit that differs from the grade's: set it, add one, or remove it."""

    action = Choice(choices=["set", "add", "remove"])
    code = Text(max_length=40)
    minimum = Number(required=False, allow_null=True)
    maximum = Number(required=False, allow_null=True)
    text = Text(max_length=200, allow_blank=True, required=False)
    # The rest describes a parameter that the grade does not have: with action "add" only.
    name = Text(max_length=120, required=False)
    unit = Text(max_length=40, allow_blank=True, required=False)
    kind = Choice(choices=[kind.value for kind in Kind], required=False)
    direction = Choice(choices=[direction.value for direction in Direction], required=False)
    method = Text(max_length=120, allow_blank=True, required=False)
    is_safety = Flag(required=False)
    decimals = Whole(required=False, allow_null=True, min_value=0, max_value=9)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        missing = {"name", "kind", "direction"} - set(attrs)
        if attrs["action"] == "add" and missing:
            raise serializers.ValidationError(
                {key: ["Describe the parameter that you add."] for key in sorted(missing)}
            )
        return attrs

    def to_representation(self, instance: LimitChange) -> dict[str, Any]:
        if isinstance(instance, RemoveLimit):
            return {"action": "remove", "code": instance.code}
        if isinstance(instance, SetLimit):
            return {"action": "set", "code": instance.code, **_bounds(instance)}
        limit = instance.limit
        return {
            "action": "add",
            "code": limit.code,
            **_bounds(limit),
            "name": limit.name,
            "unit": limit.unit,
            "kind": limit.kind.value,
            "direction": limit.direction.value,
            "method": limit.method,
            "is_safety": limit.is_safety,
            "decimals": limit.decimals,
        }


def _bounds(limit: SetLimit | LimitFact) -> dict[str, Any]:
    number = Number()
    return {
        "minimum": None if limit.minimum is None else number.to_representation(limit.minimum),
        "maximum": None if limit.maximum is None else number.to_representation(limit.maximum),
        "text": limit.text,
    }


class MeasuringShape(Shape):
    """Where and by which method a demanded parameter is measured."""

    code = Text(max_length=40)
    place = Choice(choices=[place.value for place in Place])
    method = Text(max_length=120, allow_blank=True, default="")


class ItemShape(Shape):
    commodity = Text(max_length=40, help_text="Its code: see /api/v1/commodities.")
    description = Text(max_length=300, allow_blank=True, default="")
    quantity = Number()
    unit = Text(max_length=16)
    delivery_place = Text(max_length=200, allow_blank=True, default="")
    province = Text(max_length=60, allow_blank=True, default="")
    district = Text(max_length=60, allow_blank=True, default="")
    delivery_starts = Day(allow_null=True, default=None)
    delivery_ends = Day(allow_null=True, default=None)
    standard = Text(max_length=40, allow_blank=True, default="")
    edition = Text(max_length=60, allow_blank=True, default="")
    grade = Text(max_length=20, allow_blank=True, default="")
    changes = listed(ChangeShape, MAX_ROWS, default=list)
    schedule = Text(
        max_length=40, allow_blank=True, default="", help_text="Code of the price schedule."
    )
    schedule_edition = Text(max_length=60, allow_blank=True, default="")
    sampling = Text(
        max_length=40, allow_blank=True, default="", help_text="Code of the sampling scheme."
    )
    quantity_tolerance = Number(
        allow_null=True, default=None, help_text="Per cent of the agreed quantity."
    )
    measuring = listed(MeasuringShape, MAX_ROWS, default=list)


class ComponentShape(Shape):
    """What evaluators add to each price, with a reason, to compare bids."""

    title = Text(max_length=200, allow_blank=True)
    per = Choice(choices=LotComponent.Per.choices, default="lot")
    source = Text(max_length=200, allow_blank=True, default="")  # type: ignore[assignment]
    in_margin = Flag(default=False, help_text="Whether the margin is reckoned on it too.")


class PreferenceShape(Shape):
    """The margin of preference: who qualifies, how much, of what, on which side."""

    title = Text(max_length=200, help_text="Who qualifies.")
    margin = Number(help_text="A part of one: 0.15 for 15 %.")
    base = Choice(choices=LotPreference.Base.choices, default="price")
    way = Choice(choices=LotPreference.Way.choices, default="added_to_others")
    source = Text(max_length=200, allow_blank=True, default="")  # type: ignore[assignment]


class PointsShape(Shape):
    """What the price earns of all points. The two prices belong to fixed_bounds_points."""

    weight = Number()
    total = Number(default=Decimal(100))
    lowest = Number(allow_null=True, default=None, help_text="The price that earns all.")
    highest = Number(allow_null=True, default=None, help_text="The price that earns none.")
    minimum = Number(
        allow_null=True, default=None, help_text="What the criteria must earn together."
    )


class LotShape(Shape):
    title = Text(max_length=200, allow_blank=True)
    evaluation_method = Choice(
        choices=Lot.EvaluationMethod.choices, default=Lot.EvaluationMethod.LOWEST_PRICE.value
    )
    estimated_value = Number(allow_null=True, default=None)
    rounding = Choice(choices=Lot.Rounding.choices, default=Lot.Rounding.HALF_UP.value)
    rounding_decimals = Whole(default=2, min_value=0, max_value=9)
    items = listed(ItemShape, MAX_ROWS, default=list)
    criteria = listed(CriterionShape, MAX_ROWS, default=list)
    components = listed(ComponentShape, MAX_ROWS, default=list)
    preference = PreferenceShape(allow_null=True, default=None)
    points = PointsShape(allow_null=True, default=None)
    tie_break = serializers.ListField(
        child=Text(max_length=40),
        default=list(TIE_BREAK),
        max_length=5,
        help_text="Which rules decide between equal bids, in their order.",
    )
    division = DivisionShape(
        allow_null=True, default=None, help_text="Of a lot that is awarded in parts."
    )

    def validate_estimated_value(self, value: Any) -> Any:
        if value is not None and (value < 0 or value >= 10**15 or value != round(value, 2)):
            raise serializers.ValidationError("Use at most two decimals, from 0 to under 10^15.")
        return value


class ContentShape(Shape):
    """What a tender says. A draft may be incomplete; publication lists what is missing."""

    title = Text(max_length=200, allow_blank=True)
    description = Text(max_length=20_000, allow_blank=True, default="")
    method = Choice(choices=Tender.Method.choices, default=Tender.Method.OPEN.value)
    reserved_for = Choice(
        choices=Tender.ReservedFor.choices, default=Tender.ReservedFor.NOBODY.value
    )
    currency = Text(min_length=3, max_length=3, default="USD")
    enquiry_deadline = Instant(allow_null=True, default=None)
    deadline = Instant(allow_null=True, default=None)
    standstill_days = Whole(default=14, min_value=0, max_value=365)
    opening_quorum = Whole(default=2, min_value=2, max_value=10)
    lots = listed(LotShape, MAX_LOTS, default=list)
    sharing = SharingShape(
        allow_null=True, default=None, help_text="What all divided lots keep together."
    )


def read(data: dict[str, Any]) -> TenderContent:
    """The content of validated data."""
    lots = tuple(_lot(lot) for lot in data["lots"])
    sharing = _maybe(SharingContent, data["sharing"])
    return TenderContent(**{**data, "lots": lots, "sharing": sharing})


def _lot(data: dict[str, Any]) -> LotContent:
    items = tuple(_item(item) for item in data["items"])
    criteria = tuple(_criterion(criterion) for criterion in data["criteria"])
    return LotContent(
        **{
            **data,
            "items": items,
            "criteria": criteria,
            "components": tuple(ComponentContent(**c) for c in data["components"]),
            "preference": _maybe(PreferenceContent, data["preference"]),
            "points": _maybe(PointsContent, data["points"]),
            "tie_break": tuple(data["tie_break"]),
            "division": _maybe(DivisionContent, data["division"]),
        }
    )


def _maybe(part: Callable[..., Any], data: dict[str, Any] | None) -> Any:
    return None if data is None else part(**data)


def _item(data: dict[str, Any]) -> ItemContent:
    changes = tuple(_change(change) for change in data["changes"])
    measuring = tuple(Measuring(**row) for row in data["measuring"])
    return ItemContent(**{**data, "changes": changes, "measuring": measuring})


def _criterion(data: dict[str, Any]) -> CriterionContent:
    options = tuple(OptionContent(**option) for option in data["options"])
    rating = _maybe(RatingContent, data["rating"])
    return CriterionContent(**{**data, "options": options, "rating": rating})


def _change(data: dict[str, Any]) -> LimitChange:
    if data["action"] == "remove":
        return RemoveLimit(data["code"])
    if data["action"] == "set":
        return SetLimit(
            code=data["code"],
            minimum=data.get("minimum"),
            maximum=data.get("maximum"),
            text=data.get("text", ""),
        )
    return AddLimit(
        LimitFact(
            code=data["code"],
            name=data["name"],
            unit=data.get("unit", ""),
            kind=Kind(data["kind"]),
            direction=Direction(data["direction"]),
            source=TENDER_SOURCE,
            confidence=Confidence.VERIFIED,
            text=data.get("text", ""),
            method=data.get("method", ""),
            is_safety=data.get("is_safety", False),
            decimals=data.get("decimals"),
            minimum=data.get("minimum"),
            maximum=data.get("maximum"),
        )
    )


@extend_schema_field(ContentShape)
class ContentField(serializers.Field):
    """The same shape inside another one, where it has been rendered already."""

    def to_representation(self, value: Any) -> Any:
        return value
