"""Signs the head of the ledger, and refuses when what was signed before no longer holds.

The last signed head is also kept in a file outside the database: see `outside`.
"""

import json
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from marketplace import keys
from marketplace.errors import MusikaError
from marketplace.ledger import checkpoint, entry, epochs, outside, queries
from marketplace.ledger.merkle import Frontier
from marketplace.ledger.models import Checkpoint, Entry, Epoch, Head
from marketplace.ledger.outside import REMEDY, HeadDisagrees


class LedgerAltered(MusikaError):
    """Rows of the ledger are not what was recorded; `where` names the first that differs."""

    code = "ledger-altered"


def sign_checkpoint(now: datetime) -> Checkpoint:
    """Check all that was appended since the last checkpoint, sign the head, return it.

    Gives the last checkpoint again when nothing was appended since. Inside the caller's
    transaction the note may be handed out only after the commit. Raises LedgerAltered,
    LedgerShorter, HeadDisagrees.
    """
    with transaction.atomic():
        head = Head.objects.select_for_update().get(pk=1)
        last = queries.latest_checkpoint()
        frontier = _replay(head, last, _outside(head))
        if last is not None and last.size == head.size:
            return last
        return _sign(frontier, now)


def audit() -> Frontier:
    """Re-read the whole ledger from its first entry, against every signed checkpoint.

    For the check command: time and one row in memory per entry read. Raises as sign_checkpoint.
    """
    with transaction.atomic():
        head = Head.objects.select_for_update().get(pk=1)
        return audit_rows(head, _outside(head))


def audit_rows(head: Head, known: checkpoint.Head | None) -> Frontier:
    """The same for whoever holds the head row, with the head of the file or without."""
    signed = {row.size: row.root for row in Checkpoint.objects.all()}
    if known is not None:
        signed.setdefault(known.size, known.root.hex())
    return _reread(Frontier(), head, signed)


def _sign(frontier: Frontier, now: datetime) -> Checkpoint:
    origin = queries.origin()
    text = checkpoint.make(origin, frontier.size, frontier.root())
    note = checkpoint.sign(text, name=origin, seed=keys.load("ledger"))
    row = Checkpoint.objects.create(
        size=frontier.size,
        root=frontier.root().hex(),
        frontier=json.dumps(frontier.to_hex()),
        note=note,
        signed_at=now,
    )
    transaction.on_commit(lambda: outside.keep(note))
    return row


def _outside(head: Head) -> checkpoint.Head | None:
    """The head in the file as far as this database has to agree with it; None without a file.

    Raises LedgerShorter when the file is ahead. Of a head that was recovered from, only the
    part that was kept is in this tree: then there is nothing to compare at its size.
    """
    known = outside.known()
    outside.check_not_ahead(known, head.size)
    if known is None:
        return None
    epoch = epochs.number_of(known.origin) or 1
    lost = Epoch.objects.filter(number__gt=epoch, kept__lt=known.size).exists()
    return None if lost else known


def _replay(head: Head, last: Checkpoint | None, kept: checkpoint.Head | None) -> Frontier:
    """The tree at the head, grown from the last signed head by re-reading what came after it."""
    start = _signed_frontier(last) if last is not None else Frontier()
    signed = {kept.size: kept.root.hex()} if kept is not None else {}
    if kept is not None and kept.size < start.size:
        row = Checkpoint.objects.filter(size=kept.size).first()
        if row is None or row.root != kept.root.hex():
            raise _disagrees(kept.size, "the file")
    return _reread(start, head, signed)


def _signed_frontier(last: Checkpoint) -> Frontier:
    known = outside.verified(last.note, f"checkpoint {last.size}")
    frontier = _stored(last.size, last.frontier, f"checkpoint {last.size}")
    if (known.size, known.root) != (last.size, frontier.root()):
        raise _disagrees(last.size, "the database")
    return frontier


def _stored(size: int, text: str, where: str) -> Frontier:
    try:
        return Frontier.from_hex(size, json.loads(text))
    except (ValueError, TypeError) as error:
        raise LedgerAltered("The stored frontier is no frontier.", where=where) from error


def _reread(frontier: Frontier, head: Head, signed: dict[int, str]) -> Frontier:
    """Grow the frontier to the head, comparing the root at each size that was signed."""
    _compare(frontier, signed)
    for row in _entries_from(frontier.size):
        frontier.append(_true_leaf(row, frontier.size))
        _compare(frontier, signed)
    stored = _stored(head.size, head.frontier, "the head")
    if (frontier.size, frontier.root()) != (stored.size, stored.root()):
        raise LedgerAltered(
            f"The head counts {stored.size} entries; {frontier.size} were read, or they differ.",
            where=f"entry {min(frontier.size, stored.size)}",
            remedy=REMEDY,
        )
    return frontier


def _entries_from(sequence: int) -> Iterator[Entry]:
    return Entry.objects.filter(sequence__gte=sequence).order_by("sequence").iterator(500)


def _compare(frontier: Frontier, signed: dict[int, str]) -> None:
    if signed.get(frontier.size, frontier.root().hex()) != frontier.root().hex():
        raise _disagrees(frontier.size, "a signed head")


def _disagrees(size: int, source: str) -> HeadDisagrees:
    return HeadDisagrees(
        f"At {size} entries the ledger is not the one that was signed, says {source}.",
        where=f"checkpoint {size}",
        remedy=REMEDY,
    )


def _true_leaf(row: Entry, sequence: int) -> bytes:
    """The leaf hash made anew from the row; an erased body is taken at its commitment."""
    commitment = _true_commitment(row)
    leaf = entry.leaf_hash(sequence, row.recorded_at, commitment)
    if row.sequence != sequence or commitment != row.commitment or leaf.hex() != row.leaf_hash:
        raise LedgerAltered(
            "The entry is missing or not as it was recorded.",
            where=f"entry {sequence}",
            remedy=REMEDY,
        )
    return leaf


def _true_commitment(row: Entry) -> str:
    try:
        return entry.commitment(bytes.fromhex(row.nonce), row.body) if row.body else row.commitment
    except ValueError:
        return ""
