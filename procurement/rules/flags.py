"""Tests for abnormally low prices: a reason to ask the tenderer, never to reject by itself.

Each test compares one price with the other qualified ones and is published with its threshold.
"At least 40 % below" includes exactly 40 % below.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from procurement.rules.money import decimal_text, total

BIDS_FOR_DEVIATION: Final = 5


@dataclass(frozen=True, slots=True)
class Prices:
    """The prices of all qualified bids, with the sums that every test needs, taken once."""

    ordered: tuple[Fraction, ...]
    total: Fraction
    squares: Fraction


def prices(values: Iterable[Fraction]) -> Prices:
    """The prices in order with their sum and the sum of their squares."""
    ordered = tuple(sorted(values))
    return Prices(ordered, total(ordered), total(p * p for p in ordered))


@dataclass(frozen=True, slots=True)
class LowTestRule:
    """One test: whether it flags one of the prices, told in words, or None."""

    title: str
    threshold_is_share: bool
    source: str
    find: Callable[[Fraction, Prices, Fraction], str | None]


def below_mean_of_others(price: Fraction, among: Prices, share: Fraction) -> str | None:
    """At least `share` below the mean of all other prices: price <= mean · (1 − share)."""
    others = len(among.ordered) - 1
    if others < 1:
        return None
    mean = (among.total - price) / others
    if price > mean * (1 - share):
        return None
    return f"{_below(price, mean)} the mean of the others, {decimal_text(mean)}"


def below_next(price: Fraction, among: Prices, share: Fraction) -> str | None:
    """At least `share` below the next higher price: price <= next · (1 − share)."""
    after = bisect_right(among.ordered, price)
    shared = after - bisect_left(among.ordered, price) > 1
    if shared or after == len(among.ordered):
        return None
    following = among.ordered[after]
    if price > following * (1 - share):
        return None
    return f"{_below(price, following)} the next price, {decimal_text(following)}"


def below_mean_minus_deviations(price: Fraction, among: Prices, deviations: Fraction) -> str | None:
    """At or below the mean of all minus `deviations` standard deviations, of five bids or more.

    The deviation is that of the population of these bids. Its root is never taken: the distance
    from the mean is compared squared, which is exact.
    """
    count = len(among.ordered)
    if count < BIDS_FOR_DEVIATION:
        return None
    mean = among.total / count
    variance = among.squares / count - mean**2
    if price >= mean or (mean - price) ** 2 < deviations**2 * variance:
        return None
    distance = f"{decimal_text(deviations)} standard deviations or more"
    return f"{_below(price, mean)} the mean, {decimal_text(mean)}: {distance}"


def _below(price: Fraction, reference: Fraction) -> str:
    share = (reference - price) * 100 / reference
    return f"{decimal_text(price)} is {decimal_text(share)} % below"


LOW_TESTS: Final[Mapping[str, LowTestRule]] = MappingProxyType(
    {
        "below_mean_of_others": LowTestRule(
            "far below the mean of the others",
            True,
            "Ukraine, Law on Public Procurement, article 1 (abnormally low price), first test",
            below_mean_of_others,
        ),
        "below_next": LowTestRule(
            "far below the next price",
            True,
            "Ukraine, Law on Public Procurement, article 1 (abnormally low price), second test",
            below_next,
        ),
        "below_mean_minus_deviations": LowTestRule(
            "far below the mean, measured in standard deviations",
            False,
            "World Bank, guide on abnormally low bids and proposals, relative approach",
            below_mean_minus_deviations,
        ),
    }
)
