"""Identifiers inside a process: each is the same in every release, and unique in its list."""

from typing import Final

NATURAL: Final = frozenset({"farmer"})


def item_id(lot: int, item: int) -> str:
    return f"{lot}.{item}"


def bid_id(bid: str, lot: int) -> str:
    """A bid for several lots is one bid a lot here: ranks and values are of a lot."""
    return f"{bid}-{lot}"


def criterion_id(lot: int, criterion: int | str) -> str:
    return f"{lot}-C{criterion}"


def price_id(lot: int) -> str:
    return f"{lot}-price"


def quality_id(lot: int, item: int) -> str:
    return f"{lot}.{item}-quality"


def limit_id(lot: int, item: int | str, parameter: str) -> str:
    return f"{lot}.{item}-{parameter}"


def answer_id(lot: int, criterion: int | str) -> str:
    return f"{lot}-C{criterion}-answer"
