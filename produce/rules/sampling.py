"""How many increments a load is sampled with, by its size; the file of schemes, read strictly."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from marketplace.errors import Invalid
from produce.rules.commodityfile import upper_code
from produce.rules.facts import Confidence
from produce.rules.numbers import plain
from produce.rules.reading import Node, parse, refuse, unique

FORMAT = "musika-sampling-1"
_KEYS = {"code", "edition", "name", "source", "confidence", "note", "lots"}


class UnknownScheme(Invalid):
    """There is no sampling scheme of this code."""

    code = "unknown-sampling-scheme"


@dataclass(frozen=True)
class LotSize:
    """Loads above the size before and up to this many tonnes need so many increments."""

    up_to: Decimal
    increments: int


@dataclass(frozen=True, kw_only=True)
class Scheme:
    code: str
    edition: str
    name: str
    source: str
    confidence: Confidence
    note: str
    lots: tuple[LotSize, ...]


def read_sampling(text: str, file: str) -> dict[str, Scheme]:
    """Read the file's text, by code. Raises BadDataFile with the place."""
    root = parse(text, file)
    root.format(FORMAT)
    root.keys({"format", "schemes"})
    schemes = root.each("schemes", _scheme)
    unique([scheme.code for scheme in schemes], f"{file}.schemes")
    return {scheme.code: scheme for scheme in schemes}


def increments(scheme: Scheme, tonnes: Decimal) -> int | None:
    """The fewest increments of a load; None above the largest load, which is split to sample."""
    return next((size.increments for size in scheme.lots if tonnes <= size.up_to), None)


def size_words(scheme: Scheme) -> list[str]:
    """One line for each size of load: "up to 15 t: at least 3 increments"."""
    lines = [f"up to {plain(x.up_to)} t: at least {x.increments} increments" for x in scheme.lots]
    return [*lines, f"above {plain(scheme.lots[-1].up_to)} t: sampled in parts"]


def _scheme(node: Node) -> Scheme:
    node.keys(_KEYS)
    lots = node.each("lots", _lot)
    for smaller, larger in pairwise(lots):
        if smaller.up_to >= larger.up_to or smaller.increments > larger.increments:
            raise refuse(f"{node.place}.lots", "must rise from one size to the next")
    return Scheme(
        code=upper_code(node, "code"),
        edition=node.text("edition", 60),
        name=node.text("name", 160),
        source=node.text("source", 400),
        confidence=node.word("confidence", Confidence),
        note=node.text("note", 2000, empty=True),
        lots=lots,
    )


def _lot(node: Node) -> LotSize:
    node.keys({"up_to", "increments"})
    size, count = node.number("up_to"), node.whole("increments")
    if size is None or size <= 0 or not count:
        raise refuse(node.place, "needs a size above zero and at least one increment")
    return LotSize(size, count)
