"""Quartiles and Tukey's fences, exact.

Quantiles are median-unbiased: type 8 of Hyndman and Fan, "Sample Quantiles in Statistical
Packages", The American Statistician 50 (1996) 361-365. The published results of the standard
indicators rest on this type; with others a small sample gives other flags. Fences: Tukey,
"Exploratory Data Analysis" (1977), one and a half times the interquartile range.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

QUARTER: Final = Fraction(1, 4)
THIRD: Final = Fraction(1, 3)
REACH: Final = Fraction(3, 2)


def quantile(ordered: list[Fraction], share: Fraction) -> Fraction:
    """The quantile `share` of sorted numbers; raises ValueError for none."""
    if not ordered:
        raise ValueError("There is no quantile of nothing.")
    count = len(ordered)
    place = (count + THIRD) * share + THIRD
    whole = int(place)
    if whole <= 0:
        return ordered[0]
    if whole >= count:
        return ordered[-1]
    below, above = ordered[whole - 1], ordered[whole]
    return below + (place - whole) * (above - below)


@dataclass(frozen=True)
class Fences:
    """Quartiles of a sample, and the limits beyond which a number is an outlier."""

    q1: Fraction
    q3: Fraction

    @property
    def lower(self) -> Fraction:
        return self.q1 - REACH * (self.q3 - self.q1)

    @property
    def upper(self) -> Fraction:
        return self.q3 + REACH * (self.q3 - self.q1)


def fences(values: Iterable[Fraction], least: int = 1) -> Fences | None:
    """None for no values, and for fewer than `least`: of two numbers each would be an outlier."""
    ordered = sorted(values)
    if len(ordered) < max(least, 1):
        return None
    return Fences(quantile(ordered, QUARTER), quantile(ordered, 1 - QUARTER))
