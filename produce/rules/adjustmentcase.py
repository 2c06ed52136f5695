"""A price adjustment case as JSON: a schedule in its published form and one load, read strictly."""

import re
from collections.abc import Callable
from decimal import Decimal

from produce.rules.adjustmentfacts import ContractedLimit, Load, Measured, UnitPrice
from produce.rules.adjustmentfile import ScheduleEntry, read_schedule
from produce.rules.amounts import RoundTo
from produce.rules.commodityfile import upper_code
from produce.rules.facts import Direction, Rounding
from produce.rules.reading import Entry, Node, parse, refuse, unique

FORMAT = "musika-adjustment-case-1"
_LOAD = {"net_weight", "measured", "rounding"}
_MORE = {"unit", "price", "limits", "delivered_on", "commodity", "rates"}


def read_case(text: str, file: str = "case") -> tuple[ScheduleEntry, Load]:
    """Read the case's text. Raises BadDataFile with the place."""
    root = parse(text, file)
    root.format(FORMAT)
    root.keys({"format", "schedule", "load"})
    return read_schedule(root.child("schedule")), read_load(root.child("load"))


def read_load(node: Node) -> Load:
    """Read one load. Raises BadDataFile with the place."""
    node.keys(_LOAD, _MORE)
    return Load(
        net_weight=_needed(node, "net_weight"),
        unit=node.text("unit", 20) if "unit" in node.value else "kg",
        measured=_listed(node, "measured", _measured),
        rounding=_rounding(node.child("rounding")),
        price=_price(node.child("price")) if node.value.get("price") is not None else None,
        limits=_listed(node, "limits", _limit),
        delivered_on=node.day("delivered_on"),
        commodity=upper_code(node, "commodity") if node.value.get("commodity") else None,
        rates=_rates(node),
    )


def _listed(node: Node, key: str, read: Callable[[Node], Entry]) -> tuple[Entry, ...]:
    if node.value.get(key) in (None, []):
        return ()
    return node.each(key, read)


def _measured(node: Node) -> Measured:
    node.keys({"parameter", "value", "unit"}, {"name"})
    return Measured(
        parameter=upper_code(node, "parameter"),
        value=_needed(node, "value"),
        unit=node.text("unit", 40, empty=True),
        name=node.text("name", 120, empty=True),
    )


def _limit(node: Node) -> ContractedLimit:
    node.keys({"parameter", "limit", "direction"})
    return ContractedLimit(
        parameter=upper_code(node, "parameter"),
        limit=_needed(node, "limit"),
        direction=node.word("direction", Direction),
    )


def _price(node: Node) -> UnitPrice:
    node.keys({"amount", "currency", "per"})
    return UnitPrice(_needed(node, "amount"), _currency(node), node.text("per", 20))


def _rounding(node: Node) -> RoundTo:
    node.keys({"mode", "decimals"})
    return RoundTo(node.word("mode", Rounding), node.whole("decimals"))


def _rates(node: Node) -> dict[str, Decimal]:
    found = _listed(node, "rates", _rate)
    unique([currency for currency, _ in found], f"{node.place}.rates")
    return dict(found)


def _rate(node: Node) -> tuple[str, Decimal]:
    node.keys({"currency", "rate"})
    return _currency(node), _needed(node, "rate")


def _currency(node: Node) -> str:
    currency = node.text("currency", 3)
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise refuse(f"{node.place}.currency", f"“{currency}” is not like USD")
    return currency


def _needed(node: Node, key: str) -> Decimal:
    number = node.number(key)
    if number is None:
        raise refuse(f"{node.place}.{key}", "must be a number written as text, like “12.5”")
    return number
