"""Turn the rule book's words into column choices."""

from enum import StrEnum


def choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    return [(word.value, word.value.replace("_", " ")) for word in words]


def values(words: type[StrEnum]) -> list[str]:
    return [word.value for word in words]
