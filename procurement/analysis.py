"""Public figures from awards: prices by month, competition by month. pandas lives here alone.

Quantiles are exact (Decimal) by linear interpolation between neighbours, as in
R's type 7; pandas groups, it does not compute: its floats would change digits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from django.db.models import Count, F, Q

from procurement.models import BidLine, Lot

HALF, QUARTER = Decimal("0.5"), Decimal("0.25")


@dataclass(frozen=True)
class Series:
    """What one line of a chart is about; prices of two units or currencies never mix."""

    commodity: str
    name: str
    unit: str
    currency: str
    historical: bool

    @property
    def key(self) -> str:
        kind = "past" if self.historical else "present"
        return "~".join([kind, self.commodity, self.unit, self.currency])


@dataclass(frozen=True)
class Month:
    """Unit prices of the awarded bids of one month: `median`, and the middle half of them."""

    month: str
    awards: int
    low: Decimal
    median: Decimal
    high: Decimal


def quantile(values: list[Decimal], part: Decimal) -> Decimal:
    """The quantile `part` (0 to 1) of sorted `values`, interpolated linearly."""
    place = part * (len(values) - 1)
    below = int(place)
    if below + 1 >= len(values):
        return values[-1]
    return values[below] + (values[below + 1] - values[below]) * (place - below)


def prices(now: datetime, zone: str) -> dict[Series, list[Month]]:
    """Unit prices of the awarded bids by series and month of the decision, oldest first.

    `zone` names the time zone in which a month begins and ends.
    """
    rows = list(_awarded(now, ZoneInfo(zone)))
    if not rows:
        return {}
    table = pd.DataFrame(rows, dtype=object)
    found: dict[Series, list[Month]] = {}
    groups: Any = table.groupby(["historical", "name", "commodity", "unit", "currency", "month"])
    for (historical, name, commodity, unit, currency, month), group in groups:
        series = Series(commodity, name, unit, currency, bool(historical))
        found.setdefault(series, []).append(_month(month, sorted(group["price"])))
    return found


def _month(month: str, values: list[Decimal]) -> Month:
    return Month(
        month,
        len(values),
        quantile(values, QUARTER),
        quantile(values, HALF),
        quantile(values, 1 - QUARTER),
    )


def _awarded(now: datetime, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    stands = Q(bid__awards__decided_at__lte=now, bid__awards__cancelled_at=None)
    lines = BidLine.objects.filter(stands, bid__awards__lot=F("item__lot"))
    columns = lines.values_list(
        "bid__tender__historical_batch",
        "item__commodity__code",
        "item__commodity__name",
        "item__unit",
        "bid__tender__currency",
        "bid__awards__decided_at",
        "unit_price",
    )
    for batch, code, name, unit, currency, decided, price in columns.iterator(chunk_size=2000):
        assert decided is not None  # the filter takes decided awards alone
        yield {
            "historical": batch is not None,
            "commodity": code or "other",
            "name": name or "Other goods",
            "unit": unit,
            "currency": currency,
            "month": f"{decided.astimezone(zone):%Y-%m}",
            "price": price,
        }


@dataclass(frozen=True)
class Competition:
    """Opened lots that had `bids` bids: how many lots."""

    bids: int
    lots: int


def competition(historical: bool) -> list[Competition]:
    """How many lots had no bid, one, two, ...: of tenders that were opened."""
    lots = Lot.objects.filter(tender__historical_batch__isnull=not historical)
    if not historical:
        lots = lots.exclude(tender__opened_at=None)
    counted = lots.annotate(n=Count("items__bid_lines__bid", distinct=True)).order_by()
    table = pd.Series(list(counted.values_list("n", flat=True)), dtype="int64")
    rows = table.value_counts().sort_index().items()
    return [Competition(int(str(bids)), int(lots_)) for bids, lots_ in rows]
