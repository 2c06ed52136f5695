"""Changes to a grade's limits as a form or a program writes them, read strictly."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from produce.rules.facts import Confidence, Direction, Kind
from produce.rules.limits import LimitFact
from produce.rules.numbers import exact
from produce.rules.specification import (
    TENDER_SOURCE,
    AddLimit,
    BadChange,
    LimitChange,
    RemoveLimit,
    SetLimit,
)

Word = TypeVar("Word", bound=StrEnum)
_BOUNDS = {"minimum", "maximum", "text", "source"}
_KEYS = {
    "set": _BOUNDS,
    "remove": set(),
    "add": _BOUNDS | {"name", "unit", "kind", "direction", "method", "is_safety"},
}


def read_changes(rows: Sequence[Mapping[str, object]]) -> list[LimitChange]:
    """Read rows with `action` (set, add, remove), `code` and the limit; numbers are text.

    Raises BadChange or NotANumber with the number of the row, from 1.
    """
    return [_change(row, f"changes[{number}]") for number, row in enumerate(rows, start=1)]


def _change(row: Mapping[str, object], place: str) -> LimitChange:
    action = str(row.get("action", ""))
    if action not in _KEYS:
        raise _bad(f"{place}.action", f"“{action}” is none of: {', '.join(_KEYS)}")
    if unknown := sorted(set(row) - _KEYS[action] - {"action", "code"}):
        raise _bad(f"{place}.{unknown[0]}", f"does not belong to “{action}”")
    code = _text(row, "code", place)
    if not code:
        raise _bad(f"{place}.code", "must name the parameter")
    if action == "remove":
        return RemoveLimit(code)
    return _set(row, code, place) if action == "set" else _add(row, code, place)


def _set(row: Mapping[str, object], code: str, place: str) -> SetLimit:
    return SetLimit(
        code=code,
        minimum=_number(row, "minimum", place),
        maximum=_number(row, "maximum", place),
        text=_text(row, "text", place),
        source=_text(row, "source", place) or TENDER_SOURCE,
    )


def _add(row: Mapping[str, object], code: str, place: str) -> AddLimit:
    bounds = _set(row, code, place)
    return AddLimit(
        LimitFact(
            code=code,
            name=_text(row, "name", place),
            unit=_text(row, "unit", place),
            kind=_word(row, "kind", Kind, place),
            direction=_word(row, "direction", Direction, place),
            method=_text(row, "method", place),
            is_safety=row.get("is_safety") is True,
            minimum=bounds.minimum,
            maximum=bounds.maximum,
            text=bounds.text,
            source=bounds.source,
            # The tender itself is the source of a limit that the buyer sets.
            confidence=Confidence.VERIFIED,
        )
    )


def _number(row: Mapping[str, object], key: str, place: str) -> Decimal | None:
    value = row.get(key)
    return None if value in (None, "") else exact(value, f"{place}.{key}")


def _text(row: Mapping[str, object], key: str, place: str) -> str:
    value = row.get(key, "")
    if not isinstance(value, str):
        raise _bad(f"{place}.{key}", "must be a text")
    return value.strip()


def _word(row: Mapping[str, object], key: str, words: type[Word], place: str) -> Word:
    value = _text(row, key, place)
    try:
        return words(value)
    except ValueError as error:
        raise _bad(f"{place}.{key}", f"“{value}” is none of: {', '.join(words)}") from error


def _bad(place: str, why: str) -> BadChange:
    return BadChange(f"{place} {why}.", where=place, remedy="Correct this change and send again.")
