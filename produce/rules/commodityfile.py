"""The file of commodities, read strictly."""

import re
from dataclasses import dataclass

from produce.rules.facts import Category, Confidence
from produce.rules.reading import Node, parse, refuse, unique
from produce.rules.units import UNITS

FORMAT = "musika-commodities-1"
_DIGITS = {"hs6": 6, "cpc": 8, "fao_item": 8}


@dataclass(frozen=True)
class CodeEntry:
    """A code in a public classification, with where it was read."""

    code: str
    source: str
    confidence: Confidence


@dataclass(frozen=True, kw_only=True)
class CommodityEntry:
    code: str
    name: str
    category: Category
    default_unit: str
    hs6: CodeEntry | None
    cpc: CodeEntry | None
    fao_item: CodeEntry | None


def read_commodities(text: str, file: str) -> tuple[CommodityEntry, ...]:
    """Read the file's text. Raises BadDataFile with the place."""
    root = parse(text, file)
    root.format(FORMAT)
    root.keys({"format", "commodities"})
    entries = root.each("commodities", _commodity)
    unique([entry.code for entry in entries], f"{file}.commodities")
    return entries


def _commodity(node: Node) -> CommodityEntry:
    node.keys({"code", "name", "category", "default_unit", "hs6", "cpc", "fao_item"})
    unit = node.text("default_unit", 12)
    if unit not in UNITS:
        raise refuse(f"{node.place}.default_unit", f"“{unit}” is none of: {', '.join(UNITS)}")
    return CommodityEntry(
        code=upper_code(node, "code"),
        name=node.text("name", 120),
        category=node.word("category", Category),
        default_unit=unit,
        hs6=_classification(node, "hs6"),
        cpc=_classification(node, "cpc"),
        fao_item=_classification(node, "fao_item"),
    )


def _classification(node: Node, key: str) -> CodeEntry | None:
    child = node.child(key)
    if child.value is None:
        return None
    child.keys({"code", "source", "confidence"})
    code = child.text("code", _DIGITS[key])
    if not code.isdecimal() or (key == "hs6" and len(code) != 6):
        raise refuse(f"{child.place}.code", f"“{code}” is not a code of digits")
    return CodeEntry(code, child.text("source", 300), child.word("confidence", Confidence))


def upper_code(node: Node, key: str) -> str:
    """A code of ours: capitals, digits and underscores."""
    code = node.text(key, 40)
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", code):
        raise refuse(f"{node.place}.{key}", f"“{code}” is not a code like MAIZE_GRAIN")
    return code
