"""A linear programme in whole numbers: what the model builder writes and the solver reads.

Everything is scaled to integers exactly, so that two different costs differ by at least one and a
row is broken by at least one: far more than the solver's tolerances.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor, gcd, lcm

Terms = Mapping[int, Fraction | int]


@dataclass(frozen=True, slots=True)
class Row:
    """lower <= sum of coefficient x column <= upper; None: no bound on that side."""

    terms: tuple[tuple[int, int], ...]
    lower: int | None
    upper: int | None


@dataclass(frozen=True, slots=True)
class Program:
    """Minimise sum of cost x column over whole columns within their bounds and the rows.

    The true cost is `constant` + `granule` x that sum.
    """

    lower: tuple[int, ...]
    upper: tuple[int, ...]
    cost: tuple[int, ...]
    rows: tuple[Row, ...]
    constant: Fraction
    granule: Fraction

    def value(self, values: tuple[int, ...]) -> int:
        """The sum that is minimised, exactly."""
        return sum(c * v for c, v in zip(self.cost, values, strict=True) if c)

    def true_cost(self, value: int) -> Fraction:
        return self.constant + self.granule * value

    def admits(self, values: tuple[int, ...]) -> bool:
        """Whether the values keep every bound and row, exactly."""
        within = zip(self.lower, values, self.upper, strict=True)
        return all(low <= v <= high for low, v, high in within) and all(
            _kept(row, values) for row in self.rows
        )

    def with_rows(self, *rows: Row) -> "Program":
        return replace(self, rows=(*self.rows, *rows))

    def aiming(self, weights: Mapping[int, int]) -> "Program":
        """The same rows with another objective."""
        cost = tuple(weights.get(column, 0) for column in range(len(self.cost)))
        return replace(self, cost=cost, constant=Fraction(0), granule=Fraction(1))

    def holding(self, values: Mapping[int, int]) -> "Program":
        """The same programme with some columns fixed."""
        lower, upper = list(self.lower), list(self.upper)
        for column, value in values.items():
            lower[column] = upper[column] = value
        return replace(self, lower=tuple(lower), upper=tuple(upper))

    def at_most(self, value: int) -> Row:
        """The row that keeps the present objective at or below a value."""
        terms = ((column, cost) for column, cost in enumerate(self.cost) if cost)
        return Row(tuple(terms), None, value)


def _kept(row: Row, values: tuple[int, ...]) -> bool:
    total = sum(coefficient * values[column] for column, coefficient in row.terms)
    return (row.lower is None or row.lower <= total) and (row.upper is None or total <= row.upper)


def row(terms: Terms, lower: Fraction | int | None, upper: Fraction | int | None) -> Row:
    """A row in the smallest whole numbers. The columns are whole, so its bounds are rounded in."""
    present = {column: Fraction(c) for column, c in sorted(terms.items()) if c}
    scale, divisor = scaling(present.values())
    factor = Fraction(scale, divisor)
    return Row(
        tuple((column, int(c * factor)) for column, c in present.items()),
        None if lower is None else ceil(lower * factor),
        None if upper is None else floor(upper * factor),
    )


def scaling(values: Iterable[Fraction]) -> tuple[int, int]:
    """The factor (numerator, denominator) that makes these numbers whole and coprime."""
    exact = [value for value in values if value]
    scale = lcm(*(value.denominator for value in exact))
    return scale, gcd(*(int(value * scale) for value in exact)) or 1
