"""Drawing a sample that anybody with the seed draws again.

Random: in the order of SHA-256 over seed and name, so that no generator of numbers and no library's
version decides. By risk or value: the highest first, equals in that same order.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Candidate:
    """Something that may be drawn: its name, and the number that counts (flags, value)."""

    name: str
    measure: Decimal = Decimal(0)


def ticket(seed: str, name: str) -> str:
    return hashlib.sha256(f"{seed}\n{name}".encode()).hexdigest()


def draw(candidates: Iterable[Candidate], seed: str, size: int, *, ranked: bool) -> list[Candidate]:
    """At most `size` candidates; `ranked`: by their number, else at random."""

    def place(row: Candidate) -> tuple[Decimal, str]:
        return (-row.measure if ranked else Decimal(0), ticket(seed, row.name))

    return sorted(candidates, key=place)[:size]


def digest(candidates: Iterable[Candidate]) -> str:
    """Of the list that was drawn from, whatever its order."""
    told = "\n".join(sorted(f"{row.name} {row.measure}" for row in candidates))
    return hashlib.sha256(told.encode()).hexdigest()
