"""The last signed head in a file outside the database: `ledger-head.txt` in VAR_DIR.

A database put back to an earlier state, or rewritten together with its checkpoints, disagrees
with it. The file is written after the commit and only ever moves forward. Before anything is
recorded the database is held against it: where it is behind, nothing can be written.
"""

import fcntl
import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from marketplace import keys
from marketplace.errors import MusikaError
from marketplace.ledger import checkpoint, epochs
from marketplace.ledger.models import Epoch, Head

REMEDY = "Stop writing, keep a copy of the database and of ledger-head.txt, and find out why."


class LedgerShorter(MusikaError):
    """The database holds fewer entries than were signed: it was put back to an earlier state."""

    code = "ledger-shorter-than-signed"


class HeadDisagrees(MusikaError):
    """The last signed head, in the database or in the file, is not a head of this ledger."""

    code = "ledger-head-disagrees"


def head_file() -> Path:
    return Path(settings.VAR_DIR) / "ledger-head.txt"


def known() -> checkpoint.Head | None:
    """The head in the file, None if there is no file. Raises HeadDisagrees."""
    try:
        text = head_file().read_text()
    except FileNotFoundError:
        return None
    return verified(text, str(head_file()))


def verified(note: str, where: str) -> checkpoint.Head:
    """The head in a note that this ledger signed, in whichever epoch. Raises HeadDisagrees."""
    try:
        return _verified(note, keys.load("ledger"), epochs.origin_of(1))
    except checkpoint.BadNote as error:
        raise HeadDisagrees(str(error), where=where, remedy=REMEDY) from error


@lru_cache(maxsize=64)
def _verified(note: str, seed: bytes, _base: str) -> checkpoint.Head:
    """Kept, because every append asks about the same file again."""
    head = checkpoint.parse(note)
    if epochs.number_of(head.origin) is None:
        raise checkpoint.BadNote(f"“{head.origin}” is another ledger.")
    return checkpoint.parse(checkpoint.verify(note, checkpoint.vkey_of(head.origin, seed)))


def check_not_ahead(signed: checkpoint.Head | None, size: int) -> None:
    """Raise LedgerShorter if the database, with `size` entries, lacks what the file's head has."""
    if signed is None or not _ahead(signed, size):
        return
    raise LedgerShorter(
        f"{signed.size} entries were signed; the database holds {size}.",
        where=str(head_file()),
        remedy="Everything can be read, nothing can be changed, until a later backup is restored "
        "or two administrators open a new epoch (python -m marketplace ledger recover).",
    )


def _ahead(signed: checkpoint.Head, size: int) -> bool:
    epoch = epochs.number_of(signed.origin) or 1
    if epoch == 1 and signed.size <= size:
        return False
    now = epochs.current()
    if epoch >= now:
        return epoch > now or signed.size > size
    # The file is of before a recovery: its head is the one that was recovered from, or older.
    return signed.size > Epoch.objects.get(number=epoch + 1).lost_size


def read_only() -> MusikaError | None:
    """Why nothing can be written now, None if it can. One file read, one query."""
    try:
        # The file first: the database only grows meanwhile.
        signed = known()
        size = Head.objects.filter(pk=1).values_list("size", flat=True).first()
        check_not_ahead(signed, size or 0)
    except (LedgerShorter, HeadDisagrees) as error:
        return error
    return None


def check_writable() -> None:
    """Raise what `read_only` finds, for the shells, before they begin anything."""
    if error := read_only():
        raise error


def keep(note: str) -> None:
    """Write the note to the head file unless the file already holds a larger or later head."""
    path = head_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists() and _place(note) <= _place(path.read_text()):
            return
        fresh = path.with_suffix(".new")
        with fresh.open("w") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)


def _place(note: str) -> tuple[int, int]:
    head = checkpoint.parse(note)
    return epochs.number_of(head.origin) or 0, head.size
