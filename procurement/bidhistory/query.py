"""Read a slice as CSV lines, page by page, in the order in which the bids were opened.

The order is that of the bids' keys, and of the items' within a bid: later openings only add to the
end. Between two pages the database is free (no long transaction holds back its housekeeping), a
worker tells how far it is, and a cancelled file stops. Rows never change and none is added below
the checkpoint, so pages are parts of one whole; names and awards are those of their reading.
"""

import re
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from django.db import DatabaseError, connection

from marketplace.errors import MusikaError
from procurement.bidhistory import formulas, sql
from procurement.bidhistory.slices import Slice

# Bids of one page, and lines handed on together.
PAGE = 10_000
BATCH = 2_000
Batch = list[bytes]


class RowWithoutLeaf(MusikaError):
    """A bid whose leaf the ledger lacks: no file is made over it."""

    code = "row-without-leaf"


def count(chosen: Slice, most: int = 2**62) -> int:
    """The number of rows, counted no further than `most`."""
    return int(_one(sql.count(chosen), {**_given(chosen), "most": most}))


def batches(
    chosen: Slice,
    *,
    size: int,
    guard: bool,
    page: int = PAGE,
    between: Callable[[], None] = lambda: None,
) -> Generator[Batch, None, None]:
    """CSV lines of the rows under the checkpoint of that size, some thousand at a time.

    `guard`: with cells made harmless for a spreadsheet. `between` is called after each page, when
    the connection is free. Raises RowWithoutLeaf.
    """
    read = {"postgresql": _copied, "sqlite": _fetched}[connection.vendor]
    query = sql.lines(connection.vendor, chosen, guard=guard)
    given = {**_given(chosen), "after": 0, "most": page, "size": size}
    with _settings():
        while (until := _one(sql.bounds(chosen), given)) is not None:
            yield from read(query, {**given, "until": until})
            given["after"] = until
            between()


# A page is sorted in memory and found by its keys: with the defaults PostgreSQL reads whole tables
# for each page, sorts it on disk and compiles the query, which took half as long again.
SETTINGS = {"work_mem": "64MB", "random_page_cost": "1.1", "jit": "off"}


@contextmanager
def _settings() -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        for name, value in SETTINGS.items():
            cursor.execute(f"SET {name} = '{value}'")
    try:
        yield
    finally:
        # Nothing to put back on a connection that has failed: it is closed with its request.
        with suppress(DatabaseError), connection.cursor() as cursor:
            for name in SETTINGS:
                cursor.execute(f"RESET {name}")


def _given(chosen: Slice) -> dict[str, Any]:
    names = ("tender", "buyer", "tenderer", "commodity", "opened_from", "opened_before")
    found = {name: getattr(chosen, name) for name in names}
    moments = ("opened_from", "opened_before")
    adapt = connection.ops.adapt_datetimefield_value
    return {**found, **{name: found[name] and adapt(found[name]) for name in moments}}


_NAME = re.compile(r"(?<![:\w]):([a-z_]+)\b")


def _bound(query: str, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The query as Django binds it, with the values that it names."""
    used = {name: given[name] for name in _NAME.findall(query)}
    return _NAME.sub(r"%(\1)s", query.replace("%", "%%")), used


def _one(query: str, given: Mapping[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(*_bound(query, given))
        row = cursor.fetchone()
    return row[0] if row else None


def _fetched(query: str, given: Mapping[str, Any]) -> Iterator[Batch]:
    connection.ensure_connection()
    connection.connection.create_function("musika_guard", 1, formulas.guard, deterministic=True)
    with connection.cursor() as cursor:
        cursor.execute(*_bound(query, given))
        while rows := cursor.fetchmany(BATCH):
            batch = [row[0] for row in rows]
            if None in batch:
                raise _missing(given)
            yield batch


def _copied(query: str, given: Mapping[str, Any]) -> Iterator[Batch]:
    """By COPY in its text format: one line a message, NULL as \\N, backslashes doubled."""
    bound, used = _bound(query, given)
    with connection.cursor() as cursor, cursor.copy(f"COPY ({bound}) TO STDOUT", used) as rows:
        batch: Batch = []
        for row in rows:
            line = bytes(row)
            if b"\\" in line:
                if line == b"\\N\n":
                    raise _missing(given)
                line = _plain(line)
            batch.append(line)
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch


_ESCAPED = re.compile(rb"\\(.)")
_CONTROLS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def _plain(line: bytes) -> bytes:
    return _ESCAPED.sub(lambda found: _CONTROLS.get(found[1], found[1]), line)


def _missing(given: Mapping[str, Any]) -> RowWithoutLeaf:
    return RowWithoutLeaf(
        "A bid of this slice has no leaf in the ledger, so no file can tie it to one.",
        where=f"bids up to row {given['until']}",
        remedy="Tell the operator: the database is not what the ledger recorded.",
    )
