"""Exact amounts as fractions: written plainly, and rounded only where rounding was published."""

from dataclasses import dataclass
from fractions import Fraction

from produce.rules.facts import Rounding

# Decimals of an unending number that are written before the ellipsis.
WRITTEN = 6
_WORDS = {
    Rounding.HALF_UP: "a half goes up",
    Rounding.HALF_EVEN: "a half goes to the even neighbour",
    Rounding.TRUNCATE: "the rest is cut off",
    Rounding.NOT_STATED: "not rounded",
}


@dataclass(frozen=True)
class RoundTo:
    """The number of decimals and what becomes of the rest. NOT_STATED leaves the number exact."""

    mode: Rounding
    decimals: int | None

    @property
    def words(self) -> str:
        if self.mode is Rounding.NOT_STATED:
            return _WORDS[self.mode]
        return f"to {self.decimals} decimals; {_WORDS[self.mode]}"


def rounded(value: Fraction, to: RoundTo) -> Fraction:
    """Round away from zero, to even or towards zero at the published decimal."""
    if to.mode is Rounding.NOT_STATED or to.decimals is None:
        return value
    scale = 10**to.decimals
    whole, rest = divmod(abs(value.numerator) * scale, value.denominator)
    if _goes_up(whole, 2 * rest, value.denominator, to.mode):
        whole += 1
    return Fraction(whole if value >= 0 else -whole, scale)


def _goes_up(whole: int, twice_rest: int, denominator: int, mode: Rounding) -> bool:
    if mode is Rounding.TRUNCATE:
        return False
    if twice_rest == denominator:
        return mode is Rounding.HALF_UP or whole % 2 == 1
    return twice_rest > denominator


def shown(value: Fraction, to: RoundTo) -> str:
    """The rounded amount with exactly the published decimals: "2965.71"."""
    if to.mode is Rounding.NOT_STATED or to.decimals is None:
        return written(value)
    return _fixed(rounded(value, to) * 10**to.decimals, to.decimals)


def exact_text(value: Fraction) -> str:
    """The shortest exact writing: a decimal where it ends ("12.5"), else a fraction ("69200/7")."""
    places = _places(value.denominator)
    if places is None:
        return f"{value.numerator}/{value.denominator}"
    return _fixed(value * 10**places, places)


def written(value: Fraction) -> str:
    """For people: "12.5", or "9885.714285…" where the decimals do not end."""
    places = _places(value.denominator)
    if places is not None and places <= WRITTEN:
        return exact_text(value)
    cut = RoundTo(Rounding.TRUNCATE, WRITTEN)
    return f"{shown(value, cut)}…"


def _fixed(scaled: Fraction, places: int) -> str:
    number = int(scaled)
    if places == 0:
        return str(number)
    digits = str(abs(number)).rjust(places + 1, "0")
    return f"{'-' if number < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def _places(denominator: int) -> int | None:
    """The number of decimals of a fraction with that denominator; None where it never ends."""
    places = 0
    for prime in (2, 5):
        count = 0
        while denominator % prime == 0:
            denominator //= prime
            count += 1
        places = max(places, count)
    return places if denominator == 1 else None
