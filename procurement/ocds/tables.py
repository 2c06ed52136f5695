"""Compiled releases as tables: one a list, headings as JSON pointers, parents named in each row.

A column is called by where its value stands (`bids/details/0/value/amount`), so that tools that
know this form (flatten-tool) can put the tables together again. A list of plain values is one
cell, with semicolons between.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

MAIN: Final = "records"
KEYS: Final = ("ocid", "id")
# What a sheet of a workbook may be called.
SHEET_NAME: Final = 31

Cells = dict[str, Any]


def rows(release: Mapping[str, Any]) -> Iterator[tuple[str, Cells]]:
    """Each row with the name of its table, parents before their children."""
    parents = {key: release[key] for key in KEYS}
    found: list[tuple[str, Cells]] = []
    _object(release, "", (), parents, parents | {}, found)
    yield from [(MAIN, parents | _cells(release, "")), *found]


def _object(
    value: Mapping[str, Any],
    at: str,
    path: tuple[str, ...],
    parents: Cells,
    own: Cells,
    found: list[tuple[str, Cells]],
) -> None:
    """Rows of all lists of objects below; an object in an object belongs to the same row."""
    for key, item in value.items():
        here = f"{at}{key}"
        if isinstance(item, Mapping):
            _object(item, f"{here}/", (*path, key), parents, own, found)
        elif isinstance(item, list) and item and isinstance(item[0], Mapping):
            _list(item, f"{here}/0/", (*path, key), own, found)


def _list(
    items: list[Any],
    at: str,
    path: tuple[str, ...],
    parents: Cells,
    found: list[tuple[str, Cells]],
) -> None:
    for item in items:
        named = parents | ({f"{at}id": item["id"]} if "id" in item else {})
        found.append((table_name(path), named | _cells(item, at)))
        _object(item, at, path, parents, named, found)


def _cells(value: Mapping[str, Any], at: str) -> Cells:
    found: Cells = {}
    for key, item in value.items():
        if isinstance(item, Mapping):
            found |= _cells(item, f"{at}{key}/")
        elif not isinstance(item, list):
            found[f"{at}{key}"] = item
        elif item and not isinstance(item[0], Mapping):
            found[f"{at}{key}"] = ";".join(map(str, item))
    return found


def table_name(path: tuple[str, ...]) -> str:
    """The path in short: bids_details_items; what a sheet cannot hold loses its middle."""
    name = "_".join(path)
    if len(name) <= SHEET_NAME:
        return name
    short = "_".join(re.sub(r"([A-Za-z])[a-z]{4,}", r"\1", part) for part in path[:-1])
    return f"{short}_{path[-1]}"[-SHEET_NAME:].lstrip("_")
