"""Screens on the amounts of one tender, exact: squares are compared, so that no root is taken.

Amounts are whole numbers of some small unit, which cancels out of every screen.
"""

from collections.abc import Sequence
from fractions import Fraction


def variation_squared(values: Sequence[int]) -> Fraction | None:
    """(Standard deviation by mean) squared; None below two values or for a mean of nought.

    The standard deviation is that of a sample: divided by one less than its size.
    """
    n, total = len(values), sum(values)
    if n < 2 or not total:
        return None
    return Fraction(n * _scatter(values), (n - 1) * total**2)


def distance_squared(ordered: Sequence[int]) -> Fraction | None:
    """((second - first) by the standard deviation of the losing bids) squared, of sorted amounts.

    None below three amounts, and where all losing bids are the same.
    """
    losing = ordered[1:]
    n = len(losing)
    if n < 2:
        return None
    scatter = _scatter(losing)
    return Fraction((ordered[1] - ordered[0]) ** 2 * n * (n - 1), scatter) if scatter else None


def kurtosis(values: Sequence[int]) -> Fraction | None:
    """Excess kurtosis of a sample (the usual unbiased form); None below four values or spread."""
    n, total = len(values), sum(values)
    if n < 4:
        return None
    centred = [n * value - total for value in values]
    second = sum(y * y for y in centred)
    if not second:
        return None
    fourth = Fraction(sum(y**4 for y in centred) * (n - 1) ** 2, second**2)
    scale = Fraction(n * (n + 1), (n - 1) * (n - 2) * (n - 3))
    return scale * fourth - Fraction(3 * (n - 1) ** 2, (n - 2) * (n - 3))


def _scatter(values: Sequence[int]) -> int:
    """Size times the sum of the squares, less the square of the sum."""
    return len(values) * sum(v * v for v in values) - sum(values) ** 2
