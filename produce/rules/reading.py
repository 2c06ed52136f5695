"""Strict reading of data files: every refusal names the file and the place inside it."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from marketplace.errors import Invalid
from produce.rules.numbers import NotANumber, exact

# Entries of one list in a file, and how much of a wrong value a refusal repeats.
MOST, CUT = 5000, 60
# Neither a database nor a page takes these: control characters, and halves of characters.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

Word = TypeVar("Word", bound=StrEnum)
Entry = TypeVar("Entry")


class BadDataFile(Invalid):
    """A data file says something that cannot be loaded; `where` is the file and the place."""

    code = "bad-data-file"


def refuse(place: str, why: str) -> BadDataFile:
    return BadDataFile(
        f"{place}: {why}", where=place, remedy="Correct the file: docs/reference/produce.md."
    )


def parse(text: str, file: str) -> "Node":
    """Parse JSON. A key that is written twice and a number that is no text are refused."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice = _twice([key for key, _ in pairs])
        if twice is not None:
            raise refuse(file, f"“{twice[:CUT]}” is written twice in one object")
        return dict(pairs)

    try:
        return Node(json.loads(text, object_pairs_hook=unique), file)
    except json.JSONDecodeError as error:
        place = f"{file}, line {error.lineno}, column {error.colno}"
        raise refuse(place, f"not JSON: {error.msg}") from error
    except RecursionError as error:
        raise refuse(file, "is nested too deeply") from error
    except ValueError as error:  # An integer of thousands of digits.
        raise refuse(file, "holds a number that is too long") from error


@dataclass(frozen=True)
class Node:
    """A value in a data file, and the place where it stands."""

    value: Any
    place: str

    def keys(self, needed: set[str], optional: frozenset[str] | set[str] = frozenset()) -> None:
        """Refuse anything but an object with all of `needed` and nothing beyond `optional`."""
        if not isinstance(self.value, dict):
            raise refuse(self.place, "must be an object { }")
        if missing := sorted(needed - set(self.value)):
            raise refuse(self.place, f"lacks “{missing[0]}”")
        if unknown := sorted(set(self.value) - needed - optional):
            raise refuse(f"{self.place}.{unknown[0]}", "is not a key that belongs here")

    def child(self, key: str) -> "Node":
        return Node(self.value.get(key), f"{self.place}.{key}")

    def each(
        self, key: str, read: Callable[["Node"], Entry], most: int = MOST
    ) -> tuple[Entry, ...]:
        """Read a list of entries; the place of an entry carries its number, from 1."""
        items = self.value.get(key)
        if not isinstance(items, list) or not items:
            raise refuse(f"{self.place}.{key}", "must be a list [ ] with at least one entry")
        if len(items) > most:
            raise refuse(f"{self.place}.{key}", f"has more than {most} entries")
        return tuple(
            read(Node(item, f"{self.place}.{key}[{number}]"))
            for number, item in enumerate(items, start=1)
        )

    def text(self, key: str, longest: int, *, empty: bool = False) -> str:
        value = self.value.get(key, "" if empty else None)
        if not isinstance(value, str) or value != value.strip() or (not value and not empty):
            raise refuse(f"{self.place}.{key}", "must be a text without spaces at its ends")
        if len(value) > longest:
            raise refuse(f"{self.place}.{key}", f"is longer than {longest} characters")
        if _UNWRITABLE.search(value):
            raise refuse(f"{self.place}.{key}", "holds a control character")
        return value

    def word(self, key: str, words: type[Word]) -> Word:
        value = self.text(key, 40)
        try:
            return words(value)
        except ValueError as error:
            known = ", ".join(words)
            raise refuse(f"{self.place}.{key}", f"“{value}” is none of: {known}") from error

    def optional_word(self, key: str, words: type[Word], default: Word) -> Word:
        return self.word(key, words) if key in self.value else default

    def number(self, key: str) -> Decimal | None:
        """An exact number written as text, or None where the key is absent."""
        value = self.value.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise refuse(f"{self.place}.{key}", "must be a number written as text, like “12.5”")
        try:
            return exact(value)
        except NotANumber as error:
            raise refuse(
                f"{self.place}.{key}", f"“{value[:CUT]}” is not an exact number"
            ) from error

    def whole(self, key: str) -> int | None:
        value = self.value.get(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 1000:
            raise refuse(f"{self.place}.{key}", "must be a whole number from 0 to 1000")
        return value

    def flag(self, key: str) -> bool:
        value = self.value.get(key, False)
        if not isinstance(value, bool):
            raise refuse(f"{self.place}.{key}", "must be true or false")
        return value

    def day(self, key: str) -> date | None:
        value = self.value.get(key)
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise refuse(
                f"{self.place}.{key}", f"“{str(value)[:CUT]}” is not a day like 2026-04-01"
            ) from error

    def period(self) -> tuple[date | None, date | None]:
        """`valid_from` and `valid_to`, half-open: the second is the first day without force."""
        first, end = self.day("valid_from"), self.day("valid_to")
        if first and end and first >= end:
            raise refuse(f"{self.place}.valid_to", "must be later than valid_from")
        return first, end

    def format(self, name: str) -> None:
        if not isinstance(self.value, dict) or self.value.get("format") != name:
            raise refuse(f"{self.place}.format", f"must be “{name}”")


def unique(codes: list[str], place: str) -> None:
    twice = _twice(codes)
    if twice is not None:
        raise refuse(place, f"“{twice}” stands there twice")


def _twice(names: list[str]) -> str | None:
    """The first name that stands there again; one pass, for a file may hold a hundred thousand."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
