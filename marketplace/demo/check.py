"""The whole job, once, over HTTP: from an empty draft to a history that verifies elsewhere.

Each step says what it did and how long it took; the first that goes wrong ends the drill.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from marketplace import clock
from marketplace.demo import prepare, processes, runner, seed
from marketplace.demo.drill import Drill
from marketplace.demo.environment import HOST, number_of
from marketplace.errors import MusikaError


class Stopped(MusikaError):
    """Somebody pressed Ctrl-C."""

    code = "demo-stopped"


class Steps:
    """Prints each step with its time."""

    def __init__(self, console: Console, told: threading.Event) -> None:
        self.console, self.told, self.began = console, told, time.monotonic()

    @contextmanager
    def __call__(self, words: str) -> Iterator[None]:
        if self.told.is_set():
            raise Stopped("Stopped before the end.")
        began = time.monotonic()
        try:
            yield
        except Exception:
            self._line("[bold red]FAIL[/]", words, began)
            raise
        self._line("[green]  ok[/]", words, began)

    def _line(self, mark: str, words: str, began: float) -> None:
        self.console.print(f"{mark} {time.monotonic() - began:6.2f} s  {words}", soft_wrap=True)


def drill(claimed: socket.socket, house: Path, console: Console, told: threading.Event) -> int:
    """Run it; returns 0 when everything went as it must, 130 when it was told to stop, else 1.

    Leaves no child behind.
    """
    port = number_of(claimed)
    step = Steps(console, told)
    children = [processes.server(claimed, house / "log"), processes.worker(house, house / "log")]
    try:
        with step("keys, tables, produce, static files"):
            prepare.ready(clock.now(), lambda words: None)
        with step("people and organisations"):
            cast = seed.people_only(now=clock.now())
        with processes.running(children):
            with step("server and worker"):
                runner.await_answer(port, children, told)
            _all_steps(Drill(f"http://{HOST}:{port}", house, cast, step))
    except Stopped as error:
        console.print(error.message)
        return 130
    except Exception as error:
        _explain(console, error, children)
        return 1
    console.print(f"\n[bold green]All of it works[/] ({time.monotonic() - step.began:.1f} s)")
    return 0


def _all_steps(drill: Drill) -> None:
    for act in (
        drill.sign_in,
        drill.draft,
        drill.enrol,
        drill.publish,
        drill.bid,
        drill.replace_and_withdraw,
        drill.nothing_is_readable,
        drill.late,
        drill.close,
        drill.open,
        drill.evaluate,
        drill.award,
        drill.letters,
        drill.download,
        drill.verify,
        drill.tamper,
        drill.mails,
    ):
        act()


def _explain(console: Console, error: Exception, children: list[processes.Child]) -> None:
    if not isinstance(error, MusikaError):
        console.print_exception()
    else:
        console.print(f"\n[bold red]{error.code}[/]: {error.message}", soft_wrap=True)
        if error.remedy:
            console.print(error.remedy, markup=False, soft_wrap=True)
    for child in children:
        if words := child.last_words():
            console.print(f"\nThe {child.name} said:\n{words}", markup=False, soft_wrap=True)
