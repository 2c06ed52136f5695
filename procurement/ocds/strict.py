"""Reads one release or record strictly: what two readers could take differently is refused."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from procurement.ocds.merge import profile
from procurement.ocds.values import instant

DEEPEST: Final = 24
MOST_DIGITS: Final = 40
OCID: Final = re.compile(r"ocds-[a-z0-9]{6}-[^\s\x00-\x1f]{1,100}")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
# What reaches a person: never kept, whatever the source had a right to publish.
PERSONAL: Final = frozenset(
    {"contactPoint", "additionalContactPoints", "email", "telephone", "faxNumber"}
)
KEPT_BY_POLICY: Final = "is about how to reach a person, which is not published here"
UNKNOWN: Final = "is no field of the standard or of an extension that is known here"


class NotRead(Exception):
    """The text is no JSON that has one meaning."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something at a place, as a JSON pointer. `refused`: nothing of the process is imported."""

    where: str
    why: str
    refused: bool


def read(text: str) -> Any:
    """Raises NotRead: repeated keys, NaN, NUL, half characters, numbers beyond all measure."""
    try:
        found = json.loads(
            text,
            parse_float=_number,
            parse_int=_integer,
            parse_constant=_constant,
            object_pairs_hook=_once_each,
        )
    except RecursionError as error:
        raise NotRead("is nested too deeply") from error
    except ValueError as error:
        raise NotRead(f"is not JSON ({error})") from error
    if "\\u0000" in text:
        # As written, or the six characters of it after an escaped backslash: refused both.
        raise NotRead("holds a NUL character")
    if "\\ud" in text.lower():
        _whole_characters(found)
    return found


def _whole_characters(value: Any) -> None:
    try:
        json.dumps(value, default=str, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise NotRead("holds half a character (a lone surrogate)") from error


def _number(text: str) -> Decimal:
    found = Decimal(text)
    _, digits, exponent = found.as_tuple()
    # As it would be written out, without an exponent.
    if max(len(digits), -int(exponent), len(digits) + int(exponent)) > MOST_DIGITS:
        raise NotRead(f"holds a number of more than {MOST_DIGITS} digits")
    return found


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise NotRead(f"holds a number of more than {MOST_DIGITS} digits")
    return int(text)


def _constant(text: str) -> None:
    raise NotRead(f"holds {text}, which is no number")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise NotRead(f"names “{twice[:60]}” twice in one object")
    return found


def cleaned(release: Mapping[str, Any]) -> tuple[dict[str, Any], list[Finding]]:
    """What of a release has a place here, and what was left out or cannot be taken."""
    findings: list[Finding] = []
    found = _object(release, "", "", findings)
    return found, findings


def _object(
    value: Mapping[str, Any], path: str, where: str, findings: list[Finding]
) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    fields = profile()["fields"]
    for key, item in value.items():
        here, at = f"{path}{key}", f"{where}/{key}"
        kind = fields.get(here)
        if key in PERSONAL:
            findings.append(Finding(at, KEPT_BY_POLICY, refused=False))
        elif kind is None:
            findings.append(Finding(at, UNKNOWN, refused=False))
        elif (taken := _value(item, kind, here, at, findings)) not in (None, "", [], {}):
            kept[key] = taken
    return kept


def _value(value: Any, kind: str, path: str, where: str, findings: list[Finding]) -> Any:
    if value is None:
        return None
    if where.count("/") > DEEPEST:
        findings.append(Finding(where, "is nested too deeply", refused=True))
        return None
    wanted, _, codes = kind.partition("=")
    outer, _, inner = wanted.partition(":")
    if why := _wrong(value, outer):
        findings.append(Finding(where, why, refused=True))
        return None
    if isinstance(value, Mapping):
        return _object(value, f"{path}/", where, findings)
    if isinstance(value, list):
        return _list(value, inner, path, where, findings)
    if isinstance(value, str):
        return _instant(value) if "d" in outer else _text(value, codes, where, findings)
    return value


def _instant(value: str) -> str:
    """As it came where it is in UTC; else the same instant in UTC, as everything here is."""
    text = value.strip()
    if not text or text.endswith("Z"):
        return text
    return instant(datetime.fromisoformat(text.upper().replace("Z", "+00:00")))


def _list(value: list[Any], inner: str, path: str, where: str, findings: list[Finding]) -> Any:
    kept = []
    for number, item in enumerate(value):
        at = f"{where}/{number}"
        if isinstance(item, list) and "a" in inner and not _are_coordinates(item):
            findings.append(Finding(at, "is no list of coordinates", refused=True))
        elif inner and (why := _wrong(item, inner)):
            findings.append(Finding(at, why, refused=True))
        elif isinstance(item, Mapping):
            if taken := _object(item, f"{path}/", at, findings):
                kept.append(taken)
        elif item is not None:
            kept.append(item)
    return kept


def _are_coordinates(value: object, depth: int = 0) -> bool:
    """Numbers, in lists no deeper than a map needs."""
    if isinstance(value, list):
        return depth < 4 and all(_are_coordinates(item, depth + 1) for item in value)
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _text(value: str, codes: str, where: str, findings: list[Finding]) -> str | None:
    found = value.strip()
    if codes and found and found not in codes.split("|"):
        why = f"is “{found[:40]}”, which is not in the closed list of codes"
        findings.append(Finding(where, why, refused=True))
        return None
    return found


NAMES: Final = {
    "s": "text",
    "n": "a number",
    "i": "a whole number",
    "b": "true or false",
    "o": "an object",
    "a": "a list",
}


def _wrong(value: Any, kinds: str) -> str:
    """Why a value is not of the kind; empty if it is. A number in quotation marks is text."""
    if not kinds or _is_one(value, kinds):
        if "d" in kinds and isinstance(value, str) and value.strip() and not _is_instant(value):
            return f"is “{value[:40]}”, not an instant with a zone (RFC 3339)"
        return ""
    wanted = " or ".join(NAMES[kind] for kind in kinds if kind in NAMES)
    shown = f" (“{value[:40]}”)" if isinstance(value, str) else ""
    return f"is {_name(value)}{shown} where {wanted} belongs"


def _is_one(value: Any, kinds: str) -> bool:
    return value is None or any(kind in kinds for kind in _kinds(value))


def _kinds(value: Any) -> Iterator[str]:
    if isinstance(value, bool):
        yield "b"
    elif isinstance(value, int):
        yield from "in"
    elif isinstance(value, Decimal):
        yield from "ni" if value == value.to_integral_value() else "n"
    else:
        yield "s" if isinstance(value, str) else "a" if isinstance(value, list) else "o"


def _name(value: Any) -> str:
    return NAMES[next(iter(_kinds(value)))]


def _is_instant(text: str) -> bool:
    if not _RFC3339.fullmatch(text.strip()):
        return False
    try:
        datetime.fromisoformat(text.strip().upper().replace("Z", "+00:00"))
    except ValueError:
        return False
    return True
