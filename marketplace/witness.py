"""Watch somebody's ledger: `python -m marketplace witness URL --key VKEY`.

Once, as a command to be repeated by cron: asks for the latest checkpoint with the proof that it
begins with what was seen last, and keeps it. With --serve it is a witness over HTTP instead (C2SP
tlog-witness): ledgers bring their checkpoints and get a cosignature. Exit 0: the ledger has only
grown; 1: it was rewritten or shrank; 2: nothing could be learned.
"""

import argparse
import os
import secrets
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from marketplace import clock
from marketplace.errors import MusikaError
from marketplace.ledger import checkpoint, cosignature
from marketplace.ledger.checkpoint import Head
from marketplace.ledger.witnessing import (
    OtherSize,
    Refused,
    Rewritten,
    judge,
    read_offer,
)

LARGEST = 20_000
SEED_FILE, SEEN_FILE = "witness.key", "seen.txt"


class Memory:
    """What this witness saw last, in a folder: one signed checkpoint, replaced whole."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.lock = folder, threading.Lock()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def seen(self) -> Head | None:
        path = self.folder / SEEN_FILE
        return checkpoint.parse(path.read_text("utf-8")) if path.exists() else None

    def accept(self, text: str, log_key: str) -> tuple[Head, str]:
        """Judge an offer and remember it before anybody is told. Raises Refused."""
        with self.lock:
            offer = read_offer(text)
            head = judge(offer, self.seen(), log_key)
            self._keep(offer.note)
            return head, offer.note

    def _keep(self, note: str) -> None:
        path, made = self.folder / SEEN_FILE, self.folder / f"{SEEN_FILE}.new"
        with made.open("w", encoding="utf-8") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)

    def seed(self) -> bytes:
        """The witness's own key, made at the first need."""
        path = self.folder / SEED_FILE
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32) + "\n")
        return bytes.fromhex(path.read_text().strip())


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    memory = Memory(Path(given.state))
    if given.serve:
        return serve(memory, given.key, given.name, given.serve)
    if not given.url:
        print("witness: name the address of the ledger, or --serve PORT", file=sys.stderr)  # noqa: T201
        return 2
    return watch(memory, given.url.rstrip("/"), given.key)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="musika witness", description=__doc__.splitlines()[0])
    parser.add_argument("url", nargs="?", help="address of the service, for example its home page")
    parser.add_argument("--key", required=True, help="the ledger's public key, as published")
    parser.add_argument(
        "--state", default="musika-witness", help="folder that remembers (%(default)s)"
    )
    parser.add_argument("--serve", type=int, metavar="PORT", help="be a witness over HTTP")
    parser.add_argument("--name", default="witness.example/1", help="this witness's own name")
    return parser


# --- once ---------------------------------------------------------------------------------------


def watch(memory: Memory, url: str, log_key: str) -> int:
    """Look once, say what was found."""
    before = memory.seen()
    old = before.size if before else 0
    try:
        head, _ = memory.accept(_fetch(f"{url}/checkpoint/since/{old}"), log_key)
    except Rewritten as error:
        return _say(f"REWRITTEN: {error.message} {error.remedy}", 1)
    except Refused as error:
        return _say(f"REFUSED: {error.message}", 1)
    except urllib.error.HTTPError as error:
        return _missing(error, old)
    except (OSError, MusikaError) as error:
        return _say(f"Nothing learned: {error}", 2)
    grown = (
        f"{head.size - old} more than the {old} seen before" if old else "seen for the first time"
    )
    return _say(f"OK: {head.size} entries, {grown}; root {head.root.hex()}", 0)


def _missing(error: urllib.error.HTTPError, old: int) -> int:
    """A ledger that denies a size which it once signed has lost or changed something."""
    if error.code in (404, 409) and old:
        return _say(
            f"SHRUNK: it no longer knows its own checkpoint of {old} entries. Keep it. "
            "Its page /checkpoint/ says what was lost, if it owns to it.",
            1,
        )
    return _say(f"Nothing learned: {error}", 2)


def _fetch(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"{url} is not a web address")
    with urllib.request.urlopen(url, timeout=20) as answer:
        return str(answer.read(LARGEST).decode())


def _say(words: str, status: int) -> int:
    print(words, file=sys.stderr if status else sys.stdout)
    return status


# --- over HTTP ----------------------------------------------------------------------------------


def serve(memory: Memory, log_key: str, name: str, port: int) -> int:
    """Answer `add-checkpoint` until stopped."""
    server = make_server(memory, log_key, name, port)
    vkey = cosignature.witness_of(name, memory.seed()).vkey
    _say(f"Witness {vkey} listens on port {server.server_port}.", 0)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        server.server_close()
    return 0


def make_server(memory: Memory, log_key: str, name: str, port: int) -> ThreadingHTTPServer:
    """The witness as a server that is not running yet; port 0 takes a free one."""
    seed = memory.seed()

    class Handler(BaseHTTPRequestHandler):
        timeout = 20

        def do_POST(self) -> None:
            if self.path.rstrip("/").rpartition("/")[2] != "add-checkpoint":
                return self._answer(404, "")
            length = int(self.headers.get("Content-Length") or 0)
            if length > LARGEST:
                return self._answer(413, "")
            return self._judge(self.rfile.read(length).decode("utf-8", "replace"))

        def _judge(self, text: str) -> None:
            try:
                _head, note = memory.accept(text, log_key)
            except OtherSize as error:
                return self._answer(409, f"{error.size}\n", "text/x.tlog.size")
            except Refused as error:
                return self._answer(error.status, f"{error.message}\n")
            # A witness has a clock of its own: that is what it testifies.
            line = cosignature.cosign(
                note, name=name, seed=seed, seconds=int(clock.now().timestamp())
            )
            return self._answer(200, line)

        def _answer(self, status: int, text: str, kind: str = "text/plain; charset=utf-8") -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return None

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)
