"""A marketplace of its own for a drill: database, keys, people, and a server that can be killed."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


def parser(doc: str) -> ArgumentParser:
    """The options that every drill has."""
    made = ArgumentParser(description=doc.splitlines()[0])
    made.add_argument(
        "--database",
        metavar="URL",
        default=os.environ.get("MUSIKA_LOAD_DATABASE_URL", ""),
        help="a PostgreSQL server on which a database may be made; without it, SQLite",
    )
    return made


@contextmanager
def marketplace(server: str = "", log: str = "CRITICAL") -> Iterator[Path]:
    """Django set up on an empty, migrated database; gives the folder. All is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="musika-load-") as folder, _database(server) as url:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "marketplace.settings",
            "MUSIKA_VAR_DIR": folder,
            "MUSIKA_KEY_DIR": f"{folder}/keys",
            "MUSIKA_DRAIN_SECONDS": "1",
            "MUSIKA_LOG_LEVEL": log,
            "PYTHONWARNINGS": "ignore",
        }
        for name in ("MUSIKA_DATABASE_URL", "MUSIKA_BROKER_URL", "MUSIKA_CACHE_URL"):
            os.environ.pop(name, None)
        if url:
            os.environ["MUSIKA_DATABASE_URL"] = url
        import django
        from django.conf import settings

        django.setup()
        # Hundreds of openers' keys are made: a drill of durability is none of passphrases.
        settings.OPENER_LOCK_COST = (1, 1, 64)
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        from django.core.management import call_command
        from django.db import connection

        from marketplace import keys

        keys.ensure()
        call_command("migrate", verbosity=0)
        try:
            yield Path(folder)
        finally:
            connection.close()


@contextmanager
def _database(server: str) -> Iterator[str]:
    if not server:
        yield ""
        return
    import psycopg

    name = f"musika_load_{secrets.token_hex(4)}"
    # The database that the URL names need not exist: pytest makes its own beside it.
    upkeep = urlunsplit(urlsplit(server)._replace(path="/postgres"))
    with psycopg.connect(upkeep, autocommit=True) as made:
        made.execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(upkeep, autocommit=True) as made:
            made.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass
class Server:
    """The service in a process group of its own, forked from a warm parent: see `server`.

    `offset` is in seconds: the service's clock shows that much more than the machine's.
    """

    offset: float
    listening: socket.socket = field(default_factory=socket.socket)
    group: int = 0

    def __post_init__(self) -> None:
        self.listening.bind(("127.0.0.1", 0))
        self.listening.listen(512)
        self.port = self.listening.getsockname()[1]
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.load.server", str(self.listening.fileno())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[self.listening.fileno()],
            cwd=ROOT,
            text=True,
        )
        assert self.parent.stdout.readline() == "ready\n"

    def start(self) -> None:
        print(self.offset, file=self.parent.stdin, flush=True)
        self.group = int(self.parent.stdout.readline())

    def kill(self) -> None:
        """SIGKILL to the whole group, at whatever it is doing; waits until it is gone."""
        os.killpg(self.group, signal.SIGKILL)
        while _lives(self.group):
            time.sleep(0.002)

    def stop(self) -> None:
        if self.group and _lives(self.group):
            self.kill()
        self.parent.stdin.close()
        self.parent.wait(30)
        self.listening.close()

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@dataclass(frozen=True)
class Bidder:
    """A tenderer's clerk with a token."""

    user: object
    firm: object
    token: str


def bidders(market: object, count: int) -> list[Bidder]:
    from knox.models import get_token_model

    made = []
    for number in range(count):
        user, firm = market.tenderer(f"Farmer {number}")
        made.append(Bidder(user, firm, get_token_model().objects.create(user=user)[1]))
    return made


@dataclass(frozen=True)
class Answer:
    """`status` is 0 where the connection broke before an answer came."""

    status: int
    body: dict


def ask(
    port: int, method: str, path: str, token: str, data: object = None, key: str = ""
) -> Answer:
    """One request on a connection of its own."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if key:
        headers["Idempotency-Key"] = key
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        body = None if data is None else json.dumps(data)
        connection.request(method, f"/api/v1/{path}", body, headers)
        answer = connection.getresponse()
        text = answer.read()
        # Cut off within the headers it looks like an answer with nothing in it.
        return Answer(answer.status, json.loads(text)) if text else Answer(0, {})
    except (OSError, HTTPException, ValueError):
        return Answer(0, {})
    finally:
        connection.close()


def insist(port: int, path: str, token: str, data: object) -> tuple[Answer, int]:
    """POST until there is a definite answer, with one key; gives how often it had to be asked."""
    key, until, turns = secrets.token_hex(16), time.monotonic() + PATIENCE, 0
    while time.monotonic() < until:
        turns += 1
        found = ask(port, "POST", path, token, data, key)
        if found.status not in (0, 500, 503) and found.body.get("code") != "idempotency-key-in-use":
            return found, turns
        time.sleep(0.02)
    return found, turns


def bid_data(tender: object, price: str) -> dict:
    """A complete bid as JSON takes it."""
    from procurement.rules import bidding
    from tests.factories import offer

    return json.loads(bidding.to_bytes(offer(tender, price)))
