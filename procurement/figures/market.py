"""The market price to set beside ours: same month of the year, latest year, nearest place.

Price files end years before today's awards, and prices follow the harvest: what compares is the
same calendar month, of the latest year that has it; of the province, else of the whole country.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from procurement.analysis import HALF, quantile
from produce.rules.units import UnitsDoNotConvert, UnknownUnit, convert_ratio


@dataclass(frozen=True)
class Beside:
    """A median of market prices in the unit that was asked for, and what it is of."""

    price: Fraction
    month: str
    place: str


class Market:
    """Medians by commodity, currency, place and month."""

    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        self._found: dict[tuple[str, str, str, str], tuple[int, Decimal, str]] = {}
        found = list(rows)
        if not found:
            return
        country = [{**row, "province": ""} for row in found]
        table = pd.DataFrame([*country, *(row for row in found if row["province"])], dtype=object)
        groups: Any = table.groupby(["commodity", "currency", "unit", "province", "month"])
        for (commodity, currency, unit, province, month), group in groups:
            middle = quantile(sorted(group["price"]), HALF)
            self._found[commodity, currency, province, month] = (len(group), middle, unit)

    def months(self) -> list[tuple[tuple[str, str, str, str], tuple[int, Decimal, str]]]:
        return sorted(self._found.items())

    def beside(
        self, commodity: str, currency: str, province: str, month: str, unit: str
    ) -> Beside | None:
        """What compares with a price of that month; None where nothing was read."""
        year, _, of_year = month.partition("-")
        for place in dict.fromkeys((province, "")):
            for back in range(40):
                then = f"{int(year) - back:04d}-{of_year}"
                row = self._found.get((commodity, currency, place, then))
                price = _in_unit(row, unit) if row else None
                if price is not None:
                    return Beside(price, then, place)
        return None


def _in_unit(row: tuple[int, Decimal, str], unit: str) -> Fraction | None:
    try:
        return Fraction(row[1]) * convert_ratio(Decimal(1), unit, row[2])
    except (UnknownUnit, UnitsDoNotConvert):
        return None
