"""Tests for abnormally low prices: a reason to ask the tenderer, never to reject by itself.

Each test compares one price with the other qualified ones and is published with its threshold.
"At least 40 % below" includes exactly 40 % below.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from procurement.rules.money import decimal_text

BIDS_FOR_DEVIATION: Final = 5

_Prices = Sequence[Fraction]


@dataclass(frozen=True, slots=True)
class LowTestRule:
    """One test: whether it flags a price, told in words, or None."""

    title: str
    threshold_is_share: bool
    source: str
    find: Callable[[Fraction, _Prices, Fraction], str | None]


def below_mean_of_others(price: Fraction, others: _Prices, share: Fraction) -> str | None:
    """At least `share` below the mean of all other prices: price <= mean · (1 − share)."""
    if not others:
        return None
    mean = sum(others, Fraction(0)) / len(others)
    if price > mean * (1 - share):
        return None
    return f"{_below(price, mean)} the mean of the others, {decimal_text(mean)}"


def below_next(price: Fraction, others: _Prices, share: Fraction) -> str | None:
    """At least `share` below the next higher price: price <= next · (1 − share)."""
    following = min((other for other in others if other >= price), default=None)
    if following is None or price > following * (1 - share):
        return None
    return f"{_below(price, following)} the next price, {decimal_text(following)}"


def below_mean_minus_deviations(
    price: Fraction, others: _Prices, deviations: Fraction
) -> str | None:
    """At or below the mean of all minus `deviations` standard deviations, of five bids or more.

    The deviation is that of the population of these bids. Its root is never taken: the distance
    from the mean is compared squared, which is exact.
    """
    prices = [price, *others]
    if len(prices) < BIDS_FOR_DEVIATION:
        return None
    mean = sum(prices, Fraction(0)) / len(prices)
    variance = sum(((p - mean) ** 2 for p in prices), Fraction(0)) / len(prices)
    if price >= mean or (mean - price) ** 2 < deviations**2 * variance:
        return None
    count = decimal_text(deviations)
    return (
        f"{_below(price, mean)} the mean, {decimal_text(mean)}: {count} standard deviations or more"
    )


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
