"""What a dossier holds besides the history: files by path, for one class of reader."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from marketplace.fields import plain
from marketplace.ledger import canonical
from marketplace.ledger.export import cell
from procurement import engine
from procurement.dossier import build
from procurement.models import Award, AwardLetter, Bid, BidLine, EngineSource, Evaluation, Tender
from procurement.rules import sealing
from procurement.rules.timeline import instant

HERE = Path(__file__).parent
File = tuple[str, Iterable[bytes]]
PIECE = 2**16


def held_back(tender: Tender) -> list[dict[str, str]]:
    """Bids whose contents everybody must not read: what is attached may tell of persons."""
    rows = tender.bids.filter(sealed_bid__isnull=False)
    unread = [bid.public_id for bid in rows.exclude(dek="").exclude(failure="")]
    attached = rows.filter(documents__isnull=False).values_list("public_id", flat=True)
    return [{"bid": bid, "reason": "attachments"} for bid in sorted({*attached, *unread})]


def files(tender: Tender, *, hidden: set[str], lots: set[int], full: bool) -> Iterator[File]:
    """Everything but history, records and manifest, in a fixed order.

    `hidden`: bids whose envelope and contents stay out. `lots`: those whose evaluation may be
    read. `full`: for an auditor, with the text of letters.
    """
    yield "README.txt", [(HERE / "README.txt").read_bytes()]
    yield "verify.py", [build.verifier()]
    yield "verify.html", [(HERE / "verify.html").read_bytes()]
    yield "tender/terms.json", [tender.terms.encode()]
    for document in tender.documents.order_by("sha256"):
        yield f"tender/documents/{document.sha256}", document.file.chunks(PIECE)
    for bid in _bids(tender).exclude(public_id__in=hidden):
        yield from _sealed(bid)
    for evaluation in _evaluations(tender, lots):
        stem = f"evaluation/lot-{evaluation.lot.number}"
        yield f"{stem}-case.json", [evaluation.case.encode()]
        yield f"{stem}-result.json", [evaluation.result.encode()]
    for allocation in _allocations(tender, full):
        stem = f"allocation/{allocation.public_id}"
        yield f"{stem}-case.json", [allocation.case.encode()]
        yield f"{stem}-result.json", [allocation.result.encode()]
    yield "letters.json", [_json(list(_letters(tender, full)))]
    yield "names.json", [_json(_names(tender))]
    yield "views/bids.csv", _bids_csv(tender)
    yield "views/lines.csv", _lines_csv(tender)
    yield "views/evaluation.csv", _evaluation_csv(tender, lots)


def _json(value: Any) -> bytes:
    return canonical.dumps(value).encode() + b"\n"


def engine_files(digest: str) -> Iterator[File]:
    """The modules of the digest that the ledger recorded; today's if none were kept."""
    row = EngineSource.objects.filter(digest=digest).first()
    texts = json.loads(row.files) if row else {}
    kept = {path: text.encode() for path, text in texts.items()} or engine.sources()
    for path, source in sorted(kept.items()):
        yield f"engine/{path}", [source]


def _bids(tender: Tender) -> Any:
    rows = Bid.objects.filter(tender=tender).select_related("tenderer", "sealed_bid")
    return rows.order_by("public_id")


def _sealed(bid: Bid) -> Iterator[File]:
    """The envelope, and what is inside, if its key was published."""
    if bid.sealed_bid is None:
        return
    raw = bytes(bid.sealed_bid.envelope)
    yield f"envelopes/{bid.public_id}.json", [raw]
    if bid.dek:
        envelope = sealing.SealedEnvelope.from_bytes(raw)
        payload = sealing.decrypt_with_dek(envelope, bytes.fromhex(bid.dek))
        yield f"bids/{bid.public_id}.json", [payload]


def _evaluations(tender: Tender, lots: set[int]) -> Any:
    rows = Evaluation.objects.filter(lot__tender=tender, lot__number__in=lots)
    return rows.exclude(confirmed_at=None).select_related("lot").order_by("lot__number")


def _allocations(tender: Tender, full: bool) -> Any:
    """Those whose case the history tells this reader: decided ones; for auditors confirmed ones."""
    rows = tender.allocations.exclude(confirmed_at=None)
    if not full:
        decided = Award.objects.filter(lot__tender=tender).exclude(decided_at=None)
        rows = rows.filter(pk__in=decided.values("allocation"))
    return rows.order_by("id")


def _letters(tender: Tender, full: bool) -> Iterator[dict[str, Any]]:
    rows = AwardLetter.objects.filter(award__lot__tender=tender).order_by("award", "bid__public_id")
    for letter in rows.select_related("award__lot", "bid"):
        told = {
            "award": letter.award_id,
            "lot": letter.award.lot.number,
            "bid": letter.bid.public_id,
            "kind": letter.kind,
            "issued_at": canonical.instant(letter.issued_at),
        }
        yield told | {"text": letter.text} if full else told


def _names(tender: Tender) -> dict[str, str]:
    """Names of organisations by their public id: of nobody who acted in one."""
    found = {tender.buyer.public_id: tender.buyer.name}
    found |= {bid.tenderer.public_id: bid.tenderer.name for bid in _bids(tender)}
    suppliers = Award.objects.filter(lot__tender=tender).select_related("supplier")
    return found | {award.supplier.public_id: award.supplier.name for award in suppliers}


# --- views: for reading in a spreadsheet, not for verifying ------------------------------------


def csv_row(*cells: Any) -> bytes:
    """One row; a cell that a spreadsheet would run begins with an apostrophe."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cell(value) for value in cells)
    return text.getvalue().encode()


def _bids_csv(tender: Tender) -> Iterator[bytes]:
    yield csv_row(
        "bid", "tenderer", "name", "received_at", "revision", "ciphertext_hash", "failure"
    )
    for bid in _bids(tender):
        sealed = bid.sealed_bid
        yield csv_row(
            *(bid.public_id, bid.tenderer.public_id, bid.tenderer.name),
            instant(bid.submitted_at).isoformat() if bid.submitted_at else "",
            sealed.revision if sealed else None,
            sealed.envelope_hash if sealed else None,
            bid.failure,
        )


def _lines_csv(tender: Tender) -> Iterator[bytes]:
    yield csv_row("lot", "item", "description", "bid", "name", "unit_price", "quantity", "currency")
    rows = BidLine.objects.filter(bid__tender=tender).select_related("bid__tenderer", "item__lot")
    for line in rows.order_by("item__lot__number", "item__number", "bid__public_id").iterator(2000):
        yield csv_row(
            *(line.item.lot.number, line.item.number, line.item.description),
            *(line.bid.public_id, line.bid.tenderer.name),
            *(plain(line.unit_price), plain(line.quantity), tender.currency),
        )


def _evaluation_csv(tender: Tender, lots: set[int]) -> Iterator[bytes]:
    yield csv_row("lot", "rank", "bid", "name", "price", "evaluated_price", "disqualification")
    for evaluation in _evaluations(tender, lots):
        for line in evaluation.bids.select_related("bid__tenderer").order_by(
            "rank", "bid__public_id"
        ):
            yield csv_row(
                *(evaluation.lot.number, line.rank, line.bid.public_id, line.bid.tenderer.name),
                plain(line.price) if line.price is not None else None,
                *(line.evaluated_price, line.disqualification),
            )
