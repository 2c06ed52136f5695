"""Holds what was read, by process, on disk: a file of any size in a fixed memory."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

_TABLE = """
CREATE TABLE part (
    ocid TEXT NOT NULL, number INTEGER PRIMARY KEY, kind TEXT NOT NULL, place TEXT NOT NULL,
    text TEXT NOT NULL, why TEXT NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A release, a compiled release, or why one could not be read (`why`)."""

    kind: str
    where: str
    text: str
    why: str = ""


class Spool:
    """A temporary database in a folder of its own; gone with it."""

    def __enter__(self) -> "Spool":
        self._folder = TemporaryDirectory(prefix="musika-ocds-")
        self._database = sqlite3.connect(Path(self._folder.name, "spool.sqlite3"))
        self._database.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-16384;" + _TABLE
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()
        self._folder.cleanup()

    def keep(self, ocid: str, part: Kept) -> None:
        self._database.execute(
            "INSERT INTO part (ocid, kind, place, text, why) VALUES (?, ?, ?, ?, ?)",
            (ocid, part.kind, part.where, part.text, part.why),
        )

    def finish(self) -> int:
        """Make it ready to be read; how many processes there are."""
        self._database.execute("CREATE INDEX by_ocid ON part (ocid, number)")
        self._database.commit()
        found: int = self._database.execute("SELECT count(DISTINCT ocid) FROM part").fetchone()[0]
        return found

    def processes(self) -> Iterator[tuple[str, list[Kept]]]:
        """Each process with its parts, in the order of the file."""
        rows = self._database.execute(
            "SELECT ocid, kind, place, text, why FROM part ORDER BY ocid, number"
        )
        name, parts = "", list[Kept]()
        for ocid, *rest in rows:
            if ocid != name and parts:
                yield name, parts
                parts = []
            name = ocid
            parts.append(Kept(*rest))
        if parts:
            yield name, parts
