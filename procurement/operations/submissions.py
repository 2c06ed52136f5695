"""Writing sealed bids down: row, entry in the record, word to the tenderer, in one transaction.

Whoever submits at the same moment is written in the same transaction (docs/adr/0018): the tenders
are locked, each bid is checked, those that pass get their entries, and all are committed at once.
A refusal writes nothing, so that it touches no other bid; what the database itself refuses undoes
the group, and then each of it is written on its own.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organization, User
from marketplace.errors import Conflict, MusikaError, NotFound
from marketplace.ledger import short
from marketplace.ledger.record import PendingEntry, record_many
from marketplace.notify import outbox
from marketplace.notify.kinds import Kind
from marketplace.notify.outbox import Letter
from marketplace.together import Together
from procurement.models import BidDraft, SealedBid, Tender
from procurement.operations.common import at_words, lock_tenders, new_public_id
from procurement.rules import sealing
from procurement.rules.timeline import instant

MOST = 64  # bids in one transaction: beyond it the first would wait for the last
ROOM = 512
PATIENCE = 10.0


def nothing_beside(bid: SealedBid) -> None:
    """What a shell that keeps nothing of its own passes."""


@dataclass(frozen=True)
class Submission:
    """A bid, sealed and checked against its place, to be written down.

    `check` is asked once more with the tender locked. `beside` is called with the bid in its
    transaction: what the shell keeps beside it is committed with it or not at all.
    """

    tender: Tender
    tenderer: Organization
    envelope: sealing.SealedEnvelope
    by: User
    received_at: datetime
    now: datetime
    check: Callable[[Tender], None]
    beside: Callable[[SealedBid], None] = nothing_beside

    @property
    def pair(self) -> tuple[int, int]:
        return self.tender.pk, self.tenderer.pk


Outcome = SealedBid | Exception


def next_revision(tender: Tender, tenderer: Organization) -> int:
    """The number that the tenderer's next bid will have, 1 for the first."""
    rows = SealedBid.objects.filter(tender=tender, tenderer=tenderer)
    latest = rows.aggregate(latest=Max("revision"))["latest"]
    return int(latest or 0) + 1


def submit(row: Submission) -> SealedBid:
    """Write it down, with whoever submits at this moment; returns once it is committed.

    Within the caller's transaction it is written alone. Raises what `check` raises, Conflict, Busy.
    """
    if not connection.in_atomic_block:
        return _together.add(row)
    outcome = _alone(row)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _grouped(rows: Sequence[Submission]) -> list[Outcome]:
    with _turn():
        try:
            with transaction.atomic(durable=True):
                return _write(rows)
        except (OperationalError, InterfaceError):
            raise  # The database is away: for one as for all.
        except Exception:
            return [_alone(row) for row in rows]


_together = Together[Submission, SealedBid](_grouped, most=MOST, room=ROOM, patience=PATIENCE)


def _alone(row: Submission) -> Outcome:
    try:
        with transaction.atomic():
            return _write([row])[0]
    except Exception as error:
        return error


@contextmanager
def _turn() -> Iterator[None]:
    """SQLite's writers ask again and again and may starve; here the processes queue up."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    path = Path(settings.VAR_DIR) / "submissions.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(rows: Sequence[Submission]) -> list[Outcome]:
    """Within a transaction: each row's bid, or why it was refused."""
    locked = lock_tenders({row.tender.pk for row in rows})
    latest = _latest(rows)
    outcomes = [_bid(row, locked, latest) for row in rows]
    taken = [
        (row, bid) for row, bid in zip(rows, outcomes, strict=True) if isinstance(bid, SealedBid)
    ]
    if taken:
        _keep(taken)
    return outcomes


def _latest(rows: Sequence[Submission]) -> dict[tuple[int, int], int]:
    """The revision that stands, by tender and tenderer."""
    found = SealedBid.objects.filter(**_among(rows)).order_by().values_list("tender", "tenderer")
    return {(t, o): n for t, o, n in found.annotate(latest=Max("revision"))}


def _among(rows: Sequence[Submission]) -> dict[str, set[int]]:
    """Every tender with every tenderer of the group: a few rows more, one plain query."""
    tenders, tenderers = zip(*(row.pair for row in rows), strict=True)
    return {"tender__in": set(tenders), "tenderer__in": set(tenderers)}


