"""Files that people ask for: asked in a row, made by a worker, never lost with it."""

import hashlib
import logging
from datetime import datetime, timedelta
from typing import IO

from django.core.files.base import File
from django.core.files.temp import NamedTemporaryFile
from django.db import transaction
from django.db.models import Q

from marketplace.accounts.models import User
from marketplace.errors import Conflict, Invalid, MusikaError, NotPermitted
from marketplace.ledger.queries import entries_for
from procurement import exports, permissions
from procurement.bidhistory import write as bidhistory
from procurement.bidhistory.slices import Slice
from procurement.dossier import write as dossier
from procurement.models import Export, Tender
from procurement.operations.common import lock_tender, new_public_id
from procurement.queries import slices

STALE = timedelta(minutes=15)
KEPT = timedelta(hours=1)
READERS = {Export.Kind.DOSSIER: "auditor", Export.Kind.DOSSIER_PUBLIC: "public"}
logger = logging.getLogger(__name__)


@transaction.atomic
def request(*, kind: str, tender: Tender | None, by: User, now: datetime) -> Export:
    """Ask for a file; the sweep finds the row even when no message reaches a worker."""
    permissions.check_user_can_read_history(by)
    if kind not in Export.Kind.values:
        raise Invalid("There is no such export.", where="kind")
    if kind.startswith("bids_"):
        chosen = Slice(tender=tender.reference if tender else "")
        return request_bids(chosen=chosen, form=kind.removeprefix("bids_"), by=by, now=now)
    if tender is None:
        raise Invalid("Name the tender.", where="tender")
    if kind in READERS:
        dossier.check_ready(tender)
    return Export.objects.create(
        public_id=new_public_id(), kind=kind, tender=tender, requested_by=by, requested_at=now
    )


@transaction.atomic
def request_bids(*, chosen: Slice, form: str, by: User, now: datetime) -> Export:
    """Ask for a bid history; its rows are counted, so that progress has an end.

    Raises NotPermitted, Invalid for what the slice names and is not there, DoesNotFit.
    """
    permissions.check_user_can_read_history(by)
    known = slices.rows(chosen)
    count = slices.count(chosen, form=form)
    return Export.objects.create(
        public_id=new_public_id(),
        kind=f"bids_{form}",
        requested_by=by,
        requested_at=now,
        rows_total=count,
        opened_from=chosen.opened_from,
        opened_before=chosen.opened_before,
        **known,
    )


@transaction.atomic
def cancel(*, export: Export, by: User, now: datetime) -> Export:
    """Give up a file that is not finished; the worker drops what it has within a page of rows."""
    locked = Export.objects.select_for_update(of=("self",)).get(pk=export.pk)
    if locked.requested_by_id != by.pk:
        raise NotPermitted("Only whoever asked for a file gives it up.")
    if locked.cancelled_at is None:
        if not locked.in_work:
            raise Conflict("The file is finished, or has failed: there is nothing to stop.")
        locked.cancelled_at = now
        locked.save(update_fields=["cancelled_at"])
    return locked


@transaction.atomic
def request_public(*, tender: Tender, now: datetime) -> Export:
    """Ask for the dossier that everybody may read; one that is fresh or in work is shared.

    Raises NotOpenedYet.
    """
    dossier.check_ready(tender)
    lock_tender(tender.pk)
    found = latest_public(tender)
    if found is not None and found.error == "" and not is_outdated(found, now):
        return found
    return Export.objects.create(
        public_id=new_public_id(),
        kind=Export.Kind.DOSSIER_PUBLIC,
        tender=tender,
        requested_by=None,
        requested_at=now,
    )


def latest_public(tender: Tender) -> Export | None:
    """The dossier for everybody that was asked for last."""
    rows = Export.objects.filter(tender=tender, kind=Export.Kind.DOSSIER_PUBLIC)
    return rows.filter(requested_by=None).order_by("-id").first()


def latest_finished(tender: Tender) -> Export | None:
    """The last dossier for everybody that can be taken away."""
    rows = Export.objects.filter(tender=tender, kind=Export.Kind.DOSSIER_PUBLIC)
    return rows.filter(requested_by=None).exclude(finished_at=None).order_by("-id").first()


