"""Files that people ask for: asked in a row, made by a worker, never lost with it."""

import hashlib
from datetime import datetime, timedelta
from typing import IO

from django.core.files.base import File
from django.core.files.temp import NamedTemporaryFile
from django.db import transaction

from marketplace.accounts.models import User
from marketplace.errors import Invalid
from procurement import exports, permissions
from procurement.models import Export, Tender
from procurement.operations.common import new_public_id

STALE = timedelta(minutes=15)


@transaction.atomic
def request(*, kind: str, tender: Tender | None, by: User, now: datetime) -> Export:
    """Ask for a file; the sweep finds the row even when no message reaches a worker."""
    permissions.check_user_can_read_history(by)
    if kind not in Export.Kind.values:
        raise Invalid("There is no such export.", where="kind")
    if kind != Export.Kind.BIDS_CSV and tender is None:
        raise Invalid("Name the tender.", where="tender")
    return Export.objects.create(
        public_id=new_public_id(), kind=kind, tender=tender, requested_by=by, requested_at=now
    )


def waiting(now: datetime) -> list[int]:
    """Exports not yet made, and those whose worker seems to have died."""
    unfinished = Export.objects.filter(finished_at=None, error="")
    stale = unfinished.filter(started_at__lt=now - STALE)
    return [row.pk for row in unfinished.filter(started_at=None) | stale]


def run(export_id: int, *, now: datetime) -> Export | None:
    """Make one export; safe to repeat. Returns it, or None if another worker has it."""
    with transaction.atomic():
        rows = Export.objects.select_for_update(of=("self",)).filter(pk=export_id)
        export = rows.filter(finished_at=None).first()
        if export is None:
            return None
        export.started_at = now
        export.save(update_fields=["started_at"])
    _make(export, now)
    return export


def _make(export: Export, now: datetime) -> None:
    with NamedTemporaryFile() as file:
        for chunk in exports.chunks(export, now):
            file.write(chunk)
            _progress(export, chunk)
        file.flush()
        file.seek(0)
        export.sha256 = _digest(file)
        name = f"{export.public_id}{exports.ending(export.kind)}"
        export.file.save(name, File(file), save=False)
    export.finished_at = now
    export.save()


def _progress(export: Export, chunk: bytes) -> None:
    before = export.rows_done
    export.rows_done += chunk.count(b"\n")
    if export.rows_done // 500 > before // 500:
        export.save(update_fields=["rows_done"])


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return digest
