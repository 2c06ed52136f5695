"""Cells that no spreadsheet runs: one apostrophe in front, and taken away again without loss.

A text that begins with = + - @ (or their wide forms), a tab or a line end would be run as a formula
by a spreadsheet; so would the rest of a text after a semicolon, a bar, a tab or a line end, where
the reader's settings make it a cell of its own. An apostrophe is put before each such place, and
before an apostrophe that stands there already, so that the way back is always the same.
Pure: standard library only. `query` has the same rule in SQL, and a test compares them.
"""

import re

FORMULA = "=+@'＝＋－＠-"
# A place where a cell can begin: the start, or after one of these; spaces and quotes do not count.
PLACE = '(^|[;|\t\r\n])([ "\u00a0]*)'
_RISKY = re.compile(f"{PLACE}(?=[{FORMULA}])")
_GUARDED = re.compile(f"{PLACE}'")
_CONTROL = ("\t", "\r", "\n")


def guard(text: str) -> str:
    """The text as a harmless cell; most texts stay as they are."""
    safe = _RISKY.sub(r"\1\2'", text)
    return "'" + safe if text.startswith(_CONTROL) else safe


def unguard(cell: str) -> str:
    """The text that `guard` was given."""
    return _GUARDED.sub(r"\1\2", cell)
