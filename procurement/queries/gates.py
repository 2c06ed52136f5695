"""Depots in public: how many loads came, and how many were rejected, without any person."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from marketplace.accounts.models import Organization
from procurement.models import Delivery, Depot


@dataclass(frozen=True)
class DepotCount:
    """`decided` loads were received or rejected; `rejected` are some of them."""

    buyer: Organization
    depot: Depot
    decided: int
    rejected: int

    @property
    def share(self) -> str:
        """Rejected loads of a hundred, with one decimal, half up."""
        if not self.decided:
            return "–"
        tenths = (self.rejected * 2000 + self.decided) // (2 * self.decided)
        return f"{tenths // 10}.{tenths % 10} %"


@dataclass(frozen=True)
class Rejection:
    """One rejected load: no supplier, no contract, no vehicle, nobody's name."""

    rejected_at: datetime
    buyer: str
    depot: str
    goods: str
    reasons: str


def counts() -> list[DepotCount]:
    """Every depot that has decided on a load, by buyer and name."""
    rejected = Counter(_depots(rejected_at__isnull=False))
    received = Counter(_depots(receipt__isnull=False))
    rows = Depot.objects.filter(pk__in={*rejected, *received}).select_related("buyer")
    return [
        DepotCount(row.buyer, row, rejected[row.pk] + received[row.pk], rejected[row.pk])
        for row in rows.order_by("buyer__name", "name")
    ]


def _depots(**kept: bool) -> list[int]:
    rows = Delivery.objects.filter(depot__isnull=False, **kept)
    return [key for key in rows.values_list("depot", flat=True) if key is not None]


def rejections() -> list[Rejection]:
    """Every rejected load, the latest first."""
    rows = Delivery.objects.exclude(rejected_at=None).exclude(depot=None)
    wanted = rows.select_related("depot__buyer", "line__item").order_by("-rejected_at", "-pk")
    return [
        Rejection(
            row.rejected_at, row.depot.buyer.name, row.depot.name, _goods(row), row.rejected_reasons
        )
        for row in wanted
        if row.rejected_at and row.depot
    ]


def _goods(row: Delivery) -> str:
    item = row.line.item
    return item.commodity.name if item.commodity else item.description
