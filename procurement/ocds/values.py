"""Numbers, instants and texts as OCDS writes them, and the one JSON text of a release.

OCDS amounts are JSON numbers. A Decimal goes out with exactly its digits: as a JSON number that a
reader of doubles may round, and a reader of decimals does not.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final

from marketplace.ledger.canonical import number as plain

MARK: Final = "\ue000"
_MARKED: Final = re.compile(f'"{MARK}(-?[0-9.]+){MARK}"')


def instant(moment: datetime) -> str:
    """UTC with `Z`, always with microseconds: one precision everywhere, that of the ledger."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def instant_of(text: str | None) -> str | None:
    """The same for an instant that the ledger keeps as text."""
    return None if not text else instant(datetime.fromisoformat(text))


def day(value: str | None, *, end: bool = False) -> str | None:
    """A date as the first or last instant of that day in UTC."""
    if not value:
        return None
    at = time(23, 59, 59) if end else time()
    return instant(datetime.combine(date.fromisoformat(value), at, UTC))


def number(value: Decimal | str | int) -> int | Decimal:
    """Exact: a whole number as int, any other as Decimal."""
    exact = Decimal(value)
    whole = exact.to_integral_value()
    return int(whole) if whole == exact else exact


def money(amount: Decimal | str, currency: str) -> dict[str, Any]:
    return {"amount": number(amount), "currency": currency}


def without_empty(value: Any) -> Any:
    """The same without None, empty texts, lists and objects: OCDS leaves out what is not there."""
    if isinstance(value, Mapping):
        kept = ((key, without_empty(item)) for key, item in value.items())
        return {key: item for key, item in kept if not _is_empty(item)}
    if isinstance(value, list | tuple):
        return [item for item in map(without_empty, value) if not _is_empty(item)]
    return value


def _is_empty(value: Any) -> bool:
    return value is None or value in ({}, []) or (isinstance(value, str) and not value.strip())


def dumps(value: Any) -> str:
    """The one text: keys in order, no spaces, every number with its own digits."""
    text = json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
        default=_written,
    )
    return _MARKED.sub(r"\1", text) if MARK in text else text


def _written(value: object) -> str:
    if not isinstance(value, Decimal) or not value.is_finite():
        raise TypeError(f"A {type(value).__name__} has no place in a release.")
    return f"{MARK}{plain(value)}{MARK}"


def loads(text: str) -> Any:
    """What `dumps` wrote, numbers exact."""
    return json.loads(text, parse_float=Decimal)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def cut(text: str, most: int = 250) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def merged_roles(*groups: Iterable[str]) -> list[str]:
    """All the roles, each once, in one order, so that the list is the same however it came."""
    return sorted({role for group in groups for role in group})
