"""Bids after the opening: one a lot, with prices, declared values and answers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Context, Decimal, Inexact
from typing import Any, Final

from procurement.ocds.facts import BidFacts, BidLine, Process, Section
from procurement.ocds.names import answer_id, bid_id, item_id, limit_id
from procurement.ocds.parties import reference
from procurement.ocds.tender import unit
from procurement.ocds.values import instant, money, number

_EXACT: Final = Context(prec=80, traps=[Inexact])
Terms = Mapping[str, Any]


def total(lines: Iterable[BidLine]) -> Decimal:
    """Price by quantity of every line, exact."""
    found = Decimal(0)
    for line in lines:
        found = _EXACT.add(found, _EXACT.multiply(line.unit_price, line.quantity))
    return found


def tenderers(process: Process) -> list[str]:
    return sorted({bid.tenderer for bid in process.bids})


def opened(process: Process) -> Section:
    """`bids` as they were read out: nobody has judged them yet."""
    details = [row for bid in process.bids for row in _of_bid(process, bid)]
    return {"details": details, "statistics": _counts(details)}


def _of_bid(process: Process, bid: BidFacts) -> Iterator[Section]:
    lots = sorted({line.lot for line in bid.lines}) or [lot["lot"] for lot in process.terms["lots"]]
    for lot in lots:
        yield _detail(process, bid, lot)


def _detail(process: Process, bid: BidFacts, lot: int) -> Section:
    lines = [line for line in bid.lines if line.lot == lot]
    return {
        "id": bid_id(bid.id, lot),
        "date": instant(bid.submitted_at) if bid.submitted_at else None,
        "status": "disqualified" if bid.failure else "pending",
        "description": bid.failure,
        "tenderers": [reference(process, bid.tenderer)],
        "value": money(total(lines), process.currency) if lines else None,
        "relatedLots": [str(lot)],
        "items": [offered(process, line) for line in lines],
        "requirementResponses": [*_declared(bid, lot), *_answered(process.terms, bid, lot)],
    }


def offered(process: Process, line: BidLine) -> Section:
    """What is offered or awarded of one item, at which price a unit."""
    asked = next(
        row
        for lot in process.terms["lots"]
        for row in lot["items"]
        if (lot["lot"], row["item"]) == (line.lot, line.item)
    )
    return {
        "id": item_id(line.lot, line.item),
        "description": asked["description"],
        "quantity": number(line.quantity),
        "unit": unit(asked["unit"]) | {"value": money(line.unit_price, process.currency)},
        "relatedLot": str(line.lot),
    }


def _declared(bid: BidFacts, lot: int) -> Iterator[Section]:
    for where, item, parameter, value in bid.declared:
        if where == lot:
            key = limit_id(lot, item, parameter)
            yield {"id": key, "value": _measured(value), "requirement": {"id": key}}


def _measured(value: str) -> Any:
    try:
        return number(value)
    except (ArithmeticError, ValueError):
        return value


def _answered(terms: Terms, bid: BidFacts, lot: int) -> Iterator[Section]:
    labels = {
        (row["lot"], criterion["criterion"], option["option"]): option["label"]
        for row in terms["lots"]
        for criterion in row["criteria"]
        for option in criterion["options"]
    }
    for where, criterion, option in bid.answered:
        if where == lot:
            key, label = answer_id(lot, criterion), labels[where, criterion, option]
            yield {"id": key, "value": label, "requirement": {"id": key}}


def _counts(details: Iterable[Section]) -> list[Section]:
    counted = Counter(row["relatedLots"][0] for row in details)
    return [statistic("bids", lot, count) for lot, count in sorted(counted.items())]


def statistic(measure: str, lot: str, value: Any, currency: str = "") -> Section:
    found: Section = {
        "id": f"{lot}-{measure}",
        "measure": measure,
        "value": value,
        "relatedLot": lot,
    }
    return found | ({"currency": currency} if currency else {})