def _bid(row: Submission, locked: dict[int, Tender], latest: dict[tuple[int, int], int]) -> Outcome:
    """The row to write, not written yet; or the refusal. `latest` is carried on."""
    try:
        tender = locked.get(row.tender.pk)
        if tender is None:
            raise NotFound("There is no such tender to act on.")
        row.check(tender)
        _check_revision(row, latest.get(row.pair, 0) + 1)
    except MusikaError as error:
        return error
    latest[row.pair] = row.envelope.header.revision
    return SealedBid(
        public_id=new_public_id(),
        tender=tender,
        tenderer=row.tenderer,
        revision=row.envelope.header.revision,
        submitted_by=row.by,
        received_at=row.received_at,
        recorded_at=max(row.now, row.received_at),
        terms_hash=tender.terms_hash,
        envelope=row.envelope.to_bytes(),
        envelope_hash=row.envelope.ciphertext_hash,
    )


def _check_revision(row: Submission, following: int) -> None:
    """The envelope was checked against its place; only the revision can have moved meanwhile."""
    if row.envelope.header.revision != following:
        raise Conflict(
            "Another bid of yours arrived at the same moment.",
            remedy="Look at your receipt, then submit again if that one is not the right one.",
        )


def _keep(taken: Sequence[tuple[Submission, SealedBid]]) -> None:
    entries = record_many([_entry(row, bid) for row, bid in taken])
    bids = [bid for row, bid in taken]
    for bid, entry in zip(bids, entries, strict=True):
        bid.sequence = entry.sequence
    SealedBid.objects.bulk_create(bids)
    _drop_drafts([row for row, bid in taken])
    codes = [short.short(entry.sequence, entry.leaf_hash) for entry in entries]
    outbox.queue_many(
        _receipt(row, bid, code) for (row, bid), code in zip(taken, codes, strict=True)
    )
    for row, bid in taken:
        row.beside(bid)


def _drop_drafts(rows: Sequence[Submission]) -> None:
    pairs = {row.pair for row in rows}
    found = BidDraft.objects.filter(**_among(rows)).values_list("pk", "tender", "tenderer")
    if done := [key for key, *pair in found if tuple(pair) in pairs]:
        BidDraft.objects.filter(pk__in=done).delete()


def _entry(row: Submission, bid: SealedBid) -> PendingEntry:
    return PendingEntry(
        "BidSubmitted" if bid.revision == 1 else "BidReplaced",
        bid.tender.reference,
        _body(bid, row.envelope),
        row.by,
        row.now,
        "opening",
    )


def _body(bid: SealedBid, envelope: sealing.SealedEnvelope) -> dict[str, object]:
    return {
        "bid": bid.public_id,
        "tenderer": bid.tenderer.public_id,
        "revision": bid.revision,
        "received_at": instant(bid.received_at).isoformat(timespec="microseconds"),
        "terms_hash": bid.terms_hash,
        "header_hash": envelope.header_hash,
        "ciphertext_hash": envelope.ciphertext_hash,
        "tier": envelope.header.tier,
    }


def _receipt(row: Submission, bid: SealedBid, code: str) -> Letter:
    told = {
        "tender": bid.tender.reference,
        "title": bid.tender.title,
        "at": at_words(bid.received_at),
        "revision": bid.revision,
        "entry": bid.sequence,
        "seal": bid.envelope_hash,
        "code": code,
        "address": f"{settings.SITE_URL}/receipts/{bid.public_id}/",
        "until": at_words(bid.tender.deadline),
        "check": f"{settings.SITE_URL}/r/",
    }
    return Letter(
        f"receipt:{bid.public_id}",
        row.by,
        subject=lambda: _("Receipt: your sealed bid for %(tender)s") % told,
        body=lambda: (
            _(
                "%(title)s\n\nReceived on %(at)s, revision %(revision)s, entry %(entry)s of the "
                "record.\nShort form %(code)s\nSeal %(seal)s\n\n%(address)s\n\n"
                "Nobody can read your bid before the opening. You may replace or withdraw it until "
                "%(until)s."
            )
            % told
        ),
        sms=lambda: (
            _("%(tender)s: your sealed bid is in. Receipt %(code)s. Check: %(check)s") % told
        ),
        kind=Kind.RECEIPT,
        now=row.now,
    )
