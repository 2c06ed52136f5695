"""The smallest shapes: exact numbers, instants, strict scalars, objects that refuse strangers."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from marketplace.fields import plain

NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,12})?")
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Shape(serializers.Serializer):
    """An object that refuses keys it does not know."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            strangers = [key for key in data if key not in self.fields]
            if strangers:
                known = ", ".join(self.fields)
                raise serializers.ValidationError(
                    {str(key)[:60]: [f"There is no such key; known: {known}."] for key in strangers}
                )
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """Text and nothing that would have to be turned into text; no control characters."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("Write this as text, in quotes.")
        text: str = super().to_internal_value(data)
        if CONTROL.search(text):
            raise serializers.ValidationError("The text holds a control character.")
        return text


class Whole(serializers.IntegerField):
    """A whole number, bare."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            raise serializers.ValidationError("Write a whole number, without quotes.")
        return data


class Flag(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise serializers.ValidationError("Write true or false.")
        return data


@extend_schema_field({"type": "string", "pattern": f"^{NUMBER.pattern}$", "examples": ["312.50"]})
class Number(serializers.Field):
    """An exact number, as text both ways."""

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str):
            raise serializers.ValidationError("Write the number as text, for example “312.50”.")
        if not NUMBER.fullmatch(data):
            raise serializers.ValidationError(
                f"“{data[:40]}” is not a number like 312.50: digits and a point, at most 30 "
                "digits before it and 12 after it."
            )
        return Decimal(data)

    def to_representation(self, value: Any) -> str:
        return plain(value) if isinstance(value, Decimal) else str(value)


@extend_schema_field(
    {"type": "string", "format": "date-time", "examples": ["2026-03-22T08:00:00Z"]}
)
class Instant(serializers.Field):
    """RFC 3339 with its offset; always given in UTC with Z."""

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str) or not INSTANT.fullmatch(data):
            raise serializers.ValidationError(
                "Write the instant with its offset, for example 2026-03-22T10:00:00+02:00."
            )
        try:
            return datetime.fromisoformat(data).astimezone(UTC)
        except (ValueError, OverflowError):
            raise serializers.ValidationError("There is no such instant.") from None

    def to_representation(self, value: Any) -> str:
        return utc(value)


class Choice(serializers.ChoiceField):
    """One of a list of words, written as text."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            raise serializers.ValidationError("Write this as text, in quotes.")
        return super().to_internal_value(data)


def listed(shape: Any, most: int, **more: Any) -> Any:
    """A list of at most `most` of a shape."""
    return shape(many=True, max_length=most, **more)


def utc(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Day(serializers.DateField):
    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", data):
            raise serializers.ValidationError("Write the day like 2026-04-20.")
        return super().to_internal_value(data)


def money(amount: Decimal, currency: str) -> dict[str, str]:
    """An amount with its currency; at least two decimals, more where the number has them."""
    text = plain(amount)
    places = len(text.partition(".")[2])
    return {"amount": f"{amount:.2f}" if places < 2 else text, "currency": currency}


@extend_schema_serializer(component_name="Money")
class MoneyShape(Shape):
    amount = Number()
    currency = Text(min_length=3, max_length=3)


@extend_schema_serializer(component_name="Place")
class PlaceShape(Shape):
    """One place that needs mending."""

    place = Text(
        help_text="A JSON pointer into the body, ?name for a parameter, or words: lot 1, item 2."
    )
    message = Text()


@extend_schema_serializer(component_name="Problem")
class ProblemShape(Shape):
    """A refusal, as RFC 9457 has it."""

    type = Text(help_text="Leads to the page of the code.")
    title = Text()
    status = Whole()
    code = Text()
    detail = Text()
    where = Text(required=False)
    remedy = Text(required=False)
    errors = PlaceShape(many=True, required=False)  # type: ignore[assignment]
