"""Bulk files of the open data: made in the background, one a period and form, replaced whole."""

import hashlib
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import IO, Final

from django.core.files.base import File
from django.core.files.temp import NamedTemporaryFile
from django.db import transaction
from django.db.models import Q

from procurement.models import OcdsFile
from procurement.ocds import package, values, writing
from procurement.queries import ocdsfeed
from procurement.queries import ocdsfiles as queries
from procurement.queries.ocdsfiles import Due, Form

STALE: Final = timedelta(minutes=30)
log = logging.getLogger(__name__)


def make_due(*, now: datetime) -> int:
    """Make every file that is missing or behind; how many were made. Safe to repeat."""
    return sum(make(due, now=now) for due in queries.due())


def make(due: Due, *, now: datetime) -> bool:
    """Make one file, unless another worker is at it; a failure is told and tried again."""
    row = _taken(due, now)
    if row is None:
        return False
    try:
        _make(row, due, now)
    except Exception as error:  # Whatever it was, the next sweep tries again.
        log.exception("open data file %s failed", row)
        row.error, row.started_at = f"It could not be made: {type(error).__name__}.", None
        row.save(update_fields=["error", "started_at"])
        return False
    return True


@transaction.atomic
def _taken(due: Due, now: datetime) -> OcdsFile | None:
    OcdsFile.objects.get_or_create(period=due.period, form=due.form)
    rows = OcdsFile.objects.select_for_update().filter(period=due.period, form=due.form)
    row = rows.filter(Q(started_at=None) | Q(started_at__lt=now - STALE)).first()
    if row is not None:
        row.started_at, row.rows_done, row.rows_total, row.error = now, 0, due.rows, ""
        row.save()
    return row


def _make(row: OcdsFile, due: Due, now: datetime) -> None:
    with NamedTemporaryFile() as out:
        write(out, due, progress=lambda done: _progress(row, done))
        out.flush()
        row.size = out.tell() or out.seek(0, 2)
        out.seek(0)
        sha256 = hashlib.file_digest(out, "sha256").hexdigest()
        out.seek(0)
        old = row.file.name
        row.file.save(
            f"{due.period}-{sha256[:12]}-{queries.ENDINGS[Form(due.form)]}", File(out), False
        )
    row.sha256, row.upto, row.modified_at = sha256, due.upto, due.modified_at
    row.finished_at, row.started_at, row.rows_done = now, None, due.rows
    row.save()
    if old and old != row.file.name:
        # Whoever is reading it has it open and reads on.
        row.file.storage.delete(old)


def _progress(row: OcdsFile, done: int) -> None:
    OcdsFile.objects.filter(pk=row.pk).update(rows_done=done)


def write(out: IO[bytes], due: Due, *, progress: Callable[[int], object] = id) -> None:
    """The content of a file, in the memory of a page of rows."""
    form = Form(due.form)
    if form in (Form.RELEASES_JSONL, Form.RECORDS_JSONL):
        return writing.json_lines(out, _texts(due, progress))
    if form in (Form.RELEASES_JSON, Form.RECORDS_JSON):
        kind = package.RELEASES if form in queries.OF_RELEASES else package.RECORDS
        name = queries.ENDINGS[form].removesuffix(".zip")
        uri = f"/api/ocds/files/ocds-{due.period}-{queries.ENDINGS[form]}"
        head = package.header(ocdsfeed.publisher(), uri, values.instant(due.modified_at))
        return writing.json_package(
            out, f"ocds-{due.period}-{name}", head, kind, _texts(due, progress)
        )
    known = writing.columns(_compiled(due, id))
    if form is Form.CSV:
        return writing.csv_tables(out, lambda: _compiled(due, progress), known)
    writing.xlsx(out, lambda: _compiled(due, progress), known)
    return None


def _texts(due: Due, progress: Callable[[int], object]) -> Iterator[str]:
    source = queries.releases if due.form in queries.OF_RELEASES else queries.records
    return _counted(source(due), progress)


def _compiled(due: Due, progress: Callable[[int], object]) -> Iterator[str]:
    return _counted((row.compiled for row in queries.processes(due)), progress)


def _counted(texts: Iterator[str], progress: Callable[[int], object]) -> Iterator[str]:
    for done, text in enumerate(texts, 1):
        if done % 500 == 0:
            progress(done)
        yield text
