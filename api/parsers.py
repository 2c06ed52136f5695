"""JSON as strict as a contract: UTF-8, each key once, no NaN, no number with a fraction."""

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

DEEPEST = 32


class StrictJSONParser(BaseParser):
    """Refuses whatever two readers could take in two ways; raises ParseError."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return loads(stream.read())


def loads(raw: bytes) -> Any:
    try:
        data = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_no_fraction,
        )
    except UnicodeDecodeError as error:
        raise ParseError(f"Byte {error.start} is not UTF-8: send JSON in UTF-8.") from None
    except json.JSONDecodeError as error:
        raise ParseError(
            f"Not JSON at line {error.lineno}, column {error.colno}: {error.msg}."
        ) from None
    except RecursionError:
        raise ParseError("Nested too deeply.") from None
    except ValueError:
        raise ParseError("A number is too long: write numbers as text.") from None
    _check(data, 0)
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ParseError(f"The key “{key[:40]}” stands twice in one object.")
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise ParseError(f"{name} is not a number.")


def _no_fraction(text: str) -> NoReturn:
    raise ParseError(
        f"{text[:40]} is a bare number with a fraction, which many readers make inexact: "
        f"write it as text, “{text[:40]}”."
    )


def _check(value: Any, depth: int) -> None:
    """Lone surrogates cannot be stored or hashed; depth is bounded before anything walks it."""
    if depth > DEEPEST:
        raise ParseError("Nested too deeply.")
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            raise ParseError("A text holds half a character (a lone surrogate).")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check(key, depth + 1)
            _check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth + 1)
