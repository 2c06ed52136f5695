"""Publication of open data: follows the ledger entry by entry and writes each release once.

A row says how far it has come; the row is locked while a batch is made, and releases and row are
written together. So nothing is skipped, whoever runs it and whenever it stops, and a second run
adds nothing.
"""

import json
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from marketplace.ledger.models import Entry
from procurement.models import OcdsProcess, OcdsRelease, OcdsWatermark, Tender
from procurement.ocds import merge, values
from procurement.ocds.facts import Event
from procurement.ocds.policy import TOLD
from procurement.ocds.release import release
from procurement.queries import ocds as queries

BATCH: Final = 500
TICK: Final = timedelta(microseconds=1)
log = logging.getLogger(__name__)


def publish(*, now: datetime, batch: int = BATCH, most: int | None = None) -> int:
    """Make the releases that are due; how many were made. `most`: so many batches at the most."""
    made = done = 0
    while most is None or done < most:
        count, more = _step(now, batch)
        made, done = made + count, done + 1
        if not more:
            break
    return made


def is_due(until: datetime | None = None) -> bool:
    """Whether entries (recorded until then) wait that have not been looked at; takes no lock."""
    upto = OcdsWatermark.objects.filter(pk=1).values_list("upto", flat=True).first() or 0
    rows = Entry.objects.filter(sequence__gte=upto)
    return (rows.filter(recorded_at__lte=until) if until else rows).exists()


@transaction.atomic
def _step(now: datetime, batch: int) -> tuple[int, bool]:
    OcdsWatermark.objects.get_or_create(pk=1)
    mark = OcdsWatermark.objects.select_for_update().get(pk=1)
    # The ledger gives positions without gaps, and one transaction after the other: what is
    # committed below the head is all there is below it.
    rows = Entry.objects.filter(sequence__gte=mark.upto).order_by("sequence")
    entries = list(rows.defer("nonce", "leaf_hash", "commitment")[:batch])
    if not entries:
        return 0, False
    run = _Run(now)
    for entry in entries:
        run.take(entry)
    made = run.write()
    mark.upto = entries[-1].sequence + 1
    if made:
        mark.releases, mark.changed_at = mark.releases + made, now
    mark.save()
    return made, len(entries) == batch


@dataclass
class _Run:
    """One batch: the processes that it touches, each with its compiled release so far."""

    now: datetime
    processes: dict[str, OcdsProcess] = field(default_factory=dict)
    compiled: dict[str, dict[str, Any]] = field(default_factory=dict)
    tenders: dict[str, Tender | None] = field(default_factory=dict)
    terms: queries.Terms = field(default_factory=dict)
    releases: list[OcdsRelease] = field(default_factory=list)

    def take(self, entry: Entry) -> None:
        # An erased entry has no body; what it told is told no more.
        if entry.visibility != Entry.Visibility.PUBLIC or entry.event not in TOLD or not entry.body:
            return
        tender = self._tender(entry.subject)
        if tender is None or tender.published_at is None:
            return
        made = self._release(tender, entry)
        if made is not None:
            self._keep(tender, entry, made)

    def _tender(self, reference: str) -> Tender | None:
        if reference not in self.tenders:
            rows = Tender.objects.select_related("buyer").filter(reference=reference)
            found = self.tenders[reference] = rows.first()
            known = OcdsProcess.objects.filter(tender=found).first() if found else None
            if known is not None:
                self.processes[reference] = known
                self.compiled[reference] = values.loads(known.compiled)
        return self.tenders[reference]

    def _release(self, tender: Tender, entry: Entry) -> dict[str, Any] | None:
        known, date = self.processes.get(tender.reference), entry.recorded_at
        if known is not None and date <= known.last_date:
            date = known.last_date + TICK
        body = json.loads(entry.body)
        before = self.compiled.get(tender.reference, {})
        found = queries.process(tender, entry, body, known, before, self.terms)
        return release(found, Event(entry.event, entry.sequence, entry.recorded_at, body, date))

    def _keep(self, tender: Tender, entry: Entry, made: dict[str, Any]) -> None:
        process = self.processes.get(tender.reference) or OcdsProcess(
            ocid=made["ocid"],
            tender=tender,
            first_sequence=entry.sequence,
            first_published_at=entry.recorded_at,
        )
        merge.add(self.compiled.setdefault(tender.reference, {}), made)
        process.last_sequence, process.last_published_at = entry.sequence, entry.recorded_at
        process.last_date = datetime.fromisoformat(made["date"])
        process.last_release, process.changed_at = made["id"], self.now
        self.processes[tender.reference] = process
        self.releases.append(_row(process, entry, made, self.now))

    def write(self) -> int:
        changed = {row.process.ocid for row in self.releases}
        for reference, process in self.processes.items():
            if process.ocid in changed:
                process.compiled = values.dumps(self.compiled[reference])
                process.digest = values.digest(process.compiled)
                process.save()
        OcdsRelease.objects.bulk_create(self.releases)
        return len(self.releases)


def _row(process: OcdsProcess, entry: Entry, made: dict[str, Any], now: datetime) -> OcdsRelease:
    text = values.dumps(made)
    return OcdsRelease(
        process=process,
        sequence=entry.sequence,
        release_id=made["id"],
        tags=",".join(made["tag"]),
        date=datetime.fromisoformat(made["date"]),
        published_at=entry.recorded_at,
        made_at=now,
        text=text,
        digest=values.digest(text),
    )
