"""The forms of a bulk file, each written row by row into an open file: memory stays the same."""

import csv
import gzip
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any, Final

import xlsxwriter

from marketplace.ledger.canonical import number as plain
from marketplace.ledger.export import cell
from procurement.ocds import package, tables
from procurement.ocds.values import loads

# Of a sheet of Excel, the heading included.
SHEET_ROWS: Final = 1_048_576
# The same content gives the same bytes, whenever it is written.
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
Texts = Callable[[], Iterable[str]]


def json_lines(out: IO[bytes], texts: Iterable[str]) -> None:
    with gzip.GzipFile(fileobj=out, mode="wb", filename="", mtime=0) as file:
        for text in texts:
            file.write(text.encode() + b"\n")


def json_package(
    out: IO[bytes], name: str, head: Mapping[str, Any], kind: str, texts: Iterable[str]
) -> None:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(name, EPOCH)
        info.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(info, "w", force_zip64=True) as file:
            for chunk in package.chunks(head, kind, texts):
                file.write(chunk.encode())


def columns(compiled: Iterable[str]) -> dict[str, dict[str, None]]:
    """The tables and their columns, in the order in which they come up: the first of two passes."""
    found: dict[str, dict[str, None]] = {tables.MAIN: {}}
    for text in compiled:
        for table, cells in tables.rows(loads(text)):
            known = found.setdefault(table, {})
            for column in cells:
                known.setdefault(column)
    return found


def csv_tables(out: IO[bytes], compiled: Texts, known: Mapping[str, Mapping[str, None]]) -> None:
    """A ZIP of one CSV a table; the tables grow side by side on disk, not in memory."""
    with ExitStack() as stack, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        files = {name: stack.enter_context(TemporaryFile()) for name in known}
        writers = {}
        for name, file in files.items():
            text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
            writers[name] = csv.DictWriter(text, list(known[name]), restval="")
            writers[name].writeheader()
        for table, cells in _all(compiled()):
            writers[table].writerow({key: _cell(v) for key, v in cells.items()})
        for name, file in files.items():
            _pack(archive, f"{name}.csv", file)


def _all(compiled: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for text in compiled:
        yield from tables.rows(loads(text))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value) if isinstance(value, Decimal) else str(value)


def _cell(value: Any) -> str:
    """Text is made harmless; a number stays one, its sign too."""
    return cell(value) if isinstance(value, str) else _shown(value)


def _pack(archive: zipfile.ZipFile, name: str, file: IO[bytes]) -> None:
    file.seek(0)
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(info, "w", force_zip64=True) as target:
        while chunk := file.read(1 << 16):
            target.write(chunk)


def xlsx(out: IO[bytes], compiled: Texts, known: Mapping[str, Mapping[str, None]]) -> bool:
    """A workbook of one sheet a table; false if a sheet was full and rows were left out."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    sheets = {name: book.add_worksheet(name) for name in known}
    places = {name: {key: n for n, key in enumerate(keys)} for name, keys in known.items()}
    nexts = dict.fromkeys(known, 1)
    for name, sheet in sheets.items():
        sheet.write_row(0, 0, list(known[name]))
        sheet.freeze_panes(1, 0)
    whole = True
    for table, cells in _all(compiled()):
        if nexts[table] >= SHEET_ROWS:
            whole = False
            continue
        _write(sheets[table], nexts[table], places[table], cells)
        nexts[table] += 1
    book.close()
    return whole


def _write(sheet: Any, row: int, places: Mapping[str, int], cells: Mapping[str, Any]) -> None:
    for key, value in sorted(cells.items(), key=lambda pair: places[pair[0]]):
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            sheet.write_number(row, places[key], value)
        else:
            sheet.write_string(row, places[key], _shown(value)[:32_767])
