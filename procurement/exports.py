"""Files for auditors: a tender's history with its proofs; bids are in `bidhistory`."""

from collections.abc import Iterator
from datetime import datetime

from marketplace.ledger import export as ledger
from procurement import visibility
from procurement.models import Export, Tender
from procurement.rules.visibility import Reader

ENDINGS = {
    "history_jsonl": ".jsonl",
    "history_csv": ".csv",
    "bids_csv": ".zip",
    "bids_xlsx": ".zip",
    "bids_jsonl": ".zip",
    "bids_parquet": ".zip",
    "dossier": ".zip",
    "dossier_public": ".zip",
}


def ending(kind: str) -> str:
    return ENDINGS[kind]


def download_name(export: Export) -> str:
    """What the file is called where it is saved."""
    subject = export.tender.reference if export.tender else "all"
    return f"{subject}-{export.kind.replace('_', '-')}{ending(export.kind)}"


def chunks(export: Export, now: datetime) -> Iterator[bytes]:
    """The bytes of a tender's history, line by line; memory does not grow with its length."""
    assert export.tender is not None
    return history(export.tender, export.kind, now)


def history(tender: Tender, kind: str, now: datetime) -> Iterator[bytes]:
    """Everything that the ledger holds about a tender, as JSON lines or CSV."""
    write = ledger.as_jsonl if kind == Export.Kind.HISTORY_JSONL else ledger.as_csv
    return write(tender.reference, include=readable(tender), now=now)


def readable(tender: Tender) -> tuple[str, ...]:
    """Nobody, auditors included, reads who bid before the opening."""
    return visibility.entries_of(Reader.AUDITOR, tender)
