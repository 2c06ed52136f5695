"""The only writer of entries: one call in the transaction that makes the change it records."""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from marketplace.accounts.models import User
from marketplace.errors import Invalid, MusikaError
from marketplace.ledger import canonical, entry, merkle, outside
from marketplace.ledger.models import Entry, Head, Node

PUBLIC = Entry.Visibility.PUBLIC
OPENING = Entry.Visibility.OPENING
AUDITOR = Entry.Visibility.AUDITOR
LATEST = (
    f"SELECT sequence FROM {Entry._meta.db_table} WHERE subject = %s AND visibility = %s"
    " ORDER BY sequence DESC LIMIT 1"
)


class NeedsTransaction(MusikaError):
    """The caller forgot transaction.atomic: the change and its entry could part ways."""

    code = "ledger-needs-transaction"


class NotReady(MusikaError):
    """The head row is missing: the migrations have not run to their end."""

    code = "ledger-not-ready"


class BadEntry(Invalid):
    """An entry whose event, subject, visibility or body cannot be recorded as given."""

    code = "bad-ledger-entry"


@dataclass(frozen=True)
class PendingEntry:
    """What `record_many` will record. `now` is the caller's instant, kept as `at` in the body."""

    event: str
    subject: str
    body: Mapping[str, Any]
    by: User | None
    now: datetime
    visibility: str = PUBLIC


def record(
    event: str,
    *,
    subject: str,
    body: Mapping[str, Any],
    by: User | None,
    now: datetime,
    visibility: str = PUBLIC,
) -> Entry:
    """Append one entry and return it, inside the caller's transaction.

    `event` is a past participle (TenderPublished), `subject` what it is about (a tender's
    reference, or "organization:<public id>"). The body gets the keys of `entry.RESERVED`: of
    the person only the public id. Raises NeedsTransaction, BadEntry, canonical.NotCanonical.
    """
    return record_many([PendingEntry(event, subject, body, by, now, visibility)])[0]


def record_many(pending: Iterable[PendingEntry], *, recovering: bool = False) -> list[Entry]:
    """Append entries in their order under one lock; for imports and seeds of tens of thousands.

    Raises as `record`, and LedgerShorter while the database lacks what was signed, unless it is
    the entry that says so (`recovering`).
    """
    rows = list(pending)
    for row in rows:
        _check(row)
    if not transaction.get_connection().in_atomic_block:
        raise NeedsTransaction(
            "An entry is recorded only inside the transaction that makes the change.",
            remedy="Wrap the operation in transaction.atomic().",
        )
    if not rows:
        return []
    head = _locked_head()
    if not recovering:
        outside.check_not_ahead(outside.known(), head.size)
    return _append(head, rows)


def _check(row: PendingEntry) -> None:
    if not (row.event.isalpha() and row.event.isascii() and row.event[0].isupper()):
        raise BadEntry(f"“{row.event}” is not an event in PascalCase.", where="event")
    if not row.subject or len(row.subject) > 80 or len(row.event) > 60:
        raise BadEntry("A subject has 1 to 80 characters, an event at most 60.", where="subject")
    if row.visibility not in Entry.Visibility.values:
        raise BadEntry(f"“{row.visibility}” is not a visibility.", where="visibility")
    if taken := sorted(set(row.body) & set(entry.RESERVED)):
        raise BadEntry(
            f"The ledger itself writes {', '.join(taken)}: the body may not.",
            where=taken[0],
            remedy="Give the key another name.",
        )


def _locked_head() -> Head:
    try:
        return Head.objects.select_for_update().get(pk=1)
    except Head.DoesNotExist as error:
        raise NotReady(
            "The ledger has no head.", remedy="Run `python manage.py migrate`."
        ) from error


def _append(head: Head, rows: list[PendingEntry]) -> list[Entry]:
    frontier = merkle.Frontier.from_hex(head.size, json.loads(head.frontier))
    previous = {key: _latest(*key) for key in {(row.subject, row.visibility) for row in rows}}
    made, nodes = [], []
    for row in rows:
        key = (row.subject, row.visibility)
        # A clock that was set back must not make the ledger's time run backwards.
        time = max(row.now, head.last_recorded_at or row.now)
        made.append(_entry(row, frontier.size, time, previous[key]))
        previous[key], head.last_recorded_at = frontier.size, time
        nodes += frontier.append(bytes.fromhex(made[-1].leaf_hash))
    Entry.objects.bulk_create(made)
    Node.objects.bulk_create(
        Node(number=merkle.node_number(level, index), hash=value.hex())
        for level, index, value in nodes
    )
    head.size, head.frontier = frontier.size, json.dumps(frontier.to_hex())
    head.save()
    return made


def _latest(subject: str, visibility: str) -> int | None:
    # Plain SQL: asked for every tender of a group of bids while all others wait for the head.
    with connection.cursor() as cursor:
        cursor.execute(LATEST, [subject, visibility])
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def _entry(row: PendingEntry, sequence: int, time: datetime, previous: int | None) -> Entry:
    nonce = secrets.token_bytes(32)
    body = canonical.dumps(
        {
            **row.body,
            "at": row.now,
            "by": row.by.public_id if row.by else None,
            "event": row.event,
            # Links the entries of one subject and class, so that none can be left out unseen;
            # by class, because a link to a sealed bid would tell that there is one.
            "previous": previous,
            "subject": row.subject,
            "visibility": row.visibility,
        }
    )
    commitment = entry.commitment(nonce, body)
    return Entry(
        sequence=sequence,
        recorded_at=time,
        event=row.event,
        subject=row.subject,
        visibility=row.visibility,
        body=body,
        nonce=nonce.hex(),
        commitment=commitment,
        leaf_hash=entry.leaf_hash(sequence, time, commitment).hex(),
    )
