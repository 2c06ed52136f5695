"""Model fields that keep numbers exact on every database.

Django's DecimalField is REAL on SQLite: 123456789012345.67 reads back as 123456789012346.00.
"""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Combinable

MAX_SAFE_BIGINT = 2**63 - 1


def to_decimal(value: object) -> Decimal:
    """Read a number written as text, int or Decimal; floats are refused: they are inexact."""
    if isinstance(value, float):
        raise ValidationError("A float is not exact: pass a Decimal, an integer or text.")
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise ValidationError(f"“{value}” is not a number.") from error
    if not number.is_finite():
        raise ValidationError(f"“{value}” is not a finite number.")
    return number


def plain(number: Decimal) -> str:
    """Write a Decimal without an exponent and without trailing zeros."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if text not in ("-0", "") else "0"


class MoneyField(models.BigIntegerField):
    """An amount in a currency, stored as integer hundredths; sorts and compares in SQL.

    Largest amount: 92,233,720,368,547,758.07. More than two decimals are refused, never rounded.
    """

    description = "Exact amount with two decimals"
    # For the type checker alone: assigned as any exact number, read as a Decimal.
    _pyi_private_set_type: Decimal | int | str | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: Decimal  # type: ignore[assignment]
    scale = 2

    def from_db_value(self, value: int | None, *_: Any) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.scale)

    def to_python(self, value: Any) -> Any:
        return None if value in (None, "") else to_decimal(value)

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        minor = to_decimal(value).scaleb(self.scale)
        if minor != minor.to_integral_value():
            raise ValidationError(f"“{value}” has more than {self.scale} decimals.")
        if abs(minor) > MAX_SAFE_BIGINT:
            raise ValidationError(f"“{value}” is larger than this field can hold.")
        return int(minor)

    def formfield(self, **kwargs: Any) -> Any:
        return super(models.BigIntegerField, self).formfield(
            **{"form_class": forms.DecimalField, "decimal_places": self.scale, **kwargs}
        )


class ExactDecimalField(models.CharField):
    """A number of any precision, stored as plain decimal text; never summed or sorted in SQL."""

    description = "Exact decimal number"
    # For the type checker alone: assigned as any exact number, read as a Decimal.
    _pyi_private_set_type: Decimal | int | str | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: Decimal  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, *_: Any) -> Decimal | None:
        return None if value in (None, "") else Decimal(value)

    def to_python(self, value: Any) -> Any:
        return None if value in (None, "") else to_decimal(value)

    def get_prep_value(self, value: Any) -> Any:
        if value in (None, "") or hasattr(value, "resolve_expression"):
            return None if value == "" else value
        return plain(to_decimal(value))

    def run_validators(self, value: Any) -> None:
        if value is not None:
            super().run_validators(plain(value))

    def formfield(self, **kwargs: Any) -> Any:
        return super(models.CharField, self).formfield(
            **{"form_class": forms.DecimalField, **kwargs}
        )
