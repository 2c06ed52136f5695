"""`python -m marketplace demo`: prepare, start the server and the worker, tell who may sign in.

No server, no broker, no root: SQLite, a folder as the broker, and two children of this process.
"""

import argparse
import contextlib
import fcntl
import os
import signal
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console

from marketplace.demo import environment, processes
from marketplace.demo.environment import HOST, PORT
from marketplace.errors import Conflict, MusikaError

START_WITHIN = 120.0
LOOK_EVERY = 0.5
# One wish to stop may arrive twice: `timeout` and `make` send a signal to us and to our group.
SAME_WISH = 2.0


class PortBusy(Conflict):
    """Something else listens on the port."""

    code = "port-busy"


class RunsAlready(Conflict):
    """Another demo uses the same folder."""

    code = "demo-runs-already"


class NotAnswering(MusikaError):
    """The server was started and does not answer."""

    code = "demo-not-answering"


def main(arguments: Sequence[str]) -> int:
    """The command; returns its exit status."""
    given = _parser().parse_args(arguments)
    console = Console(stderr=False, highlight=False)
    try:
        if given.check:
            return check(console)
        return demo(given.port, console, small=given.small, fresh=given.fresh)
    except KeyboardInterrupt:
        return 130
    except MusikaError as error:
        console.print(f"[bold red]{error.message}[/]")
        if error.remedy:
            console.print(error.remedy, markup=False)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="musika demo", description="Run a whole marketplace on this machine."
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"where to listen ({PORT})")
    parser.add_argument(
        "--check", action="store_true", help="run the whole job once, without a browser, and end"
    )
    parser.add_argument(
        "--small", action="store_true", help="invent a handful of tenders only: starts sooner"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="delete the data of the last demo and begin anew"
    )
    return parser


def demo(port: int, console: Console, *, small: bool = False, fresh: bool = False) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    began = time.monotonic()
    if not environment.is_free(port):
        raise PortBusy(
            f"Port {port} is in use.",
            where="port",
            remedy=f"Choose another: make demo PORT={port + 1}, "
            f"or python -m marketplace demo --port {port + 1}",
        )
    environment.for_demo(port)
    _setup()
    from django.conf import settings

    from marketplace.demo import prepare, telling

    var = Path(settings.VAR_DIR)
    with _alone(var), _until_told() as told:
        if fresh:
            prepare.forget(var)
        telling.set_up(console, told, small=small)
        children = [processes.server(port, var / "log"), processes.worker(var, var / "log")]
        with processes.running(children):
            await_answer(port, children, told)
            if not told.is_set():
                telling.welcome(console, port, time.monotonic() - began)
            while not told.wait(LOOK_EVERY):
                for child in processes.watch(children):
                    console.print(f"The {child.name} ended and was started again ({child.log}).")
            console.print("Stopping …")
    console.print("Stopped.")
    return 0


def check(console: Console) -> int:
    """The whole job over HTTP, in a folder of its own that is gone afterwards."""
    with (
        contextlib.closing(environment.claim_port()) as claimed,
        tempfile.TemporaryDirectory(prefix="musika-check-") as folder,
    ):
        environment.for_check(environment.number_of(claimed), Path(folder))
        _setup()
        from marketplace.demo.check import drill

        with _until_told() as told:
            return drill(claimed, Path(folder), console, told)


def _setup() -> None:
    import django

    django.setup()


@contextmanager
def _alone(var: Path) -> Iterator[None]:
    """Two demos on one folder would be two workers and two servers on one database."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RunsAlready(
                f"A demo runs already in {var}.",
                where=str(var),
                remedy="Use that one, or stop it first; another folder: MUSIKA_VAR_DIR=FOLDER.",
            ) from None
        os.set_inheritable(lock.fileno(), False)
        yield


@contextmanager
def _until_told() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set; a second wish ends at once, children included."""
    told = threading.Event()
    since = 0.0

    def tell(number: int, frame: FrameType | None) -> None:
        nonlocal since
        if told.is_set() and time.monotonic() - since > SAME_WISH:
            raise KeyboardInterrupt
        since = since or time.monotonic()
        told.set()

    before = {number: signal.signal(number, tell) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def await_answer(port: int, children: Sequence[processes.Child], told: threading.Event) -> None:
    """Wait until the server answers; raises NotAnswering or ChildDied."""
    until = time.monotonic() + START_WITHIN
    while not (told.is_set() or _answers(port)):
        processes.watch(children)
        if time.monotonic() > until:
            raise NotAnswering(
                f"The server did not answer within {START_WITHIN:.0f} seconds.",
                where=str(children[0].log),
                remedy=f"Its last words:\n{children[0].last_words()}",
            )
        told.wait(0.2)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/api/v1/tenders?page_size=1", timeout=10):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
