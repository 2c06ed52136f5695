"""The rows behind the figures: awards and bids with what they are grouped by."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from procurement.models import Award, AwardLine, Bid, Lot, MarketPrice


@dataclass(frozen=True)
class Asked:
    """Until when, and in which zone a month begins."""

    now: datetime
    zone: ZoneInfo

    def month(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%Y-%m}"


def priced(asked: Asked) -> Iterator[dict[str, Any]]:
    """Every line of goods that was awarded: commodity, grade, province, month, price a unit."""
    lines = AwardLine.objects.filter(
        award__decided_at__lte=asked.now, award__cancelled_at=None, item__commodity__isnull=False
    )
    columns = lines.values_list(
        "item__commodity__code",
        "item__commodity__name",
        "item__specification__grade__name",
        "item__province",
        "item__unit",
        "award__currency",
        "award__decided_at",
        "unit_price",
    )
    for code, name, grade, province, unit, currency, at, price in columns.order_by("pk").iterator():
        assert at is not None  # the filter takes decided awards alone
        yield {
            "commodity": code,
            "name": name,
            "grade": grade or "",
            "province": province,
            "unit": unit,
            "currency": currency,
            "month": asked.month(at),
            "price": price,
        }


def awards(asked: Asked) -> Iterator[dict[str, Any]]:
    """Every award that stands: whose, to whom, for how much, and how long it took."""
    found = Award.objects.filter(decided_at__lte=asked.now, cancelled_at=None).order_by("pk")
    found = found.filter(lot__tender__historical_batch=None)
    for award in found.select_related("lot__tender__buyer", "supplier"):
        tender = award.lot.tender
        assert award.decided_at is not None  # the filter takes decided awards alone
        yield {
            "lot": award.lot_id,
            "buyer": tender.buyer.name,
            "supplier": award.supplier.public_id,
            "kind": award.supplier.kind,
            "reserved_for": tender.reserved_for,
            "currency": award.currency,
            "month": asked.month(award.decided_at),
            "price": award.price,
            "estimate": award.lot.estimated_value,
            "days": (award.decided_at - tender.opened_at).days if tender.opened_at else None,
            "opened": asked.month(tender.opened_at) if tender.opened_at else "",
        }


def bids(asked: Asked) -> Iterator[dict[str, Any]]:
    """Every opened bid for a lot that is decided: the kind of tenderer, and whether it won."""
    found = Bid.objects.filter(tender__historical_batch=None, opened_at__lte=asked.now)
    decided = Q(lines__item__lot__awards__decided_at__lte=asked.now) & Q(
        lines__item__lot__awards__cancelled_at=None
    )
    columns = found.filter(decided).values_list("pk", "lines__item__lot", "tenderer__kind")
    won = set(
        Award.objects.filter(decided_at__lte=asked.now, cancelled_at=None).values_list("bid", "lot")
    )
    for bid, lot, kind in columns.distinct().order_by("pk", "lines__item__lot"):
        yield {"kind": kind, "won": (bid, lot) in won}


def competition(asked: Asked) -> Iterator[dict[str, Any]]:
    """Every opened lot of our own: the month of the opening, and how many bid for it."""
    lots = Lot.objects.filter(tender__historical_batch=None, tender__opened_at__lte=asked.now)
    counted = lots.annotate(n=Count("items__bid_lines__bid", distinct=True)).order_by("pk")
    for at, count in counted.values_list("tender__opened_at", "n"):
        assert at is not None  # the filter takes opened tenders alone
        yield {"month": asked.month(at), "bids": count}


def market() -> Iterator[dict[str, Any]]:
    """Every market price that was read."""
    columns = MarketPrice.objects.values_list(
        "commodity__code", "province", "day", "unit", "currency", "price"
    )
    for code, province, day, unit, currency, price in columns.order_by("pk").iterator():
        yield {
            "commodity": code,
            "province": province,
            "month": f"{day:%Y-%m}",
            "unit": unit,
            "currency": currency,
            "price": price,
        }


def total(values: Any) -> Decimal:
    return sum(values, Decimal(0))
