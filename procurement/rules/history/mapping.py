"""The mapping: which column of a file says what. Read strictly from TOML."""

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Final

from procurement.rules.history.errors import MappingInvalid

FORMAT: Final = "musika-history-mapping/1"
REFUSE: Final = "refuse"
NUMBER: Final = "number"
KEEP: Final = "keep"


@dataclass(frozen=True)
class Source:
    """Where a value comes from: a column, a constant, or a template over columns."""

    column: str = ""
    text: str = ""
    template: str = ""

    @cached_property
    def columns(self) -> tuple[str, ...]:
        if self.template:
            return tuple(name for _, name, _, _ in string.Formatter().parse(self.template) if name)
        return (self.column,) if self.column else ()

    @cached_property
    def shown(self) -> str:
        """What a refusal calls it."""
        return ", ".join(self.columns) or "(constant)"

    def value(self, row: dict[str, str]) -> str:
        """The value in this row, without blanks at its ends."""
        if self.column:
            return row[self.column].strip()
        return self.template.format_map(row).strip() if self.template else self.text


@dataclass(frozen=True)
class Mark:
    """A column and the values in it that mean yes, or another column that it must equal."""

    column: str
    values: tuple[str, ...] = ()
    equals: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column, self.equals) if self.equals else (self.column,)

    def is_set(self, row: dict[str, str]) -> bool:
        found = row[self.column].strip()
        if self.equals:
            return found != "" and found == row[self.equals].strip()
        return found in self.values


@dataclass(frozen=True)
class FileShape:
    """How the file is written. Marks are single characters; `thousands_mark` may be empty."""

    encoding: str = "utf-8"
    delimiter: str = ","
    decimal_mark: str = "."
    thousands_mark: str = ""
    currency_marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class DateMap:
    """When bids were opened: one column with a format, or a source for each part."""

    column: str = ""
    format: str = ""
    year: Source | None = None
    month: Source | None = None
    day: Source | None = None
    two_digit_years_from: int | None = None
    utc_offset: str = "+00:00"


@dataclass(frozen=True)
class TenderMap:
    """What makes one tender, and what is the same in all its rows."""

    key: tuple[str, ...]
    title: Source
    buyer: Source
    currency: Source
    description: Source | None = None
    province: Source | None = None
    commodity: Source | None = None
    reserve_price: Source | None = None
    minimum_price: Source | None = None
    bounds_are: str = "totals"
    no_winner: Mark | None = None
    cancelled: Mark | None = None


@dataclass(frozen=True)
class BidMap:
    """One bid a row: a total, or a unit price with, perhaps, a quantity and a unit."""

    tenderer: Source
    amount: Source | None = None
    unit_price: Source | None = None
    quantity: Source | None = None
    unit: Source | None = None
    without_amount: str = REFUSE
    same_tenderer_again: str = REFUSE
    remark: Source | None = None
    disqualified: Mark | None = None
    winner: Mark | None = None


@dataclass(frozen=True)
class Mapping:
    """The whole mapping. `source` names the record; it is part of every tender's reference."""

    source: str
    file: FileShape
    tender: TenderMap
    date: DateMap
    bid: BidMap

    def check_columns(self, header: Sequence[str]) -> None:
        """Raise MappingInvalid unless every column named here stands once in the header."""
        for place, name in _named(self):
            if name not in header:
                _missing(place, name, header)
            if header.count(name) > 1:
                positions = [str(i + 1) for i, found in enumerate(header) if found == name]
                _refuse(
                    place,
                    f'the file has {header.count(name)} columns named "{name}"'
                    f" (columns {', '.join(positions)})",
                    "Rename one of them in the file's first line, so that it is clear which.",
                )


def _named(part: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every column that the mapping names, with the place that names it."""
    if isinstance(part, Source | Mark):
        yield from ((place, name) for name in part.columns)
        return
    for field in fields(part):
        value, at = getattr(part, field.name), f"{place}.{field.name}".lstrip(".")
        if at == "tender.key":
            yield from ((at, name) for name in value)
        elif at == "date.column" and value:
            yield at, value
        elif is_dataclass(value):
            yield from _named(value, at)


def _missing(place: str, name: str, header: Sequence[str]) -> None:
    folded = {column.casefold(): column for column in header}
    near = get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    hint = f'Did you mean "{folded[near[0]]}"?' if near else "No column has a similar name."
    some = ", ".join(header[:12]) + (", …" if len(header) > 12 else "")
    _refuse(place, f'the file has no column "{name}"', f"{hint} Its columns are: {some}.")


def _refuse(place: str, what: str, remedy: str) -> None:
    raise MappingInvalid(f"{place}: {what}.", where=place, remedy=remedy)
