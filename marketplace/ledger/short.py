"""The short form of an entry, for a text message or a code that is scanned: where it stands in the
record, and the beginning of its leaf hash: `4711-9f3a-1c20-b8d4-e6f1`.

It says nothing about the entry and proves it to whoever finds that leaf at that place.
"""

import re
from typing import NamedTuple

from marketplace.errors import Invalid

# 64 bits: nobody finds another leaf for the same place that begins alike.
DIGITS = 16
_FORM = re.compile(rf"(\d{{1,15}})-?([0-9a-f]{{{DIGITS}}})")


class Short(NamedTuple):
    sequence: int
    leaf_starts: str


def short(sequence: int, leaf_hash: str) -> str:
    """The short form; `leaf_hash` is 64 hexadecimal digits."""
    start = leaf_hash[:DIGITS]
    return "-".join([str(sequence), *(start[n : n + 4] for n in range(0, DIGITS, 4))])


def read(text: str) -> Short:
    """Read a short form as people type it: with blanks, in capitals. Raises Invalid."""
    head, _, rest = re.sub(r"\s", "", text).lower().partition("-")
    found = _FORM.fullmatch(f"{head}-{rest.replace('-', '')}")
    if found is None:
        raise Invalid(
            f"“{text[:60]}” is not the short form of a receipt.",
            where="code",
            remedy="It looks like 4711-9f3a-1c20-b8d4-e6f1: a number, then four groups of four.",
        )
    return Short(int(found[1]), found[2])
