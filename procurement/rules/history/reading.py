"""The mapping read strictly from plain TOML values, with errors that name the place."""

import codecs
import re
import string
import tomllib
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any, Final, NoReturn

from procurement.rules.history import dates
from procurement.rules.history.errors import MappingInvalid
from procurement.rules.history.mapping import (
    FORMAT,
    KEEP,
    NUMBER,
    REFUSE,
    BidMap,
    DateMap,
    FileShape,
    Mapping,
    Mark,
    Source,
    TenderMap,
)

_SOURCE_NAME = re.compile(r"[a-z][a-z0-9-]{0,15}")
_ASCII_SAMPLE: Final = "\n\r\",;:|\t'0123456789.-"
_Reader = Callable[[Any, str], Any]


def refuse(place: str, what: str, remedy: str) -> NoReturn:
    raise MappingInvalid(f"{place}: {what}.", where=place, remedy=remedy)


def parse(data: bytes) -> Mapping:
    """A mapping from the bytes of a TOML file. Raises MappingInvalid, naming the place."""
    try:
        return read(tomllib.loads(data.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise MappingInvalid(
            f"Byte {error.start + 1} of the mapping is not UTF-8.",
            where=f"byte {error.start + 1}",
            remedy="Save the mapping as UTF-8.",
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise MappingInvalid(
            f"The mapping is not TOML: {error}.",
            where="mapping",
            remedy="See the example in docs/reference/history-mapping-example.toml.",
        ) from error


def read(value: dict[str, Any]) -> Mapping:
    """The mapping; raises MappingInvalid at the first thing that is unknown, missing or wrong."""
    found = _members(value, "", _TOP, ("format", "source", "tender", "date", "bid"))
    mapping = Mapping(
        source=found["source"],
        file=found.get("file", FileShape()),
        tender=found["tender"],
        date=found["date"],
        bid=found["bid"],
    )
    _check_prices(mapping.bid)
    _check_marks(mapping.file)
    return mapping


def _members(
    value: Any, place: str, readers: dict[str, _Reader], needed: Sequence[str] = ()
) -> dict[str, Any]:
    """The members of a table, each read by its reader; no other key may stand there."""
    if not isinstance(value, dict):
        refuse(place, "must be a table", f"Write [{place}] with its keys below it.")
    for key in value:
        if key not in readers:
            _unknown(f"{place}.{key}".lstrip("."), key, list(readers))
    for key in needed:
        if key not in value:
            at = f"{place}.{key}".lstrip(".")
            refuse(at, "is missing", "See the example in docs/reference/history-import.md.")
    return {key: readers[key](inner, f"{place}.{key}".lstrip(".")) for key, inner in value.items()}


def _unknown(place: str, key: str, known: list[str]) -> NoReturn:
    near = get_close_matches(key, known, n=1)
    hint = f'Did you mean "{near[0]}"? ' if near else ""
    refuse(place, f'"{key}" is not a known key', f"{hint}Known: {', '.join(known)}.")


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value:
        refuse(place, "must be a text in quotes that is not empty", 'For instance: "USD".')
    return value


def _texts(value: Any, place: str) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not listed:
        refuse(place, "must be a list of texts", 'For instance: ["1", "yes"].')
    return tuple(_text(inner, f"{place}[{index}]") for index, inner in enumerate(listed))


def _name(value: Any, place: str) -> str:
    if not _SOURCE_NAME.fullmatch(_text(value, place)):
        refuse(
            place,
            f'"{value}" cannot be part of a reference',
            "Use 1 to 16 lower-case letters, digits and hyphens, beginning with a letter.",
        )
    return str(value)


def _one_of(*allowed: str) -> _Reader:
    def reader(value: Any, place: str) -> str:
        if value not in allowed:
            words = ", ".join(f'"{word}"' for word in allowed)
            refuse(place, f"{value!r} is not one of the choices", f"Write one of: {words}.")
        return str(value)

    return reader


def _source(value: Any, place: str) -> Source:
    if isinstance(value, str):
        return Source(column=_text(value, place))
    readers: dict[str, _Reader] = {"column": _text, "text": _text, "template": _template}
    found = _members(value, place, readers)
    if len(found) != 1:
        refuse(
            place,
            "needs exactly one of column, text, template",
            'A column is written "name", a constant { text = "USD" }.',
        )
    return Source(**found)


def _template(value: Any, place: str) -> str:
    try:
        parts = list(string.Formatter().parse(_text(value, place)))
    except ValueError as error:
        refuse(place, f"the template cannot be read ({error})", "Write {column} for each column.")
    if any(spec or conversion or name == "" for _, name, spec, conversion in parts):
        refuse(place, "has more than names in its braces", "Write only {column}, nothing else.")
    if any(name and re.search(r"[.\[\]]", name) for _, name, _, _ in parts):
        refuse(
            place,
            "names a column with a dot or a bracket",
            "Rename that column, or use a plain column instead of a template.",
        )
    return str(value)


def _mark(value: Any, place: str) -> Mark:
    readers: dict[str, _Reader] = {"column": _text, "values": _texts, "equals": _text}
    found = _members(value, place, readers, ("column",))
    if ("values" in found) == ("equals" in found):
        refuse(
            place,
            "needs either values or equals",
            '{ column = "won", values = ["1"] } or { column = "winner", equals = "bidder" }.',
        )
    return Mark(**found)


def _encoding(value: Any, place: str) -> str:
    try:
        known = codecs.lookup(_text(value, place)).name
        as_ascii = _ASCII_SAMPLE.encode(known) == _ASCII_SAMPLE.encode()
    except (LookupError, UnicodeError, TypeError):
        refuse(place, f'"{value}" is not a known encoding', 'For instance: "utf-8", "latin-1".')
    if not as_ascii and known != "utf-8-sig":
        refuse(place, f'"{value}" is not supported', "Save the file as UTF-8 and write that here.")
    return "utf-8" if known == "utf-8-sig" else known


def _character(value: Any, place: str) -> str:
    if len(_text(value, place)) != 1 or value in '"\r\n':
        refuse(place, f"{value!r} is not a single character", 'For instance: ";" or "\\t".')
    return str(value)


def _maybe_character(value: Any, place: str) -> str:
    return "" if value == "" else _character(value, place)


def _date_format(value: Any, place: str) -> str:
    try:
        dates.pattern(_text(value, place))
    except dates.BadFormat as error:
        refuse(place, str(error), 'For instance: "%d/%m/%Y".')
    return str(value)


def _offset(value: Any, place: str) -> str:
    try:
        dates.zone(_text(value, place))
    except dates.BadFormat as error:
        refuse(place, str(error), 'For instance: "+02:00".')
    return str(value)


def _pivot(value: Any, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1900 <= value <= 2000:
        refuse(
            place,
            f"{value!r} is not a year from 1900 to 2000",
            "Write the first of the hundred years that two digits can mean, for instance 1970.",
        )
    return int(value)


def _format(value: Any, place: str) -> str:
    return str(_one_of(FORMAT)(value, place))


def _file(value: Any, place: str) -> FileShape:
    return FileShape(**_members(value, place, _FILE))


def _tender(value: Any, place: str) -> TenderMap:
    return TenderMap(**_members(value, place, _TENDER, ("key", "title", "buyer", "currency")))


def _date(value: Any, place: str) -> DateMap:
    found = DateMap(**_members(value, place, _DATE))
    parts = [found.year, found.month, found.day]
    whole = bool(found.column and found.format) and not any(parts)
    if not whole and (found.column or found.format or not all(parts)):
        refuse(
            place,
            "needs either column and format, or year, month and day",
            'For instance: column = "date" and format = "%d/%m/%Y".',
        )
    if "%y" in found.format and found.two_digit_years_from is None:
        refuse(
            f"{place}.two_digit_years_from",
            "is missing, and %y does not say the century",
            "Write the first of the hundred years that two digits can mean, for instance 1970.",
        )
    return found


def _bid(value: Any, place: str) -> BidMap:
    return BidMap(**_members(value, place, _BID, ("tenderer",)))


def _check_prices(bid: BidMap) -> None:
    if (bid.amount is None) == (bid.unit_price is None):
        refuse(
            "bid",
            "needs either amount (a total) or unit_price",
            "Name the column that holds the price in one of the two.",
        )
    if bid.amount is not None and (bid.quantity or bid.unit):
        refuse(
            "bid.quantity" if bid.quantity else "bid.unit",
            "belongs to a unit price, and amount is a total",
            "Write unit_price instead of amount, or leave quantity and unit out.",
        )


def _check_marks(file: FileShape) -> None:
    if file.decimal_mark == file.thousands_mark:
        refuse(
            "file.thousands_mark",
            f'is the same as decimal_mark ("{file.decimal_mark}")',
            "Say which of the two the file writes between thousands, and which before decimals.",
        )


_FILE: Final[dict[str, _Reader]] = {
    "encoding": _encoding,
    "delimiter": _character,
    "decimal_mark": _one_of(".", ",", "·", "٫"),
    "thousands_mark": _maybe_character,
    "currency_marks": _texts,
}
_TENDER: Final[dict[str, _Reader]] = {
    "key": _texts,
    "title": _source,
    "description": _source,
    "buyer": _source,
    "currency": _source,
    "province": _source,
    "commodity": _source,
    "reserve_price": _source,
    "minimum_price": _source,
    "bounds_are": _one_of("totals", "unit prices"),
    "no_winner": _mark,
    "cancelled": _mark,
}
_DATE: Final[dict[str, _Reader]] = {
    "column": _text,
    "format": _date_format,
    "year": _source,
    "month": _source,
    "day": _source,
    "two_digit_years_from": _pivot,
    "utc_offset": _offset,
}
_BID: Final[dict[str, _Reader]] = {
    "tenderer": _source,
    "amount": _source,
    "unit_price": _source,
    "quantity": _source,
    "unit": _source,
    "without_amount": _one_of(REFUSE, KEEP),
    "same_tenderer_again": _one_of(REFUSE, NUMBER),
    "remark": _source,
    "disqualified": _mark,
    "winner": _mark,
}
_TOP: Final[dict[str, _Reader]] = {
    "format": _format,
    "source": _name,
    "file": _file,
    "tender": _tender,
    "date": _date,
    "bid": _bid,
}
