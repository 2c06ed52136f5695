"""One text for one value: JSON as in RFC 8785, narrowed so that no library is needed to check it.

Keys are ASCII, numbers are integers that every JSON reader holds exactly, everything else that
counts is text. Under those limits Python's own `json.dumps` with sorted keys and no spaces gives
the bytes that RFC 8785 prescribes. Pure: standard library only.

| Python | written as |
|---|---|
| Decimal | text, no exponent, no trailing zeros: equal numbers have equal text |
| aware datetime | text, UTC, microseconds, `Z`: 2026-03-01T07:00:00.000000Z |
| date | text: 2026-03-01 |
| str, int, bool, None | as JSON |
| mapping, list, tuple | object, array, array |
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from marketplace.errors import Invalid

# Beyond it a reader that holds numbers as doubles would read another integer (RFC 8785, app. B).
MAX_INTEGER = 2**53 - 1


class NotCanonical(Invalid):
    """A value that has no canonical text, or a text that is not canonical."""

    code = "not-canonical"


def dumps(value: Any) -> str:
    """Return the canonical text; raises NotCanonical, naming the place, for what has none."""
    return json.dumps(
        simplify(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def loads(text: str) -> Any:
    """Read JSON, refusing floats, NaN and keys given twice."""
    try:
        return json.loads(
            text, parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_once_each
        )
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"This is not JSON: {error}.") from error


def digest(text: str) -> str:
    """SHA-256 of the text in UTF-8, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def instant(moment: datetime) -> str:
    """UTC with microseconds, 27 characters; refuses an instant without a time zone."""
    if moment.utcoffset() is None:
        raise NotCanonical("An instant needs a time zone.", remedy="Pass an aware datetime.")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def number(value: Decimal) -> str:
    """Plain decimal text without exponent or trailing zeros; zero has no sign."""
    if not value.is_finite():
        raise NotCanonical(f"{value} is not a number.")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def simplify(value: Any, where: str = "") -> Any:
    """Turn the value into what JSON itself knows, or raise NotCanonical with the place in it."""
    if isinstance(value, Mapping):
        return {_key(k, where): simplify(v, f"{where}.{k}") for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [simplify(item, f"{where}[{i}]") for i, item in enumerate(value)]
    try:
        return _scalar(value)
    except NotCanonical as error:
        error.where = error.where or where or None
        raise


def _scalar(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    raise NotCanonical(
        f"A {type(value).__name__} has no canonical text.",
        remedy="Use text, whole numbers, Decimal, dates, mappings and lists; floats are inexact.",
    )


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise NotCanonical("Text holds half a character (a lone surrogate).") from error
    return str(value)


def _integer(value: int) -> int:
    if abs(value) > MAX_INTEGER:
        raise NotCanonical(
            f"{value} is too large for a JSON number.", remedy="Pass it as Decimal or text."
        )
    return int(value)


def _key(key: object, where: str) -> str:
    if not isinstance(key, str) or not key.isascii():
        raise NotCanonical(f"The key {key!r} is not ASCII text.", where=where or None)
    return str(key)


def _no_float(text: str) -> None:
    raise NotCanonical(f"{text} is not exact.", remedy="Write numbers with a fraction as text.")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotCanonical("A key is given twice.")
    return found
