"""Read the table of a bid history again: each row as text by column, whatever the form.

Standard library only, but for Parquet, which needs pyarrow. Nothing stands for a missing value.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element, iterparse

from procurement.bidhistory.columns import KINDS, TEXT
from procurement.bidhistory.formulas import unguard
from procurement.dossier.verifier.package import Package

Row = dict[str, str]
GUARDED = {name for name, kind in KINDS.items() if kind == TEXT}


def table(package: Package, name: str) -> Iterator[Row]:
    """The rows of that file; its ending tells the form. ValueError for any other ending."""
    form = name.rsplit(".", 1)[-1]
    if form not in READERS:
        raise ValueError(f"{name} is no table that is known here")
    return READERS[form](package, name)


def _csv(package: Package, name: str) -> Iterator[Row]:
    lines = (line.decode() + "\n" for line in package.lines(name))
    reader = csv.reader(lines, strict=True)
    names = next(reader)
    for cells in reader:
        row = dict(zip(names, cells, strict=True))
        yield {key: unguard(cell) if key in GUARDED else cell for key, cell in row.items()}


def _jsonl(package: Package, name: str) -> Iterator[Row]:
    for line in package.lines(name):
        yield {key: _text(value) for key, value in json.loads(line).items()}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return str(value)


def _parquet(package: Package, name: str) -> Iterator[Row]:
    import pyarrow as pa
    from pyarrow import parquet

    file = parquet.ParquetFile(pa.BufferReader(_whole(package, name)))
    for batch in file.iter_batches(10_000):
        for row in batch.to_pylist():
            yield {key: _text(value) for key, value in row.items()}


def _whole(package: Package, name: str) -> bytes:
    offset, size, _ = package.places[name]
    return package.data[offset : offset + size]


SHEET = "xl/worksheets/sheet1.xml"
_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


def _xlsx(package: Package, name: str) -> Iterator[Row]:
    names: list[str] = []
    with zipfile.ZipFile(io.BytesIO(_whole(package, name))) as book, book.open(SHEET) as sheet:
        for _, element in iterparse(sheet):
            if element.tag == f"{_SPACE}row":
                cells = {_column(cell): _cell(cell) for cell in element}
                if names:
                    yield {key: cells.get(place, "") for place, key in enumerate(names)}
                else:
                    names = [cells[place] for place in sorted(cells)]
                element.clear()


def _column(cell: Element) -> int:
    """The number of a column from its letters: A is 0."""
    number = 0
    for letter in cell.attrib["r"].rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number - 1


def _cell(cell: Element) -> str:
    if cell.find(f"{_SPACE}f") is not None:
        raise ValueError(f"cell {cell.attrib['r']} is a formula")
    if cell.attrib.get("t") == "inlineStr":
        text = "".join(part.text or "" for part in cell.iter(f"{_SPACE}t"))
        return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    value = cell.findtext(f"{_SPACE}v") or ""
    return {"1": "true", "0": "false"}[value] if cell.attrib.get("t") == "b" else value


READERS: dict[str, Callable[[Package, str], Iterator[Row]]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "xlsx": _xlsx,
    "parquet": _parquet,
}
