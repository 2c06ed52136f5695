"""Two entries or versions side by side: which facts differ."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Difference:
    """A fact by its path; None: the side does not have it."""

    path: str
    one: str | None
    other: str | None


def flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf of a JSON value with its path; an empty structure is a leaf of its own."""
    if isinstance(value, Mapping) and value:
        for key in value:
            yield from flat(value[key], f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value:
        for number, row in enumerate(value, 1):
            yield from flat(row, f"{path}[{number}]")
    else:
        yield path, "" if value is None else str(value)


def differences(one: Any, other: Any) -> list[Difference]:
    """What is not the same, in the order of the first side and then of the second."""
    left, right = dict(flat(one)), dict(flat(other))
    paths = dict.fromkeys([*left, *right])
    rows = (Difference(path, left.get(path), right.get(path)) for path in paths)
    return [row for row in rows if row.one != row.other]
