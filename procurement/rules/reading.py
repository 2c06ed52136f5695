"""Strict reading of JSON, one value at a time, with errors that name the place.

A place is written as in a program: bids[3].lines[0].unit_price. Numbers come as strings, because
JSON's own numbers lose digits in many readers.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, NoReturn, TypeVar

from marketplace.errors import Invalid
from procurement.rules import money

MAX_TEXT = 4000
MAX_ID = 200
MAX_LIST = 100_000

_Read = TypeVar("_Read")

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")


class InvalidCase(Invalid):
    """The case cannot be evaluated as it is; `where` names the place."""

    code = "invalid-case"


def refuse(place: str, message: str, remedy: str | None = None) -> NoReturn:
    """Raise InvalidCase with one line that begins with the place."""
    raise InvalidCase(f"{place}: {message}", where=place, remedy=remedy)


def parse(data: str | bytes) -> Any:
    """JSON text to plain values; refuses NaN, repeated keys, and what is not JSON at all."""
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        refuse("case", f"byte {error.start} is not UTF-8; save the file as UTF-8")
    except json.JSONDecodeError as error:
        refuse("case", f"not JSON at line {error.lineno}, column {error.colno}: {error.msg}")
    except RecursionError:
        refuse("case", "nested too deeply")
    except ValueError as error:
        refuse("case", f"a number is too long: {error}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        refuse("case", f'the key "{excerpt(twice)}" stands twice in one object')
    return members


def _no_constant(name: str) -> NoReturn:
    refuse("case", f"{name} is not a number that can be evaluated")


def members(
    value: Any, place: str, keys: Sequence[str], optional: Sequence[str] = ()
) -> dict[str, Any]:
    """An object with exactly these keys; the optional ones come out as None where absent."""
    if not isinstance(value, dict):
        refuse(place, f"{_kind(value)} where an object is needed")
    for key in keys:
        if key not in value:
            refuse(place, f'the key "{key}" is missing')
    if len(value) != len(keys):
        _refuse_strays(value, place, (*keys, *optional))
    return dict.fromkeys(optional) | value if optional else value


def _refuse_strays(value: dict[str, Any], place: str, known: Sequence[str]) -> None:
    for key in value:
        if key not in known:
            refuse(place, f'"{excerpt(key)}" is not a known key; known: {", ".join(known)}')


def elements(value: Any, place: str) -> Iterator[tuple[Any, str]]:
    """The elements of a list, each with its own place."""
    if not isinstance(value, list | tuple):
        refuse(place, f"{_kind(value)} where a list is needed")
    if len(value) > MAX_LIST:
        refuse(place, f"{len(value)} entries; at most {MAX_LIST} are allowed")
    return ((inner, f"{place}[{index}]") for index, inner in enumerate(value))


def every(one: Callable[[Any, str], _Read], value: Any, place: str) -> tuple[_Read, ...]:
    """A list whose elements are all read by one function."""
    return tuple(one(inner, at) for inner, at in elements(value, place))


def some(one: Callable[[Any, str], _Read], value: Any, place: str) -> tuple[_Read, ...]:
    """The same for a list that may be absent."""
    return () if value is None else every(one, value, place)


def maybe(one: Callable[[Any, str], _Read], value: Any, place: str) -> _Read | None:
    """A value that may be null."""
    return None if value is None else one(value, place)


def text(value: Any, place: str) -> str:
    """A text, possibly empty, without control characters."""
    if not isinstance(value, str):
        refuse(place, f"{_kind(value)} where a text is needed")
    if len(value) > MAX_TEXT:
        refuse(place, f"{len(value)} characters; at most {MAX_TEXT} are allowed")
    if _FORBIDDEN.search(value):
        refuse(place, "contains a control character")
    return value


def identifier(value: Any, place: str) -> str:
    """A short name on one line that is not empty and has no space at its ends."""
    name = text(value, place)
    if len(name.splitlines()) > 1 or "\t" in name:
        refuse(place, "contains a line break or a tab")
    if not name or name != name.strip():
        refuse(place, "must not be empty nor begin or end with a space")
    if len(name) > MAX_ID:
        refuse(place, f"{len(name)} characters; at most {MAX_ID} are allowed")
    return name


def choice(value: Any, place: str, allowed: Sequence[str]) -> str:
    """One of a fixed set of words."""
    if not isinstance(value, str) or value not in allowed:
        refuse(place, f"{_quoted(value)} is not one of: {', '.join(allowed)}")
    return value


def flag(value: Any, place: str) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        refuse(place, f"{_kind(value)} where true or false is needed")
    return value


def number(value: Any, place: str) -> Fraction:
    """Any exact number, written as a string."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        refuse(place, f"{_quoted(value)} is a bare number; write it as a string in quotes")
    if not isinstance(value, str):
        refuse(place, f"{_kind(value)} where a number in quotes is needed")
    try:
        return money.number(value)
    except money.NotANumber as error:
        refuse(place, error.message)


def amount(value: Any, place: str) -> Fraction:
    """A number that is not below zero."""
    found = number(value, place)
    if found < 0:
        refuse(place, f"{value} is below zero")
    return found


def positive(value: Any, place: str) -> Fraction:
    """A number above zero."""
    found = amount(value, place)
    if found == 0:
        refuse(place, "must be above zero")
    return found


def whole(value: Any, place: str, most: int) -> int:
    """A whole number from 0 to `most`, written as a string."""
    number(value, place)
    if not _WHOLE.fullmatch(value) or int(value) > most:
        refuse(place, f"{_quoted(value)} is not a whole number from 0 to {most}")
    return int(value)


def instant(value: Any, place: str) -> datetime:
    """An instant in UTC, written 2026-03-01T08:00:00Z."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value.removesuffix("Z")).replace(tzinfo=UTC)
        except ValueError:
            refuse(place, f"{_quoted(value)} is not a date that exists")
    refuse(place, f"{_quoted(value)} is not an instant in UTC; write 2026-03-01T08:00:00Z")


def day(value: Any, place: str) -> str:
    """A date that exists, written 2026-03-01."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            refuse(place, f"{_quoted(value)} is not a date that exists")
    refuse(place, f"{_quoted(value)} is not a date; write 2026-03-01")


def instant_text(value: datetime) -> str:
    """The one way in which an instant is written: UTC, Z, no trailing zeros."""
    in_utc = value.astimezone(UTC).replace(tzinfo=None).isoformat()
    return (in_utc.rstrip("0") if "." in in_utc else in_utc) + "Z"


def excerpt(value: str) -> str:
    """A text short and clean enough to stand in one line."""
    return _FORBIDDEN.sub("?", value if len(value) <= 40 else value[:40] + "…").replace("\n", " ")


def _quoted(value: Any) -> str:
    if isinstance(value, str):
        return f'"{excerpt(value)}"'
    return excerpt(repr(value)) if isinstance(value, int | float) else _kind(value)


def _kind(value: Any) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    kinds |= {int: "a bare number", float: "a bare number", type(None): "null"}
    return kinds.get(type(value), f"a {type(value).__name__}")
