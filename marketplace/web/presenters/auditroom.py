"""A tender's whole history as one timeline: entries of the record, and looks at bids between."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace.ledger import proofs, queries
from marketplace.ledger.models import Checkpoint, Entry
from marketplace.web.presenters import events
from marketplace.web.presenters.events import EntryView
from procurement.models import Look
from procurement.rules.comparing import Difference, differences

# What every entry has and no version differs by in a way that tells anything.
FRAME = ("event", "previous", "subject", "visibility")


@dataclass(frozen=True)
class Moment:
    """One line of the timeline: an entry with its proof, or a look."""

    at: datetime
    entry: EntryView | None = None
    look: Look | None = None
    leaf: str = ""
    proved: bool = False


def timeline(
    entries: list[Entry], looks: Iterable[Look], names: dict[str, str], signed: Checkpoint | None
) -> list[Moment]:
    """Oldest first. An entry is proved if its path leads to the root of the signed checkpoint."""
    covered = [row for row in entries if signed and row.sequence < signed.size]
    proved = proofs.inclusions(covered, signed) if signed else {}
    told = [_entry(row, names, row.sequence in proved) for row in entries]
    return sorted([*told, *(Moment(look.at, look=look) for look in looks)], key=lambda m: m.at)


def _entry(row: Entry, names: dict[str, str], proved: bool) -> Moment:
    seen = events.view(row, names)
    return Moment(seen.time, entry=seen, leaf=row.leaf_hash, proved=proved)


def compared(one: Entry, other: Entry, names: dict[str, str]) -> list[Difference]:
    """The facts by which two entries differ, names in place of ids."""
    rows = differences(_body(one), _body(other))
    return [Difference(row.path, _named(row.one, names), _named(row.other, names)) for row in rows]


def _named(value: str | None, names: dict[str, str]) -> str | None:
    return names.get(value, value) if value is not None else None


def _body(entry: Entry) -> dict[str, Any]:
    told = json.loads(entry.body) if entry.body else {}
    return {key: value for key, value in told.items() if key not in FRAME}


def latest() -> Checkpoint | None:
    return queries.latest_checkpoint()
