"""The server and the worker as children: started together, watched, stopped together."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from marketplace.demo.environment import BASE, HOST
from marketplace.errors import MusikaError

PATIENCE = 12.0
RESTARTS = 3
# A child that lived this long was not failing at its start: its restarts are forgotten.
SETTLED = 60.0
PR_SET_PDEATHSIG = 1


class ChildDied(MusikaError):
    """A child keeps dying; the message ends with what it said last."""

    code = "demo-child-died"


@dataclass
class Child:
    name: str
    command: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    restarts: int = 0
    out: IO[bytes] | None = field(default=None, repr=False)
    # Open files that the child takes over, by number.
    handles: Sequence[int] = ()

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.out = self.out or self.log.open("ab")
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=BASE,
            stdin=subprocess.DEVNULL,
            stdout=self.out,
            stderr=subprocess.STDOUT,
            pass_fds=self.handles,
            # A Ctrl-C goes to us alone; we then stop the children in order.
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )

    def ended(self) -> int | None:
        """Its exit status, or None while it lives."""
        return self.process.poll() if self.process else None

    def ask_to_stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def make_sure(self, until: float) -> None:
        """Wait until `until` (monotonic), then kill what is left of its group."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, until - time.monotonic()))
        self.kill()

    def kill(self) -> None:
        """End it and everything it started, now."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            # Its own session, so its own group: this reaches gunicorn's workers too.
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.out:
            self.out.close()
            self.out = None

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-12:])


def _die_with_parent() -> None:
    """On Linux the kernel stops a child whose parent was killed; elsewhere there is no such way."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def server(at: int | socket.socket, logs: Path) -> Child:
    """At a port, or at a socket that is bound already and that the caller keeps open."""
    claimed = (at.fileno(),) if isinstance(at, socket.socket) else ()
    command = [
        *(sys.executable, "-m", "gunicorn", "-c", str(BASE / "deploy" / "gunicorn.conf.py")),
        *("--bind", f"fd://{claimed[0]}" if claimed else f"{HOST}:{at}"),
        "marketplace.wsgi:application",
    ]
    return Child("server", command, logs / "server.log", handles=claimed)


def worker(var: Path, logs: Path) -> Child:
    """One process that runs the tasks and the clock of the periodic ones."""
    command = [
        *(sys.executable, "-m", "celery", "-A", "marketplace.celery", "worker"),
        *("-P", "solo", "-B", "-s", str(var / "celerybeat-schedule"), "-l", "WARNING"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]
    return Child("worker", command, logs / "worker.log")


@contextlib.contextmanager
def running(children: Sequence[Child]) -> Iterator[None]:
    """Start the children; whatever happens inside, none of them outlives it."""
    try:
        for child in children:
            child.start()
        yield
    finally:
        stop(children)


def stop(children: Sequence[Child]) -> None:
    try:
        for child in children:
            child.ask_to_stop()
        until = time.monotonic() + PATIENCE
        for child in children:
            child.make_sure(until)
    except KeyboardInterrupt:
        for child in children:
            child.kill()
        raise


def watch(children: Sequence[Child]) -> list[Child]:
    """Restart the children that died and return them; raises ChildDied when one keeps dying."""
    return [child for child in children if child.ended() is not None and _revive(child)]


def _revive(child: Child) -> bool:
    if time.monotonic() - child.started > SETTLED:
        child.restarts = 0
    child.restarts += 1
    if child.restarts > RESTARTS:
        raise ChildDied(
            f"The {child.name} ended with status {child.ended()} again and again.",
            where=str(child.log),
            remedy=f"Its last words:\n{child.last_words()}",
        )
    child.start()
    return True
