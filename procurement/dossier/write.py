"""Write a dossier: one pass over the history, then the files beside it, straight to disk."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import chain
from tempfile import TemporaryFile
from typing import IO, Any

from django.contrib.auth.models import AnonymousUser

from marketplace import keys
from marketplace.errors import NotNow
from marketplace.ledger import canonical, export, queries
from procurement import visibility
from procurement.dossier import contents
from procurement.dossier.pack import Pack
from procurement.models import Tender
from procurement.rules.visibility import Fact, Reader

READERS = {"public": Reader.ANYONE, "auditor": Reader.AUDITOR}
EVENT_COLUMNS = (*export.FIXED, "at", "by")
PIECE = 2**20
# Told how many entries have been written, and how many there are.
Progress = Callable[[int, int], None]


class NotOpenedYet(NotNow):
    """A dossier holds bids, and there are none to be read before the opening."""

    code = "dossier-before-opening"


def check_ready(tender: Tender) -> None:
    """Raise NotOpenedYet, with what to do instead."""
    if tender.is_historical:
        raise NotOpenedYet(
            "A tender that was read from a file of past tenders has no sealed bids to verify.",
            remedy="Take its history instead.",
        )
    if not visibility.sees(AnonymousUser(), Fact.DOSSIER, tender):
        raise NotOpenedYet(
            f"The bids of {tender.reference} are not open: a dossier would tell who has bid.",
            where="tender",
            remedy="Ask again after the opening; until then take its history.",
        )


class _Beside:
    """What is gathered while the history runs through: records by event, events as rows, lots."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        self.files: dict[str, IO[bytes]] = {}
        self.lots: set[int] = set()
        self.engine = ""
        self.write("views/events.csv", contents.csv_row(*EVENT_COLUMNS))

    def write(self, path: str, data: bytes) -> None:
        if path not in self.files:
            self.files[path] = self.stack.enter_context(TemporaryFile())  # noqa: SIM115
        self.files[path].write(data)

    def take(self, entry: dict[str, Any]) -> None:
        body = entry["body"] or {}
        cells = [entry[name] for name in export.FIXED]
        self.write("views/events.csv", contents.csv_row(*cells, body.get("at"), body.get("by")))
        if entry["disclosure"] == "shown":
            record = {name: entry[name] for name in ("sequence", "time", "body")}
            line = canonical.dumps(record).encode() + b"\n"
            self.write(f"records/{entry['event']}.jsonl", line)
            if "case" in body:
                self.lots.add(body["lot"])
            self.engine = body.get("engine_source") or self.engine


def write(
    out: IO[bytes], tender: Tender, *, reader: str, exported_at: datetime, progress: Progress
) -> None:
    """Write the ZIP to `out`, which can seek. `reader` is `public` or `auditor`.

    The same ledger head, reader and `exported_at` give the same bytes. Raises NotOpenedYet and
    what the ledger's signer raises.
    """
    check_ready(tender)
    include = visibility.entries_of(READERS[reader], tender)
    lines = export.history(tender.reference, include=include, now=exported_at)
    with ExitStack() as stack:
        history, beside = stack.enter_context(TemporaryFile()), _Beside(stack)
        header = next(lines)
        history.write(canonical.dumps(header).encode() + b"\n")
        for number, entry in enumerate(lines, start=1):
            history.write(canonical.dumps(entry).encode() + b"\n")
            beside.take(entry)
            progress(number, header["entries"])
        _pack(out, tender, header, history, beside, reader)


def _pack(
    out: IO[bytes],
    tender: Tender,
    header: dict[str, Any],
    history: IO[bytes],
    beside: _Beside,
    reader: str,
) -> None:
    full = reader == "auditor"
    held = [] if full else contents.held_back(tender)
    hidden, pack = {row["bid"] for row in held}, Pack(out)
    files = contents.files(tender, hidden=hidden, lots=beside.lots, full=full)
    for path, chunks in chain(contents.engine_files(beside.engine), files):
        pack.add(path, chunks)
    pack.add("history.jsonl", _chunks(history))
    for path in sorted(beside.files):
        pack.add(path, _chunks(beside.files[path]))
    facts = {
        "tender": tender.reference,
        "reader": reader,
        "key": queries.verifier_key(),
        "exported_at": header["exported_at"],
        "held_back": held,
    }
    pack.close(facts, origin=queries.origin(), seed=keys.load("ledger"))


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(PIECE):
        yield chunk
