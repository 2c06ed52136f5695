"""Exact numbers: read from plain text, reckoned as fractions, rounded only to be shown or paid.

A Fraction never rounds on the way, whatever is divided. Rounding is a published choice of the
tender (mode and decimals) and comes after ranking.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Final

from marketplace.errors import Invalid

HALF_UP: Final = "half-up"
HALF_EVEN: Final = "half-even"
TRUNCATE: Final = "truncate"
ROUNDING_MODES: Final = (HALF_UP, HALF_EVEN, TRUNCATE)

MAX_DIGITS: Final = 18
MAX_DECIMALS: Final = 18
MAX_SHOWN_DECIMALS: Final = 12
# How many decimals of an unending or very long decimal are written before the ellipsis.
DECIMALS_WRITTEN: Final = 10

_NUMBER = re.compile(rf"-?[0-9]{{1,{MAX_DIGITS}}}(\.[0-9]{{1,{MAX_DECIMALS}}})?")
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_COMMA_DECIMAL = re.compile(r"-?[0-9]+,[0-9]+")
_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_EXPONENT = re.compile(r"[-+]?[0-9.]+[eE][-+]?[0-9]+")


class NotANumber(Invalid):
    """A text that should be a number is not one that the rules accept."""

    code = "not-a-number"


@dataclass(frozen=True, slots=True)
class Rounding:
    """How amounts are shown and paid: the number of decimals and what becomes of the rest."""

    decimals: int
    mode: str


def number(text: str) -> Fraction:
    """The exact value of a plain decimal text such as "12.5". Raises NotANumber."""
    if _NUMBER.fullmatch(text):
        return Fraction(text)
    shown = text if len(text) <= 40 else text[:40] + "…"
    raise NotANumber(f'"{shown}" is not a number; {_hint(text)}')


def _hint(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return f"at most {MAX_DIGITS} digits before and {MAX_DECIMALS} after the point"
    if _GROUPED.fullmatch(text) and len(text) <= 40:
        return f"write {text.replace(',', '')}"
    if _COMMA_DECIMAL.fullmatch(text) and len(text) <= 40:
        return f"write {text.replace(',', '.')}"
    if _EXPONENT.fullmatch(text):
        return "write it without an exponent"
    return "write digits with a decimal point, for instance 12.5"


def total(values: Iterable[Fraction]) -> Fraction:
    """An exact sum, 0 of nothing: brought to one denominator, so that it is reduced only once."""
    parts = tuple(values)
    common = lcm(*(part.denominator for part in parts))
    return Fraction(sum(part.numerator * (common // part.denominator) for part in parts), common)


def plain(value: Fraction) -> str:
    """The shortest exact text: a decimal where it ends ("12.5"), else a fraction ("7000/9")."""
    return _ending(value) or f"{value.numerator}/{value.denominator}"


def _ending(value: Fraction) -> str | None:
    """The value as a decimal that ends soon enough to be written whole."""
    numerator, denominator = value.numerator, value.denominator
    if denominator == 1:
        return str(numerator)
    places = _ending_places(denominator)
    if places is None or places > MAX_DECIMALS:
        return None
    return _fixed(numerator * 10**places // denominator, places)


def decimal_text(value: Fraction) -> str:
    """The value as a decimal, cut after ten places with "…" where it goes on: 33.3333333333…"""
    whole_text = _ending(value)
    if whole_text is not None:
        return whole_text
    whole = abs(value.numerator) * 10**DECIMALS_WRITTEN // value.denominator
    # The sign is written even where nothing but zeros is left before the ellipsis.
    return ("-" if value < 0 else "") + _fixed(whole, DECIMALS_WRITTEN) + "…"


def rounded(value: Fraction, rounding: Rounding) -> Fraction:
    """The nearest value with that many decimals.

    half-up: a half goes away from zero; half-even: a half goes to the even neighbour; truncate:
    the rest is cut off, towards zero.
    """
    return Fraction(_scaled(value, rounding), 10**rounding.decimals)


def shown(value: Fraction, rounding: Rounding) -> str:
    """The rounded value with exactly the published number of decimals: "777.78"."""
    return _fixed(_scaled(value, rounding), rounding.decimals)


def _scaled(value: Fraction, rounding: Rounding) -> int:
    """The rounded value in units of its last decimal."""
    numerator, denominator = value.numerator, value.denominator
    whole, rest = divmod(abs(numerator) * 10**rounding.decimals, denominator)
    if rest and _rounds_away(whole, 2 * rest, denominator, rounding.mode):
        whole += 1
    return whole if numerator >= 0 else -whole


def _rounds_away(whole: int, twice_rest: int, denominator: int, mode: str) -> bool:
    if mode == TRUNCATE:
        return False
    if twice_rest == denominator:
        return mode == HALF_UP or whole % 2 == 1
    return twice_rest > denominator


def _fixed(scaled: int, places: int) -> str:
    sign = "-" if scaled < 0 else ""
    if places == 0:
        return f"{scaled}"
    digits = str(abs(scaled)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def _ending_places(denominator: int) -> int | None:
    """The number of decimals of a fraction with that denominator; None where it never ends."""
    twos = (denominator & -denominator).bit_length() - 1
    rest, fives = denominator >> twos, 0
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    return max(twos, fives) if rest == 1 else None
