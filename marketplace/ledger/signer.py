"""Signs the head of the ledger, and refuses when what was signed before no longer holds.

The last signed head is also kept in a file outside the database (`ledger-head.txt` in VAR_DIR):
a database put back to an earlier state, or rewritten together with its checkpoints, disagrees
with it. The file is written after the commit and only ever moves forward.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from marketplace import keys
from marketplace.errors import MusikaError
from marketplace.ledger import checkpoint, entry, queries
from marketplace.ledger.merkle import Frontier
from marketplace.ledger.models import Checkpoint, Entry, Head

REMEDY = "Stop writing, keep a copy of the database and of ledger-head.txt, and find out why."


class LedgerAltered(MusikaError):
    """Rows of the ledger are not what was recorded; `where` names the first that differs."""

    code = "ledger-altered"


class LedgerShorter(MusikaError):
    """The database holds fewer entries than were signed: it was put back to an earlier state."""

    code = "ledger-shorter-than-signed"


class HeadDisagrees(MusikaError):
    """The last signed head, in the database or in the file, is not a head of this ledger."""

    code = "ledger-head-disagrees"


def head_file() -> Path:
    return Path(settings.VAR_DIR) / "ledger-head.txt"


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
        signed = {row.size: row.root for row in Checkpoint.objects.all()}
        outside = _outside(head)
        if outside is not None:
            signed.setdefault(outside.size, outside.root.hex())
        return _reread(Frontier(), head, signed)


def _sign(frontier: Frontier, now: datetime) -> Checkpoint:
    text = checkpoint.make(settings.LEDGER_ORIGIN, frontier.size, frontier.root())
    note = checkpoint.sign(text, name=settings.LEDGER_ORIGIN, seed=keys.load("ledger"))
    row = Checkpoint.objects.create(
        size=frontier.size,
        root=frontier.root().hex(),
        frontier=json.dumps(frontier.to_hex()),
        note=note,
        signed_at=now,
    )
    transaction.on_commit(lambda: keep_outside(note))
    return row


def _outside(head: Head) -> checkpoint.Head | None:
    """The head in the file, None if there is no file; raises when it is ahead of the database."""
    if not head_file().exists():
        return None
    known = _verified(head_file().read_text(), str(head_file()))
    if known.size > head.size:
        raise LedgerShorter(
            f"{known.size} entries were signed; the database holds {head.size}.",
            where=str(head_file()),
            remedy="Keep the site read-only. Restore a later backup, or open a new epoch.",
        )
    return known


def _verified(note: str, where: str) -> checkpoint.Head:
    try:
        return checkpoint.parse(checkpoint.verify(note, queries.verifier_key()))
    except checkpoint.BadNote as error:
        raise HeadDisagrees(str(error), where=where, remedy=REMEDY) from error


def _replay(head: Head, last: Checkpoint | None, outside: checkpoint.Head | None) -> Frontier:
    """The tree at the head, grown from the last signed head by re-reading what came after it."""
    start = _signed_frontier(last) if last is not None else Frontier()
    signed = {outside.size: outside.root.hex()} if outside is not None else {}
    if outside is not None and outside.size < start.size:
        row = Checkpoint.objects.filter(size=outside.size).first()
        if row is None or row.root != outside.root.hex():
            raise _disagrees(outside.size, "the file")
    return _reread(start, head, signed)


def _signed_frontier(last: Checkpoint) -> Frontier:
    known = _verified(last.note, f"checkpoint {last.size}")
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


def keep_outside(note: str) -> None:
    """Write the note to the head file unless the file already holds a larger head."""
    path = head_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = checkpoint.parse(path.read_text()).size if path.exists() else -1
        if checkpoint.parse(note).size <= known:
            return
        fresh = path.with_suffix(".new")
        with fresh.open("w") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
