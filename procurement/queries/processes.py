"""An awarded lot as the compiled release that the indicators read.

The one place to swap for the published compiledRelease. One process a lot, because a lot competes
by itself: of a tender with several, the ocid ends in the number of the lot. No names, no texts:
only ids, dates, amounts and statuses.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from marketplace.ledger.models import Entry
from procurement.models import (
    Award,
    Bid,
    BidLine,
    CompiledProcess,
    EvaluatedBid,
    Evaluation,
    Item,
    Lot,
)

# Marks a number until the text is made: JSON has numbers that no Python type keeps exactly.
_MARK = re.compile(r'"\\u0000([0-9.]+)"')


def awarded(now: datetime) -> QuerySet[Lot]:
    """Lots with a decided award, each with `latest`: the ledger's last entry about the tender."""
    decided = Award.objects.filter(lot=OuterRef("pk"), decided_at__lte=now)
    entries = Entry.objects.filter(subject=OuterRef("tender__reference")).order_by("-sequence")
    rows = Lot.objects.filter(Exists(decided)).order_by("pk")
    return rows.annotate(
        latest=Coalesce(Subquery(entries.values("sequence")[:1]), Value(-1)),
    )


def stale(now: datetime) -> QuerySet[Lot]:
    """Those never built, or about which something was recorded since."""
    rows = awarded(now).filter(
        Q(compiled_process=None) | ~Q(compiled_process__sequence=F("latest"))
    )
    items = Prefetch("items", Item.objects.select_related("commodity"))
    evaluated = EvaluatedBid.objects.filter(evaluation__confirmed_at__isnull=False)
    return rows.select_related("tender__buyer").prefetch_related(
        items,
        "awards__supplier",
        Prefetch("evaluations", Evaluation.objects.filter(confirmed_at__isnull=False).only("lot")),
        Prefetch("evaluations__bids", evaluated),
    )


def stored(past: bool) -> Iterator[dict[str, Any]]:
    """Every process as it was built, one after the other."""
    rows = CompiledProcess.objects.filter(lot__tender__historical_batch__isnull=not past)
    for body in rows.order_by("lot").values_list("body", flat=True).iterator(chunk_size=500):
        yield json.loads(body, parse_float=Decimal)


def text(release: dict[str, Any]) -> str:
    """As JSON, keys in order, numbers with the digits that they have."""
    told = json.dumps(release, sort_keys=True, default=lambda v: f"\x00{v:f}")
    return _MARK.sub(r"\1", told)


def digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def ocid(lot: Lot, lots: int) -> str:
    """The tender's reference; with the number of the lot where there are several."""
    reference = lot.tender.reference
    return reference if lots == 1 else f"{reference}/{lot.number}"


def release(lot: Lot, lots: int) -> dict[str, Any]:
    """The compiled release of a lot out of `stale`; `lots`: how many its tender has."""
    tender = lot.tender
    bids = list(_bids(lot))
    told: dict[str, Any] = {
        "ocid": ocid(lot, lots),
        "buyer": {"id": tender.buyer.public_id},
        "tender": {
            "id": tender.reference,
            "status": "cancelled" if tender.cancelled_at else "complete",
            "procurementMethod": tender.method,
            "procurementMethodDetails": lot.evaluation_method,
            "procuringEntity": {"id": tender.buyer.public_id},
            "numberOfTenderers": len(bids),
            "tenderPeriod": _without_none(
                {"startDate": _told(tender.published_at), "endDate": _told(tender.deadline)}
            ),
            "items": _items(lot),
        },
        "bids": {"details": bids},
        "awards": [_award(award, lot) for award in lot.awards.all()],
    }
    if tender.opened_at:
        told["tender"]["bidOpening"] = {"date": _told(tender.opened_at)}
    if lot.estimated_value is not None:
        value = {"amount": lot.estimated_value, "currency": tender.currency}
        told["tender"]["value"] = value
    return told


def _told(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None


def _without_none(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None}


def _items(lot: Lot) -> list[dict[str, Any]]:
    return [
        {
            "id": str(item.number),
            "classification": {"scheme": "HS", "id": item.commodity.hs6},
        }
        for item in lot.items.all()
        if item.commodity and item.commodity.hs6
    ]


def _bids(lot: Lot) -> Iterator[dict[str, Any]]:
    lines = BidLine.objects.filter(item__lot=lot)
    rows = Bid.objects.filter(Exists(lines.filter(bid=OuterRef("pk"))))
    rows = rows.select_related("tenderer", "sealed_bid").order_by("pk")
    judged = {row.bid_id: row for one in lot.evaluations.all() for row in one.bids.all()}
    for bid in rows.prefetch_related(Prefetch("lines", lines)):
        found = judged.get(bid.pk)
        at = bid.sealed_bid.received_at if bid.sealed_bid else bid.submitted_at
        amount = sum((row.unit_price * row.quantity for row in bid.lines.all()), Decimal(0))
        yield _without_none(
            {
                "id": bid.public_id,
                "date": _told(at),
                "status": _status(found, past=lot.tender.is_historical),
                "tenderers": [{"id": bid.tenderer.public_id}],
                "value": {"amount": amount, "currency": lot.tender.currency},
            }
        )


def _status(found: EvaluatedBid | None, *, past: bool) -> str:
    """A past record that was never evaluated here does not say who was disqualified."""
    if found is None:
        return "valid" if past else "pending"
    return "disqualified" if found.disqualification else "valid"


def _award(award: Award, lot: Lot) -> dict[str, Any]:
    status = "cancelled" if award.cancelled_at else "active" if award.decided_at else "pending"
    return _without_none(
        {
            "id": str(award.pk),
            "status": status,
            "date": _told(award.decided_at),
            "suppliers": [{"id": award.supplier.public_id}],
            "value": {"amount": award.price, "currency": award.currency},
            "items": _items(lot),
        }
    )


def lots_of(lots: Iterable[Lot]) -> dict[int, int]:
    """How many lots the tender of each has, by the tender."""
    found: dict[int, int] = {}
    tenders = Lot.objects.filter(tender__in={lot.tender_id for lot in lots})
    for tender in tenders.values_list("tender", flat=True):
        found[tender] = found.get(tender, 0) + 1
    return found
