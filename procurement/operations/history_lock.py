"""One import of history at a time: who holds the lock, and whether that process still lives."""

import os
import socket
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from marketplace.errors import Conflict
from procurement.models import ImportBatch, ImportLock


class ImportRunning(Conflict):
    """Another import runs, or ran on a machine that cannot be asked from here."""

    code = "history-import-running"


class LockLost(Conflict):
    """This import's lock was taken over; what it had committed stays."""

    code = "history-import-lock-lost"


def this_process() -> str:
    """The holder's name of this process: host, process id and the process's start."""
    return f"{socket.gethostname()[:60]} {os.getpid()} {_started(os.getpid())}"


def _started(pid: int) -> str:
    """When the process started, in ticks since boot; tells a reused id. Empty where not told."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "0"
    # The second field is the command in brackets and may hold anything; count after it.
    return text.rpartition(")")[2].split()[19]


def _is_gone(holder: str) -> bool:
    """Whether the holder was a process of this host and has ended."""
    host, pid, started = holder.split(" ")
    if host != socket.gethostname()[:60]:
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return _started(int(pid)) != started


def acquire(batch: ImportBatch, *, now: datetime, take_over: bool) -> None:
    """Hold the lock for `batch`, inside the caller's transaction. Raises ImportRunning."""
    found = ImportLock.objects.select_for_update(of=("self",)).select_related("batch").first()
    if found is not None:
        if not take_over and not _is_gone(found.holder):
            _refuse(found)
        ImportBatch.objects.filter(pk=found.batch_id).update(failed_at=now)
        found.delete()
    try:
        with transaction.atomic():
            ImportLock.objects.create(batch=batch, holder=this_process(), held_since=now)
    except IntegrityError as error:
        raise ImportRunning(
            "Another import has just started.", remedy="Wait until it has finished."
        ) from error


def _refuse(lock: ImportLock) -> None:
    host, pid, _ = lock.holder.split(" ")
    raise ImportRunning(
        f"Another import is running: {lock.batch.filename}, process {pid} on {host}, since "
        f"{lock.held_since:%Y-%m-%d %H:%M:%S} UTC.",
        where=f"process {pid} on {host}",
        remedy="Wait until it has finished. If that machine is gone for good, add --take-over.",
    )


def check_held(batch: ImportBatch) -> None:
    """Raise LockLost unless `batch` holds the lock, which then stays so until commit."""
    if not ImportLock.objects.select_for_update().filter(batch=batch).exists():
        raise LockLost(
            "Another import took over while this one was running; this one stops.",
            remedy="Nothing half-written was left. Import again when the other has finished.",
        )


def release(batch: ImportBatch) -> None:
    ImportLock.objects.filter(batch=batch).delete()
