"""The four forms of a bid history; each turns batches of CSV lines into the bytes of a file.

Memory does not grow with the rows. CSV is what the database wrote; the others read it again.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from marketplace.errors import Invalid
from procurement.bidhistory import columns
from procurement.bidhistory.columns import COUNT, EMPTY, FLAG, KINDS, NAMES

Batch = list[bytes]
PIECE = 2**20
# A worksheet has so many rows, one of which names the columns; a cell holds so many characters.
SHEET_ROWS, CELL = 1_048_576, 32_767


class DoesNotFit(Invalid):
    """The form that was asked for cannot hold these rows; another one can."""

    code = "export-does-not-fit"


def head() -> bytes:
    return ",".join(NAMES).encode() + b"\n"


def csv_file(batches: Iterable[Batch], now: datetime) -> Iterator[bytes]:
    yield head()
    for batch in batches:
        yield b"".join(batch)


def rows(batches: Iterable[Batch]) -> Iterator[list[Any]]:
    """The values of each row: whole numbers and flags as such, nothing as None, all else text."""
    for batch in batches:
        for cells in csv.reader(io.StringIO(b"".join(batch).decode(), newline="")):
            yield [read(cell) for read, cell in zip(READERS, cells, strict=True)]


def _reader(name: str) -> Callable[[str], Any]:
    if KINDS[name] == FLAG:
        return lambda cell: cell == "true"
    if KINDS[name] == COUNT:
        return lambda cell: int(cell) if cell else None
    return (lambda cell: cell or None) if name in EMPTY else lambda cell: cell


READERS = tuple(_reader(name) for name in NAMES)


def jsonl_file(batches: Iterable[Batch], now: datetime) -> Iterator[bytes]:
    for batch in batches:
        found = (dict(zip(NAMES, row, strict=True)) for row in rows([batch]))
        yield b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in found)


# --- XLSX -------------------------------------------------------------------------------------


def xlsx_file(batches: Iterable[Batch], now: datetime) -> Iterator[bytes]:
    """One sheet; a cell of text is text, whatever it begins with, and is never a formula."""
    import xlsxwriter

    with TemporaryDirectory() as folder:
        path = Path(folder) / "bids.xlsx"
        options = {"constant_memory": True, "tmpdir": folder, "in_memory": False}
        options |= dict.fromkeys(("strings_to_formulas", "strings_to_urls"), False)
        with xlsxwriter.Workbook(path, options) as book:
            book.set_properties({"created": now.replace(tzinfo=None)})
            _sheet(book.add_worksheet("bids"), batches)
        with path.open("rb") as file:
            while chunk := file.read(PIECE):
                yield chunk


def _sheet(sheet: Any, batches: Iterable[Batch]) -> None:
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(NAMES):
        sheet.write_string(0, place, name)
    for number, row in enumerate(rows(batches), start=1):
        if number >= SHEET_ROWS:
            raise too_many_for_a_sheet()
        for place, value in enumerate(row):
            _cell(sheet, number, place, value)


def too_many_for_a_sheet() -> DoesNotFit:
    return DoesNotFit(
        f"A spreadsheet holds {SHEET_ROWS - 1:,} rows, and this slice has more.",
        where="format",
        remedy="Take a shorter period, or CSV, JSON lines or Parquet.",
    )


def _cell(sheet: Any, number: int, place: int, value: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(number, place, value)
    elif isinstance(value, int):
        sheet.write_number(number, place, value)
    elif sheet.write_string(number, place, value) < 0:
        raise DoesNotFit(
            f"A cell of a spreadsheet holds {CELL:,} characters; {NAMES[place]} has more.",
            where=f"row {number}",
            remedy="Take CSV, JSON lines or Parquet.",
        )


# --- Parquet ----------------------------------------------------------------------------------

# Rows of a group: what a reader takes in at once.
GROUP = 32_000
# 26 digits before the point and 12 after it: more than a bid may state.
PRECISION, SCALE = 38, 12


def parquet_file(batches: Iterable[Batch], now: datetime) -> Iterator[bytes]:
    """Typed columns: decimal128, timestamps in UTC, whole numbers, flags, text."""
    import pyarrow.parquet

    sink = _Sink()
    kinds = _arrow_types()
    with pyarrow.parquet.ParquetWriter(sink, _schema(kinds), compression="zstd") as writer:
        for group in _grouped(batches):
            writer.write_table(_table(group, kinds))
            yield sink.taken()
    yield sink.taken()


def _grouped(batches: Iterable[Batch]) -> Iterator[Batch]:
    group: Batch = []
    for batch in batches:
        group += batch
        if len(group) >= GROUP:
            yield group
            group = []
    if group:
        yield group


def _arrow_types() -> dict[str, Any]:
    import pyarrow as pa

    types = {
        columns.COUNT: pa.int64(),
        columns.DECIMAL: pa.decimal128(PRECISION, SCALE),
        columns.INSTANT: pa.timestamp("us", tz="UTC"),
        columns.FLAG: pa.bool_(),
    }
    return {name: types.get(kind, pa.string()) for name, kind in KINDS.items()}


def _schema(kinds: dict[str, Any]) -> Any:
    import pyarrow as pa

    fields = [pa.field(name, kind, nullable=name in EMPTY) for name, kind in kinds.items()]
    return pa.schema(fields, metadata={"musika": columns.VERSION})


def _table(group: Batch, kinds: dict[str, Any]) -> Any:
    import pyarrow as pa
    from pyarrow import csv as arrow

    data = b"".join(group)
    broken = data.count(b"\n") != len(group)
    try:
        table = arrow.read_csv(
            pa.BufferReader(data),
            read_options=arrow.ReadOptions(column_names=list(NAMES), block_size=2**22),
            parse_options=arrow.ParseOptions(newlines_in_values=broken),
            convert_options=arrow.ConvertOptions(
                column_types=kinds, null_values=[""], strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise DoesNotFit(
            f"A number has more than {PRECISION - SCALE} digits before the point or {SCALE} "
            f"after it, and nothing is rounded here ({str(error)[:120]}).",
            where="format",
            remedy="Take CSV or JSON lines, which hold any number.",
        ) from error
    return table.cast(_schema(kinds))


class _Sink(io.RawIOBase):
    """Holds what the writer has written until it is taken."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.parts.append(bytes(data))
        return len(self.parts[-1])

    def taken(self) -> bytes:
        found, self.parts = b"".join(self.parts), []
        return found


# Form: the ending of the file, whether its cells are guarded against formulas, the writer.
Writer = Callable[[Iterable[Batch], datetime], Iterator[bytes]]
FORMS: dict[str, tuple[bool, Writer]] = {
    "csv": (True, csv_file),
    "xlsx": (False, xlsx_file),
    "jsonl": (False, jsonl_file),
    "parquet": (False, parquet_file),
}
