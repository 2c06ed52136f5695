"""The history of a subject as a file that anyone can verify: JSON lines, and CSV for reading.

The format is in docs/reference/ledger.md; `verify` checks it. What is not `include`d:

- entries for auditors stay in the file with their proof, without event, body and nonce;
- entries for the opening are left out altogether, because even their number tells a cartel how
  many have bid. The header says so, and after the opening the same file has them all.
"""

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Max, QuerySet

from marketplace import keys
from marketplace.errors import NotFound
from marketplace.ledger import canonical, checkpoint, proofs, queries, signer
from marketplace.ledger.models import Checkpoint, Entry

FORMAT = "musika-history/1"
BATCH = 500
OPENING = Entry.Visibility.OPENING
Line = dict[str, Any]


class NoHistory(NotFound):
    """Nothing was ever recorded about this subject."""

    code = "no-history"


@dataclass(frozen=True)
class _History:
    """What one file holds: the rows under one signed checkpoint, for one class of reader."""

    subject: str
    include: frozenset[str]
    signed: Checkpoint
    rows: QuerySet[Entry]

    @property
    def shown(self) -> QuerySet[Entry]:
        return self.rows.filter(visibility__in=self.include).exclude(body="")


def history(subject: str, *, include: Collection[str], now: datetime) -> Iterator[Line]:
    """The header, then one line per entry, oldest first, under a checkpoint signed now.

    `include` holds the visibilities whose bodies the reader may see. Signing and its refusals
    happen at the call, not while the lines are read. Raises NoHistory and what the signer raises.
    """
    found = _open(subject, include, now)
    return chain([_header(found, now)], _lines(found))


def as_jsonl(subject: str, *, include: Collection[str], now: datetime) -> Iterator[bytes]:
    """The history as JSON lines in UTF-8, each in canonical JSON and ended by a newline."""
    lines = history(subject, include=include, now=now)
    return (canonical.dumps(line).encode() + b"\n" for line in lines)


def as_csv(subject: str, *, include: Collection[str], now: datetime) -> Iterator[bytes]:
    """The history as CSV in UTF-8: fixed columns, then one per key that occurs in a body.

    For reading and filtering; the JSON lines are what can be verified. A cell that a spreadsheet
    would run as a formula gets a leading apostrophe.
    """
    found = _open(subject, include, now)
    used: set[str] = set()
    for body in found.shown.values_list("body", flat=True).iterator(BATCH):
        used |= set(canonical.loads(body))
    columns = sorted(used - {"event", "subject", "visibility"})
    head = _csv_row([*FIXED, *columns])
    return chain([head], (_csv_line(line, columns) for line in _lines(found)))


def _open(subject: str, include: Collection[str], now: datetime) -> _History:
    signed = signer.sign_checkpoint(now)
    rows = queries.entries_for(subject).filter(sequence__lt=signed.size)
    if OPENING not in include:
        rows = rows.exclude(visibility=OPENING)
    if not rows.exists():
        raise NoHistory(f"Nothing is recorded about “{subject}”.", where="subject")
    return _History(subject, frozenset(include), signed, rows)


FIXED = ("sequence", "time", "event", "visibility", "disclosure", "commitment", "leaf")


def _csv_line(line: Line, columns: list[str]) -> bytes:
    body = line["body"] or {}
    return _csv_row([line[name] for name in FIXED] + [body.get(name) for name in columns])


def _csv_row(values: list[Any]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([cell(value) for value in values])
    return text.getvalue().encode()


def cell(value: Any) -> str:
    """A value as one harmless CSV cell: nothing a spreadsheet would take for a formula."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else canonical.dumps(value)
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


def _header(found: _History, now: datetime) -> Line:
    """The signed header: with the number of lines and each class's last entry, so that neither a
    line in the middle nor one at the end can be taken away."""
    kinds = found.rows.filter(visibility__in=found.include).order_by().values("visibility")
    tips = {row["visibility"]: row["last"] for row in kinds.annotate(last=Max("sequence"))}
    header = {
        "format": FORMAT,
        "subject": found.subject,
        "origin": queries.origin(),
        "key": queries.verifier_key(),
        "checkpoint": found.signed.note,
        "exported_at": canonical.instant(now),
        "includes": sorted(found.include),
        "left_out": [] if OPENING in found.include else [OPENING.value],
        "entries": found.rows.count(),
        "shown": found.shown.count(),
        "tips": tips,
    }
    text = canonical.dumps(header) + "\n"
    note = checkpoint.sign(text, name=queries.origin(), seed=keys.load("ledger"))
    return {**header, "signature": note[len(text) + 1 :]}


def _lines(found: _History) -> Iterator[Line]:
    last = -1
    while batch := list(found.rows.filter(sequence__gt=last)[:BATCH]):
        last = batch[-1].sequence
        proof = proofs.inclusions(batch, found.signed)
        for row in batch:
            yield _line(row, proof[row.sequence], found.include)


def _line(row: Entry, proof: list[str], include: Collection[str]) -> Line:
    disclosure = "withheld"
    if row.visibility in include:
        disclosure = "shown" if row.body else "erased"
    shown = disclosure == "shown"
    return {
        "sequence": row.sequence,
        "time": canonical.instant(row.recorded_at),
        # The name of an event is bound by its body alone: without it, it could not be checked.
        "event": row.event if shown else None,
        "visibility": row.visibility,
        "disclosure": disclosure,
        "body": canonical.loads(row.body) if shown else None,
        "nonce": row.nonce if shown else None,
        "commitment": row.commitment,
        "leaf": row.leaf_hash,
        "proof": proof,
    }
