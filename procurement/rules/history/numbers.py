"""Amounts and quantities as files write them, read exactly."""

import re
from decimal import Decimal
from functools import cache

from procurement.rules.history.mapping import FileShape
from procurement.rules.money import MAX_DECIMALS

# Ten times the largest yearly budget of any state in any currency; beyond it somebody mistyped.
MOST_DIGITS = 15
_BLANKS = re.compile("[ \u00a0\u202f\u2009]")


def amount(text: str, shape: FileShape) -> Decimal:
    """A number above zero. Raises ValueError with the reason in plain words."""
    value = number(text, shape)
    if value < 0:
        raise ValueError("is below zero")
    if value == 0:
        raise ValueError("is zero")
    return value


def number(text: str, shape: FileShape) -> Decimal:
    """The exact value of a text such as 1.234,50, by the marks of the file."""
    bare = _bare(text, shape)
    if not _pattern(shape.decimal_mark, shape.thousands_mark).fullmatch(bare):
        raise ValueError("is not a number")
    plain = bare.replace(shape.thousands_mark, "") if shape.thousands_mark else bare
    whole, _, rest = plain.replace(shape.decimal_mark, ".").partition(".")
    if len(whole.lstrip("-0")) > MOST_DIGITS:
        raise ValueError(f"is absurd: it has more than {MOST_DIGITS} digits before the decimals")
    if len(rest.rstrip("0")) > MAX_DECIMALS:
        raise ValueError(f"has more than {MAX_DECIMALS} decimals")
    decimals = rest.rstrip("0")
    return Decimal(f"{whole}.{decimals}" if decimals else whole)


def _bare(text: str, shape: FileShape) -> str:
    for mark in shape.currency_marks:
        text = text.replace(mark, "")
    text = text.strip()
    # Files that group by a blank use several kinds of it.
    return _BLANKS.sub(" ", text) if shape.thousands_mark == " " else text


@cache
def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    whole = "[0-9]+"
    if thousands:
        whole = f"(?:[0-9]+|[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+)"
    return re.compile(f"-?{whole}(?:{re.escape(decimal)}[0-9]+)?")


def remedy(shape: FileShape) -> str:
    """How a number should look, for a refusal."""
    example = f"1{shape.thousands_mark}234{shape.decimal_mark}50"
    return (
        f"Write it as {example}, or change decimal_mark, thousands_mark or currency_marks in the "
        "mapping, or correct the row."
    )
