"""The catalogues: read, brought up to date, filled from a spreadsheet, written with their .mo."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from marketplace.errors import Invalid
from marketplace.web.languages import extract

LANGUAGES = ("sn", "nd")
CONFIRMED = "confirmed by a native speaker"
COLUMNS = ("message", "plural", "where", "translation", "translation_plural", "confirmed")
_PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]")
_DAY = datetime(2026, 11, 29, tzinfo=UTC)
_HEADER = "# What Musika's pages say. See docs/reference/languages.md."


@dataclass(frozen=True)
class State:
    """How far a language is: strings, those translated, those a native speaker confirmed."""

    strings: int
    translated: int
    confirmed: int


def folder(base: Path, language: str) -> Path:
    return base / "marketplace" / "web" / "locale" / language / "LC_MESSAGES"


def empty(language: str) -> Catalog:
    """A catalogue without strings; its header says nothing that changes from day to day."""
    return Catalog(
        locale=language,
        domain="django",
        header_comment=_HEADER,
        project="Musika",
        version="1",
        msgid_bugs_address="docs/reference/languages.md",
        last_translator="see docs/reference/languages.md",
        language_team=language,
        creation_date=_DAY,
        revision_date=_DAY,
        fuzzy=False,
    )


def load(base: Path, language: str) -> Catalog:
    path = folder(base, language) / "django.po"
    if not path.exists():
        return empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django")


def updated(old: Catalog, language: str, found: Iterable[extract.Message]) -> Catalog:
    """The strings that there are now, with what was said of them before."""
    new = empty(language)
    for message in found:
        known = old.get(message.text)
        key: Any = (message.text, message.plural) if message.plural else message.text
        alike = known is not None and bool(known.pluralizable) == bool(message.plural)
        said: Any = known.string if known and alike else None
        notes = known.user_comments if known and said else []
        new.add(key, said, locations=[(message.where, 0)], user_comments=notes)
    return new


def save(base: Path, language: str, catalogue: Catalog) -> None:
    """Write the text that people read and the binary that the pages read, the same every time."""
    place = folder(base, language)
    place.mkdir(parents=True, exist_ok=True)
    with (place / "django.po").open("wb") as file:
        write_po(file, catalogue, width=100, sort_output=True, include_lineno=False)
    with (place / "django.mo").open("wb") as file:
        write_mo(file, catalogue)


def is_translated(message: Message) -> bool:
    said = message.string
    return all(said) if isinstance(said, list | tuple) else bool(said)


def state(catalogue: Catalog) -> State:
    rows = [message for message in catalogue if message.id]
    return State(
        len(rows),
        sum(1 for row in rows if is_translated(row)),
        sum(1 for row in rows if CONFIRMED in row.user_comments),
    )


def write_sheet(file: IO[str], catalogue: Catalog, *, only_missing: bool) -> int:
    """Write the translators' sheet; return how many rows it has."""
    sheet, rows = csv.writer(file), 0
    sheet.writerow(COLUMNS)
    for message in catalogue:
        if message.id and not (only_missing and is_translated(message)):
            sheet.writerow(_row(message))
            rows += 1
    return rows


def _row(message: Message) -> list[str]:
    text, plural = message.id if isinstance(message.id, tuple) else (str(message.id), "")
    said = message.string
    one, many = (said[0], said[1]) if isinstance(said, list | tuple) else (said or "", "")
    where = message.locations[0][0] if message.locations else ""
    return [text, plural, where, one, many, "yes" if CONFIRMED in message.user_comments else ""]


def take_sheet(file: IO[str], catalogue: Catalog) -> int:
    """Fill the catalogue from a sheet; return how many strings it gave.

    Raises Invalid, naming the line, for a string that is not there or whose places (`%(name)s`)
    were lost; nothing is taken then.
    """
    rows = csv.DictReader(file)
    if not set(COLUMNS[:4]) <= set(rows.fieldnames or ()):
        raise Invalid(f"The sheet needs the columns {', '.join(COLUMNS)}.", where="line 1")
    given = [(rows.line_num, row) for row in rows if row["translation"]]
    for line, row in given:
        _check(row, catalogue, f"line {line}")
    for _, row in given:
        _take(row, catalogue)
    return len(given)


def _check(row: dict[str, str], catalogue: Catalog, where: str) -> None:
    message = catalogue.get(row["message"])
    if message is None:
        raise Invalid(f"No page says “{row['message']}”.", where=where)
    # Of a counted string, one form may say “one” in words: it is held to the form with the number.
    lasting = row["plural"] or row["message"]
    said = row.get("translation_plural") or row["translation"]
    if places(lasting) != places(said):
        raise Invalid(f"“{said}” must keep {_PLACES.findall(lasting)}.", where=where)


def places(text: str) -> list[str]:
    """The places that a page fills in, in no order: `%(name)s`, `%d`."""
    return sorted(_PLACES.findall(text))


def _take(row: dict[str, str], catalogue: Catalog) -> None:
    message = catalogue.get(row["message"])
    assert message is not None  # checked before
    one, many = row["translation"], row.get("translation_plural") or row["translation"]
    message.string = (one, many) if message.pluralizable else one
    message.user_comments = [CONFIRMED] if row.get("confirmed", "").lower() == "yes" else []
