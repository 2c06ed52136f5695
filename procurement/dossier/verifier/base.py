"""Verify a dossier of Musika offline: this one file, Python 3.9 or newer, nothing else.

    python verify.py dossier.zip --key 'musika.example/ledger+1a2b3c4d+...' [--json]

One line per check: PASS, FAIL with the place, SKIP with the reason. Exit 0: nothing failed; 1: a
check failed; 2: no such file. What each check means stands in docs/reference/dossier.md.
Evaluations are worked out again in a process of its own, by the engine's modules of the digest that
the ledger recorded, with --key, or by your own copy (--engine FOLDER). No other code of it runs.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from collections.abc import Callable
from typing import Any

Body = dict[str, Any]


class Broken(ValueError):
    """Something is not as it must be; the message says what and where."""


class Skip(Exception):
    """A question that cannot be asked here; the message says what it would take."""


TROUBLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
TROUBLE += (RecursionError, struct.error, OSError)  # type: ignore[assignment]


class Report:
    """Answers by question, in the order of first mention; one fault makes a question fail."""

    def __init__(self) -> None:
        self.fine: dict[str, tuple[str, str]] = {}
        self.faults: dict[str, list[str]] = {}

    def ok(self, name: str, detail: str = "", status: str = "PASS") -> None:
        self.fine[name] = (status, detail)

    def fault(self, name: str, place: str) -> None:
        self.fine.setdefault(name, ("FAIL", ""))
        self.faults.setdefault(name, []).append(place[:300])

    def ask(self, name: str, question: Callable[..., Any], *given: Any) -> Any:
        """What the question gives: text is the detail of a PASS, whatever goes wrong a fault."""
        try:
            found = question(*given)
            if isinstance(found, str):
                self.ok(name, found)
            return found
        except Skip as reason:
            self.ok(name, str(reason), "SKIP")
        except TROUBLE as error:
            kind = "" if isinstance(error, Broken) else f"{type(error).__name__}: "
            self.fault(name, f"{kind}{error}")

    def checks(self) -> list[tuple[str, str, str]]:
        """Status, question, detail; the first fault stands for all."""
        return [self._row(name, *fine) for name, fine in self.fine.items()]

    def _row(self, name: str, status: str, detail: str) -> tuple[str, str, str]:
        faults = self.faults.get(name, [])
        more = f" (and {len(faults) - 1} more)" if faults[1:] else ""
        return ("FAIL", name, faults[0] + more) if faults else (status, name, detail)


def _inexact(text: str) -> None:
    raise Broken(f"{text[:20]} is not exact")


# Made once: json.dumps and json.loads would make them anew for each of a million lines.
WRITE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
READ = json.JSONDecoder(parse_float=_inexact, parse_constant=_inexact).decode


def canonical(value: Any) -> bytes:
    return WRITE(value).encode("utf-8")


def strict(data: bytes) -> Any:
    """Canonical JSON and nothing else: comparing refuses keys given twice, blanks, surrogates."""
    value = READ(data.decode("utf-8"))
    if canonical(value) != data:
        raise Broken("it is not canonical JSON")
    return value


def sha(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()


def unbase64(text: str) -> bytes:
    found = base64.b64decode(text, validate=True)
    if base64.b64encode(found).decode() != text:
        raise Broken("it is not canonical base64")
    return found
