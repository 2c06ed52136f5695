"""Import past tenders from a flat file, in batches, and compare each record with a replay."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO, Final

from django.db import transaction

from marketplace.ledger.models import Entry
from marketplace.ledger.record import record
from procurement.models import ImportBatch, Tender
from procurement.operations import history_lock, history_rows
from procurement.rules.history import report, rows, table, tenders
from procurement.rules.history.mapping import Mapping
from procurement.rules.history.replay import Replay, replay
from procurement.rules.history.report import Kind, ReportLine, Summary
from procurement.rules.history.tenders import PastTender
from produce.models import Commodity

# One transaction each. A tender is never split over two.
BATCH_TENDERS: Final = 200
BATCH_BIDS: Final = 2000

Note = Callable[[ReportLine], None]
Pair = tuple[PastTender, Replay]


def _ignore(*_: object) -> None:
    return None


def import_file(
    *,
    file: BinaryIO,
    filename: str,
    mapping: Mapping,
    mapping_text: str,
    now: datetime,
    dry_run: bool = False,
    take_over: bool = False,
    batch_tenders: int = BATCH_TENDERS,
    note: Note = _ignore,
    progress: Callable[[int, int], None] = _ignore,
) -> Summary:
    """Import `file` (seekable, bytes) by `mapping`; tenders that are there already stay so.

    `note` is called with each line of the report, `progress` with rows done and rows in all.
    The file is read to its end before anything is written. Every batch commits by itself: a second
    run after an interruption adds what is missing. With `dry_run` nothing is written.

    Raises FileUnreadable, MappingInvalid, ImportRunning, LockLost.
    """
    survey = table.survey(file, mapping)
    file.seek(0)
    if not survey.ends_with_newline:
        note(_unfinished(survey))
    run = _Run(mapping, survey, now, note, progress)
    if dry_run:
        for _ in run.batches(file, batch_tenders):
            pass
        return run.summary
    batch = start(
        filename=filename,
        sha256=survey.sha256,
        mapping=mapping,
        mapping_text=mapping_text,
        now=now,
        take_over=take_over,
    )
    with failing(batch, now):
        for pairs in run.batches(file, batch_tenders):
            add(batch=batch, pairs=pairs, run=run, now=now)
        finish(batch=batch, summary=run.summary, now=now)
    return run.summary


def _unfinished(survey: table.Survey) -> ReportLine:
    return ReportLine(
        kind=Kind.NOTICE,
        tender="",
        row=None,
        why="The file does not end with a line end: if it was cut there, its last cell is too.",
        remedy=f"Compare its last row with the original ({survey.rows} rows were read).",
    )


class _Run:
    """One reading of the file: its tenders in batches, counted and noted on the way."""

    def __init__(
        self,
        mapping: Mapping,
        survey: table.Survey,
        now: datetime,
        note: Note,
        progress: Callable[[int, int], None],
    ) -> None:
        self._mapping, self._survey = mapping, survey
        self.note, self._progress = note, progress
        self._reader = rows.Reader(mapping, survey.header, now)
        self._commodities = set(Commodity.objects.values_list("code", flat=True))
        self.summary = Summary(rows=survey.rows)

    def batches(self, file: BinaryIO, most: int) -> Iterator[list[Pair]]:
        pairs: list[Pair] = []
        for pair in self._pairs(file):
            pairs.append(pair)
            if len(pairs) >= most or sum(len(past.bids) for past, _ in pairs) >= BATCH_BIDS:
                yield pairs
                pairs = []
        if pairs:
            yield pairs

    def _pairs(self, file: BinaryIO) -> Iterator[Pair]:
        records = self._counted(table.rows(file, self._mapping))
        has_winners = self._mapping.bid.winner is not None
        for past in tenders.gather(records, self._survey.rows_of, self._reader, self._mapping):
            if isinstance(past, list):
                self._refuse([report.refused(refusal) for refusal in past])
                continue
            self._refuse([report.refused(refusal, past.reference) for refusal in past.refused])
            replayed = replay(past, self._mapping.source, has_winners)
            self.summary.count(past, replayed)
            if line := report.compared(past, replayed):
                self.note(line)
            self._note_commodity(past)
            yield past, replayed

    def _counted(
        self, records: Iterator[tuple[table.Record, table.Key]]
    ) -> Iterator[tuple[table.Record, table.Key]]:
        for done, record_and_key in enumerate(records, 1):
            yield record_and_key
            if done % 100 == 0 or done == self._survey.rows:
                self._progress(done, self._survey.rows)

    def _refuse(self, lines: list[ReportLine]) -> None:
        self.summary.rows_refused += len(lines)
        for line in lines:
            self.note(line)

    def _note_commodity(self, past: PastTender) -> None:
        code, source = past.facts.commodity, self._mapping.tender.commodity
        if not code or source is None or code.upper() in self._commodities:
            return
        self.note(
            ReportLine(
                kind=Kind.NOTICE,
                tender=past.reference,
                row=past.bids[0].row,
                column=source.shown,
                value=code,
                why="is not the code of a commodity that is known here; imported without one",
                remedy="Use the codes of produce/data/commodities.json.",
            )
        )


@transaction.atomic
def start(
    *,
    filename: str,
    sha256: str,
    mapping: Mapping,
    mapping_text: str,
    now: datetime,
    take_over: bool,
) -> ImportBatch:
    """Begin an import and hold its lock. Raises ImportRunning."""
    batch = ImportBatch.objects.create(
        source=mapping.source,
        filename=filename[:200],
        sha256=sha256,
        mapping=mapping_text,
        started_at=now,
    )
    history_lock.acquire(batch, now=now, take_over=take_over)
    return batch


@transaction.atomic
def add(*, batch: ImportBatch, pairs: list[Pair], run: _Run, now: datetime) -> None:
    """Add those tenders of a batch that are not there yet, all or none. Raises LockLost."""
    history_lock.check_held(batch)
    references = [past.reference for past, _ in pairs]
    there = set(Tender.objects.filter(reference__in=references).values_list("reference", flat=True))
    new = [pair for pair in pairs if pair[0].reference not in there]
    if new:
        history_rows.write(batch, new, now)
    _note_differing([past for past, _ in pairs if past.reference in there], run)
    summary, bids = run.summary, sum(len(past.bids) for past, _ in new)
    summary.tenders_added += len(new)
    summary.bids_added += bids
    summary.already_there += len(there)
    batch.tenders_added, batch.bids_added = summary.tenders_added, summary.bids_added
    batch.rows_refused = summary.rows_refused
    batch.save(update_fields=["tenders_added", "bids_added", "rows_refused"])


def _note_differing(pasts: list[PastTender], run: _Run) -> None:
    """Note those tenders of which this file says something else than the one imported before."""
    entries = Entry.objects.filter(
        event=history_rows.EVENT, subject__in=[past.reference for past in pasts]
    )
    known = {
        subject: json.loads(body)["facts_digest"]
        for subject, body in entries.values_list("subject", "body").iterator()
        if body
    }
    for past in pasts:
        if known.get(past.reference) not in (None, tenders.facts_digest(past)):
            run.summary.differing += 1
            run.note(
                ReportLine(
                    kind=Kind.DIFFERS,
                    tender=past.reference,
                    row=past.bids[0].row,
                    why="This tender was imported before with other facts; it stays as it was.",
                    remedy="Compare the two files. If this one is right, import it under another "
                    "source name.",
                )
            )


@transaction.atomic
def finish(*, batch: ImportBatch, summary: Summary, now: datetime) -> None:
    """Close the import: its figures, its ledger entry if it added anything, its lock."""
    history_lock.check_held(batch)
    batch.finished_at = now
    batch.rows_read, batch.rows_refused = summary.rows, summary.rows_refused
    batch.save(update_fields=["finished_at", "rows_read", "rows_refused"])
    if summary.tenders_added:
        record(
            "HistoryImported",
            subject=f"history:{batch.source}",
            body={
                "batch": batch.pk,
                "filename": batch.filename,
                "file_sha256": batch.sha256,
                "rows": summary.rows,
                "rows_refused": summary.rows_refused,
                "tenders_added": summary.tenders_added,
                "bids_added": summary.bids_added,
            },
            by=None,
            now=now,
        )
    history_lock.release(batch)


@contextmanager
def failing(batch: ImportBatch, now: datetime) -> Iterator[None]:
    """Note the failure and let the lock go when an import stops before its end."""
    try:
        yield
    except BaseException:
        with transaction.atomic():
            ImportBatch.objects.filter(pk=batch.pk).update(failed_at=now)
            history_lock.release(batch)
        raise
