"""Import of open data (OCDS): past processes from release and record packages of any size.

The file is read to its end, into a temporary file on disk, before anything is written. Then every
batch commits by itself, a process never in part; a second run adds what is missing.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final

from django.conf import settings
from django.db import transaction

from procurement.models import ImportBatch, OcdsProcess, OcdsSource, Tender
from procurement.ocds import cutting, gathering, past
from procurement.ocds.gathering import Gathered
from procurement.ocds.past import NotPast, PastProcess
from procurement.ocds.spool import Spool
from procurement.ocds.values import digest, dumps
from procurement.operations import history_lock, history_ocds_rows
from procurement.operations.history import failing, finish
from procurement.rules.history.errors import FileUnreadable
from procurement.rules.history.report import Kind, ReportLine, Summary

BATCH: Final = 100
Note = Callable[[ReportLine], None]
Pair = tuple[PastProcess, dict[str, object]]


@dataclass
class OcdsSummary:
    """The figures of one import."""

    processes: int = 0
    refused: int = 0
    added: int = 0
    bids_added: int = 0
    already_there: int = 0
    differing: int = 0


def _ignore(*_: object) -> None:
    return None


def import_file(
    *,
    file: BinaryIO,
    filename: str,
    source: str,
    now: datetime,
    dry_run: bool = False,
    take_over: bool = False,
    batch_size: int = BATCH,
    note: Note = _ignore,
    progress: Callable[[int, int], None] = _ignore,
) -> OcdsSummary:
    """Import the processes of `file` under the name `source`; those that are there stay so.

    Raises FileUnreadable (nothing was written), ImportRunning, LockLost.
    """
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    with Spool() as spool:
        total = _spooled(file, spool, note)
        run = _Run(spool, now, note, progress, total)
        if dry_run:
            for _ in run.batches(batch_size):
                pass
            return run.summary
        batch = _start(source, filename, sha256, now, take_over)
        with failing(batch, now):
            for pairs in run.batches(batch_size):
                _add(batch, pairs, run, now)
            _finish(batch, run.summary, now)
        return run.summary


def _spooled(file: BinaryIO, spool: Spool, note: Note) -> int:
    def tell(where: str, why: str, remedy: str) -> None:
        note(_line(Kind.NOTICE, "", where, why, remedy))

    try:
        return gathering.spool(file, spool, tell)
    except cutting.Broken as error:
        raise FileUnreadable(
            f"The file cannot be read at {error.where}: {error.why}. Nothing was imported.",
            where=error.where,
            remedy="Mend that place, or ask the publisher for the file again.",
        ) from error


def _line(kind: Kind, ocid: str, where: str, why: str, remedy: str = "") -> ReportLine:
    return ReportLine(kind=kind, tender=ocid[:120], column=where[:200], why=why, remedy=remedy)


class _Run:
    """One import: its processes in batches, counted and noted on the way."""

    def __init__(
        self,
        spool: Spool,
        now: datetime,
        note: Note,
        progress: Callable[[int, int], None],
        total: int,
    ) -> None:
        self._spool, self._now, self.note = spool, now, note
        self._progress, self._total = progress, total
        self.summary = OcdsSummary()

    def batches(self, most: int) -> Iterator[list[Pair]]:
        waiting: list[Pair] = []
        for found in gathering.processes(self._spool):
            self.summary.processes += 1
            if (pair := self._pair(found)) is not None:
                waiting.append(pair)
            if len(waiting) >= most:
                yield waiting
                waiting = []
            self._progress(self.summary.processes, self._total)
        if waiting:
            yield waiting

    def _pair(self, found: Gathered) -> Pair | None:
        self._tell(found)
        if found.refused:
            self.summary.refused += 1
            return None
        try:
            process = past.read(found.release, self._now)
        except NotPast as error:
            self._refuse(found, error.where, error.why)
            return None
        for finding in process.findings:
            self.note(_line(Kind.NOTICE, found.ocid, finding.where, finding.why, KEPT))
        return process, found.release

    def _tell(self, found: Gathered) -> None:
        for finding in found.findings:
            kind = Kind.REFUSED if finding.refused else Kind.NOTICE
            remedy = MEND if finding.refused else "It is not imported; nothing need be done."
            self.note(_line(kind, found.ocid, finding.where, finding.why, remedy))

    def _refuse(self, found: Gathered, where: str, why: str) -> None:
        self.summary.refused += 1
        self.note(_line(Kind.REFUSED, found.ocid, where, why, MEND))


MEND: Final = "Mend the record and import it again; the others are imported."
KEPT: Final = "It stays in the process's record, which is published as it came."


@transaction.atomic
def _start(source: str, filename: str, sha256: str, now: datetime, take_over: bool) -> ImportBatch:
    batch = ImportBatch.objects.create(
        source=source, filename=filename[:200], sha256=sha256, mapping="ocds", started_at=now
    )
    history_lock.acquire(batch, now=now, take_over=take_over)
    return batch


@transaction.atomic
def _add(batch: ImportBatch, pairs: list[Pair], run: _Run, now: datetime) -> None:
    """Add those processes of a batch that are not there yet, all or none. Raises LockLost."""
    history_lock.check_held(batch)
    new = _new(pairs, run)
    if new:
        history_ocds_rows.write(batch, new, now)
    summary = run.summary
    summary.added += len(new)
    summary.bids_added += sum(len(process.bids) for process, _ in new)
    batch.tenders_added, batch.bids_added = summary.added, summary.bids_added
    batch.save(update_fields=["tenders_added", "bids_added"])


def _new(pairs: Sequence[Pair], run: _Run) -> list[Pair]:
    """Without what is there: imported before, or run on this marketplace itself."""
    ocids = [process.ocid for process, _ in pairs]
    there = dict(OcdsSource.objects.filter(ocid__in=ocids).values_list("ocid", "digest"))
    own = _own(ocids)
    found = []
    for process, release in pairs:
        if process.ocid in there:
            run.summary.already_there += 1
            if there[process.ocid] != digest(dumps(release)):
                run.summary.differing += 1
                run.note(_line(Kind.DIFFERS, process.ocid, "", DIFFERS))
        elif process.ocid in own:
            run.summary.refused += 1
            run.note(_line(Kind.REFUSED, process.ocid, "/ocid", OWN))
        else:
            found.append((process, release))
    return found


DIFFERS: Final = "It was imported before with other content; it stays as it was."
OWN: Final = "It is a process of this marketplace: an import does not touch it."


def _own(ocids: Sequence[str]) -> set[str]:
    """Those that this marketplace has published, or will: by record, or by a tender's reference."""
    found = set(OcdsProcess.objects.filter(ocid__in=ocids).values_list("ocid", flat=True))
    prefix = f"{settings.OCID_PREFIX}-"
    named = {o.removeprefix(prefix): o for o in ocids if o.startswith(prefix)}
    rows = Tender.objects.filter(reference__in=named)
    return found | {named[ref] for ref in rows.values_list("reference", flat=True)}


def _finish(batch: ImportBatch, summary: OcdsSummary, now: datetime) -> None:
    """As every import ends; a row of this one is a process."""
    figures = Summary(
        rows=summary.processes,
        rows_refused=summary.refused,
        tenders_added=summary.added,
        bids_added=summary.bids_added,
    )
    finish(batch=batch, summary=figures, now=now)
