"""Facts and results as plain JSON values: one rule for all of them."""

from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from fractions import Fraction
from functools import cache
from typing import Any

from procurement.rules.money import plain
from procurement.rules.reading import instant_text


def as_json(value: Any) -> Any:
    """Plain values; numbers become strings, instants UTC text, dataclasses objects.

    A field that has a default is optional: while it has that value its key is left out.
    TypeError for anything else: above all for a float, which has no place here.
    """
    kind = type(value)
    if kind is Fraction:
        return plain(value)
    if kind is str or value is None:
        return value
    if kind is tuple:
        return [as_json(inner) for inner in value]
    if is_dataclass(value) and not isinstance(value, type):
        return _members(value, _fields(type(value)))
    return _leaf(value)


def _members(value: Any, names: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    found = {}
    for name, default in names:
        inner = getattr(value, name)
        # Comparing exact numbers is slow; most fields have no default to compare with.
        if default is MISSING or inner != default:
            found[name] = as_json(inner)
    return found


def _leaf(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return instant_text(value)
    raise TypeError(f"{value!r} is not an exact value")


@cache
def _fields(kind: type) -> tuple[tuple[str, Any], ...]:
    """Names with their defaults; MISSING where a field has none."""
    return tuple((field.name, field.default) for field in fields(kind))
