"""Files for auditors: a tender's history with its proofs, and bids as flat rows."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from marketplace.fields import plain
from marketplace.ledger import export as ledger
from procurement.models import BidLine, Export, Tender
from procurement.rules.timeline import instant

ENDINGS = {
    "history_jsonl": ".jsonl",
    "history_csv": ".csv",
    "bids_csv": ".csv",
    "dossier": ".zip",
    "dossier_public": ".zip",
}
EVERYTHING = ("public", "opening", "auditor")
COLUMNS = (
    "tender",
    "historical",
    "buyer",
    "lot",
    "item",
    "description",
    "bid",
    "tenderer",
    "tenderer_kind",
    "submitted_at",
    "revision",
    "currency",
    "unit_price",
    "quantity",
    "unit",
    "stated_total",
    "ledger_sequence",
    "ciphertext_hash",
)


def ending(kind: str) -> str:
    return ENDINGS[kind]


def chunks(export: Export, now: datetime) -> Iterator[bytes]:
    """The bytes of an export, line by line; memory does not grow with its length."""
    if export.kind == Export.Kind.BIDS_CSV:
        return bids_csv(export.tender)
    assert export.tender is not None
    return history(export.tender, export.kind, now)


def history(tender: Tender, kind: str, now: datetime) -> Iterator[bytes]:
    """Everything that the ledger holds about a tender, as JSON lines or CSV."""
    write = ledger.as_jsonl if kind == Export.Kind.HISTORY_JSONL else ledger.as_csv
    return write(tender.reference, include=readable(tender), now=now)


def readable(tender: Tender) -> tuple[str, ...]:
    """Nobody, auditors included, reads who bid before the opening."""
    return EVERYTHING if tender.opened_at else ("public", "auditor")


def bids_csv(tender: Tender | None) -> Iterator[bytes]:
    """Opened bids, one row a line of goods; of one tender, or of all."""
    yield _row(COLUMNS)
    rows = BidLine.objects.select_related(
        "bid__tenderer", "bid__sealed_bid", "bid__tender__buyer", "item__lot"
    )
    if tender is not None:
        rows = rows.filter(bid__tender=tender)
    for line in rows.order_by("bid__tender_id", "item_id", "bid_id").iterator(chunk_size=2000):
        yield _row(_cells(line))


def _cells(line: BidLine) -> tuple[str, ...]:
    bid, sealed, tender = line.bid, line.bid.sealed_bid, line.bid.tender
    return (
        tender.reference,
        "yes" if tender.is_historical else "no",
        tender.buyer.name,
        str(line.item.lot.number),
        str(line.item.number),
        line.item.description,
        bid.public_id,
        bid.tenderer.name,
        bid.tenderer.kind,
        instant(bid.submitted_at).isoformat() if bid.submitted_at else "",
        str(sealed.revision) if sealed else "",
        tender.currency,
        plain(line.unit_price),
        plain(line.quantity),
        line.item.unit,
        plain(line.stated_total) if line.stated_total is not None else "",
        str(sealed.sequence) if sealed else "",
        sealed.envelope_hash if sealed else "",
    )


def _row(cells: tuple[str, ...]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(ledger.cell(cell) for cell in cells)
    return buffer.getvalue().encode()
