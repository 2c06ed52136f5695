"""The file: bytes to rows, refused as a whole where it cannot be read to its end.

A file is read twice: `survey` reads all of it before anything is written, so that a file that
breaks off or cannot be decoded leaves nothing behind; `rows` then gives its rows one by one.
"""

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NoReturn

from procurement.rules.history.errors import FileUnreadable
from procurement.rules.history.mapping import FileShape, Mapping

_BOM: Final = b"\xef\xbb\xbf"
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the file. `number` counts rows as spreadsheets do: the header is row 1."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Survey:
    """What the first reading found: the header, the rows of each tender, the file's digest."""

    header: tuple[str, ...]
    rows_of: Counter[Key]
    rows: int
    sha256: str
    ends_with_newline: bool


def survey(
    lines: Iterable[bytes], mapping: Mapping, seen: Callable[[int], None] = lambda _: None
) -> Survey:
    """Read the whole file. Raises FileUnreadable, and MappingInvalid for a missing column.

    `seen` is called with the number of bytes of each line, for a progress bar.
    """
    digest, last = hashlib.sha256(), b""

    def watched() -> Iterator[bytes]:
        nonlocal last
        for last in lines:
            digest.update(last)
            seen(len(last))
            yield last

    records = _records(watched(), mapping.file)
    header = _header(records)
    mapping.check_columns(header)
    positions = [header.index(name) for name in mapping.tender.key]
    rows_of: Counter[Key] = Counter()
    final = None
    for record in records:
        rows_of[_key(record, positions)] += 1
        final = record
    if final is None:
        _refuse("The file has a header and no rows.", "row 2", "Export it again with its rows.")
    _check_end(final, header)
    return Survey(header, rows_of, rows_of.total(), digest.hexdigest(), last.endswith(b"\n"))


def rows(lines: Iterable[bytes], mapping: Mapping) -> Iterator[tuple[Record, Key]]:
    """Every row after the header with the key of its tender."""
    records = _records(lines, mapping.file)
    header = _header(records)
    positions = [header.index(name) for name in mapping.tender.key]
    return ((record, _key(record, positions)) for record in records)


def _key(record: Record, positions: list[int]) -> Key:
    """The values that name the tender; a row that is too short has blanks in their place."""
    cells = record.cells
    return tuple(cells[i].strip() if i < len(cells) else "" for i in positions)


def _header(records: Iterator[Record]) -> tuple[str, ...]:
    first = next(records, None)
    if first is None:
        _refuse("The file is empty.", "line 1", "Export it again; its first line names columns.")
    return tuple(name.strip() for name in first.cells)


def _check_end(final: Record, header: tuple[str, ...]) -> None:
    if len(final.cells) < len(header):
        _refuse(
            f"The file ends in the middle: its last row, row {final.number}, has "
            f"{len(final.cells)} of {len(header)} cells.",
            f"row {final.number}",
            "Export or copy the file again, to its end.",
        )


def _records(lines: Iterable[bytes], shape: FileShape) -> Iterator[Record]:
    reader = csv.reader(_decoded(lines, shape.encoding), delimiter=shape.delimiter, strict=True)
    number = 0
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            _refuse_csv(error, begins, reader.line_num)
        number += 1
        if any(cells):
            yield Record(number, cells)


def _decoded(lines: Iterable[bytes], encoding: str) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        raw = line.removeprefix(_BOM) if number == 1 else line
        if b"\0" in raw:
            _refuse(
                f"Line {number} holds a byte of value zero at position {raw.index(0) + 1}.",
                f"line {number}",
                "The file is not plain text, or is UTF-16: save it as CSV in UTF-8.",
            )
        try:
            yield raw.decode(encoding)
        except UnicodeDecodeError as error:
            _refuse_bytes(error, number, len(line) - len(raw), encoding)


def _refuse_bytes(error: UnicodeDecodeError, line: int, skipped: int, encoding: str) -> NoReturn:
    position = error.start + 1 + skipped
    _refuse(
        f"Line {line}, byte {position} (0x{error.object[error.start]:02x}) is not {encoding}.",
        f"line {line}, byte {position}",
        'Write the true encoding in the mapping under [file], for instance encoding = "latin-1", '
        "or save the file as UTF-8.",
    )


def _refuse_csv(error: csv.Error, begins: int, line: int) -> NoReturn:
    if "unexpected end" in str(error):
        _refuse(
            f"The file ends in the middle: a quotation mark in the row that begins in line "
            f"{begins} is never closed.",
            f"line {begins}",
            "Close the quotation mark, or export or copy the file again, to its end.",
        )
    if "field larger" in str(error):
        _refuse(
            f"The row that begins in line {begins} has a cell of more than "
            f"{csv.field_size_limit()} characters.",
            f"line {begins}",
            "A quotation mark is probably never closed there.",
        )
    _refuse(
        f"Line {line} is not CSV: {error}.",
        f"line {line}",
        "Check its quotation marks, and the delimiter that the mapping names under [file].",
    )


def _refuse(what: str, where: str, remedy: str) -> NoReturn:
    raise FileUnreadable(what, where=where, remedy=remedy)
