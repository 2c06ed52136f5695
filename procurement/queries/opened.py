"""The read-out: what each bid says, lot by lot, exact."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch

from procurement.models import Bid, BidLine, Lot, Tender


@dataclass(frozen=True)
class ReadBid:
    bid: Bid
    lines: list[BidLine]

    @property
    def total(self) -> Decimal:
        """Price by quantity of every item; exact."""
        return sum((line.unit_price * line.quantity for line in self.lines), Decimal(0))


@dataclass(frozen=True)
class ReadLot:
    """A lot with the bids for it, the lowest total first."""

    lot: Lot
    bids: list[ReadBid]


def opened_bids(tender: Tender) -> list[Bid]:
    """Every opened bid with its lines, three queries."""
    lines = BidLine.objects.select_related("item__lot").order_by("item__number")
    rows = tender.bids.select_related("tenderer", "sealed_bid")
    return list(rows.prefetch_related(Prefetch("lines", lines)))


def read_out(tender: Tender, bids: list[Bid]) -> list[ReadLot]:
    return [_lot(lot, bids) for lot in tender.lots.all()]


def _lot(lot: Lot, bids: list[Bid]) -> ReadLot:
    found = [ReadBid(bid, _lines(bid, lot)) for bid in bids]
    return ReadLot(lot, sorted((b for b in found if b.lines), key=lambda b: b.total))


def _lines(bid: Bid, lot: Lot) -> list[BidLine]:
    return [line for line in bid.lines.all() if line.item.lot_id == lot.pk]
