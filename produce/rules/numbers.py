"""Exact numbers as people write them."""

from collections.abc import Iterable
from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext

from marketplace.errors import Invalid

# Digits before and after the point: far more than any scale or laboratory, few enough to store.
MAX_DIGITS = 24
_EXACT = Context(prec=4 * MAX_DIGITS, traps=[Inexact, InvalidOperation])


class NotANumber(Invalid):
    """The value is not a finite decimal number, or is a float and therefore not exact."""

    code = "not-a-number"


def exact(value: object, where: str = "") -> Decimal:
    """Read text, an integer or a Decimal. Floats and booleans are refused, never converted."""
    if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
        raise _refusal(value, where)
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise _refusal(value, where) from error
    if not number.is_finite() or not _storable(number):
        raise _refusal(value, where)
    return number


def total(numbers: Iterable[Decimal]) -> Decimal:
    """Add without rounding; plain `sum` rounds to 28 digits."""
    with localcontext(_EXACT):
        return sum(numbers, Decimal(0))


def plain(number: Decimal) -> str:
    """Write a number without an exponent and without trailing zeros."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _storable(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -MAX_DIGITS and number.adjusted() < MAX_DIGITS


def _refusal(value: object, where: str) -> NotANumber:
    return NotANumber(
        f"“{value}” is not an exact number.",
        where=where or None,
        remedy="Write it in digits with a decimal point, for example 12.5.",
    )