def is_outdated(export: Export, now: datetime) -> bool:
    """Something was recorded since, and the last one is not of just now."""
    assert export.tender is not None
    later = entries_for(export.tender.reference).filter(recorded_at__gt=export.requested_at)
    return later.exists() and export.requested_at < now - KEPT


def waiting(now: datetime) -> list[int]:
    """Exports not yet made, and those whose worker seems to have died."""
    unfinished = Export.objects.filter(finished_at=None, cancelled_at=None, error="")
    stale = unfinished.filter(started_at__lt=now - STALE)
    return [row.pk for row in unfinished.filter(started_at=None) | stale]


def run(export_id: int, *, now: datetime) -> Export | None:
    """Make one export; safe to repeat. Returns it, or None if another worker has it."""
    with transaction.atomic():
        rows = Export.objects.select_for_update(of=("self",)).filter(pk=export_id)
        free = Q(started_at=None) | Q(started_at__lt=now - STALE)
        export = rows.filter(free, finished_at=None, cancelled_at=None, error="").first()
        if export is None:
            return None
        export.started_at, export.rows_done = now, 0
        export.save(update_fields=["started_at", "rows_done"])
    try:
        _make(export, now)
    except Cancelled:
        export.refresh_from_db()
    except MusikaError as error:
        logger.warning("export %s refused: %s", export.public_id, error.code)
        export.error = f"{error.message} {error.remedy or ''}".strip()
        export.save(update_fields=["error"])
    except Exception as error:  # Whatever it was, whoever asked is told and may ask again.
        logger.exception("export %s failed", export.public_id)
        export.error = f"It could not be made: {type(error).__name__}. Ask for it again."
        export.save(update_fields=["error"])
    return export


class Cancelled(Exception):
    """Whoever asked has given the file up meanwhile."""


def _make(export: Export, now: datetime) -> None:
    with NamedTemporaryFile() as file:
        if export.kind in READERS:
            _write_dossier(export, file)
        elif export.form:
            _write_bids(export, file, now)
        else:
            for chunk in exports.chunks(export, now):
                file.write(chunk)
                _progress(export, chunk)
        file.flush()
        file.seek(0)
        export.sha256 = _digest(file)
        name = f"{export.public_id}{exports.ending(export.kind)}"
        export.file.save(name, File(file), save=False)
    _finish(export, now)


def _finish(export: Export, now: datetime) -> None:
    """Unless it was given up in the last moment; then the file goes too."""
    told = {name: getattr(export, name) for name in ("sha256", "file", "rows_done", "rows_total")}
    rows = Export.objects.filter(pk=export.pk, cancelled_at=None)
    if not rows.update(finished_at=now, **told):
        export.file.delete(save=False)
        raise Cancelled
    export.finished_at = now


def _write_bids(export: Export, file: IO[bytes], now: datetime) -> None:
    chosen = slices.of(export)
    form, done = export.form, lambda count: _counted(export, count)
    export.rows_done = bidhistory.write(file, chosen, form=form, now=now, progress=done)
    export.rows_total = export.rows_done


def _counted(export: Export, count: int) -> None:
    """Tell how far, and see whether the file is still wanted."""
    export.rows_done = count
    wanted = Export.objects.filter(pk=export.pk, cancelled_at=None)
    if not wanted.update(rows_done=count):
        raise Cancelled


def _write_dossier(export: Export, file: IO[bytes]) -> None:
    """Under the time of asking, so that a second start gives the same bytes."""
    assert export.tender is not None
    dossier.write(
        file,
        export.tender,
        reader=READERS[Export.Kind(export.kind)],
        exported_at=export.requested_at,
        progress=lambda done, total: _count(export, done, total),
    )


def _count(export: Export, done: int, total: int) -> None:
    export.rows_done, export.rows_total = done, total
    if done % 500 == 1:
        export.save(update_fields=["rows_done", "rows_total"])


def _progress(export: Export, chunk: bytes) -> None:
    before = export.rows_done
    export.rows_done += chunk.count(b"\n")
    if export.rows_done // 500 > before // 500:
        export.save(update_fields=["rows_done"])


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return digest
