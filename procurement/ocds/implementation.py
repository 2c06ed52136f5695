"""Deliveries and payments under a contract: milestones and transactions, one an event.

Each is named by its entry in the ledger, so that it is the same in every release. An event that
is not in `PARTS` makes no release: a new kind of delivery or payment is a function and a row here,
and a row in `policy.TOLD` with the fact that it shows.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from procurement.ocds.facts import AwardFacts, Event, Process, Section
from procurement.ocds.parties import reference
from procurement.ocds.values import instant, instant_of, money

Part = Callable[[Process, Event, AwardFacts], Section]


def _at(event: Event) -> str:
    return instant_of(event.body.get("at")) or instant(event.at)


def _delivery(process: Process, event: Event, award: AwardFacts) -> Section:
    body = event.body
    quantity, unit = body.get("quantity"), body.get("unit", "")
    words = f"{quantity} {unit} of item {award.lot}.{body.get('item')}"
    return {"milestones": [_milestone(event, "Goods received", words)]}


def _milestone(event: Event, title: str, words: str) -> Section:
    return {
        "id": f"{event.sequence}",
        "title": title,
        "type": "delivery",
        "description": words,
        "status": "met",
        "dateMet": _at(event),
    }


def _delivered(process: Process, event: Event, award: AwardFacts) -> Section:
    return {"milestones": [_milestone(event, "All goods delivered", "The buyer has all of it.")]}


def _payment(process: Process, event: Event, award: AwardFacts) -> Section:
    body = event.body
    paid: Section = {
        "id": f"{event.sequence}",
        "date": _at(event),
        "value": money(body["amount"], body["currency"]),
        "payer": reference(process, process.buyer),
        "payee": reference(process, award.supplier),
    }
    return {"transactions": [paid]}


def _terminated(process: Process, event: Event, award: AwardFacts) -> Section:
    """Ended before its time: the contract itself says so, no delivery and no payment does."""
    return {}


PARTS: Final[Mapping[str, Part]] = MappingProxyType(
    {
        "DeliveryReceived": _delivery,
        "GoodsReceived": _delivery,
        "ContractTerminated": _terminated,
        "DeliveriesCompleted": _delivered,
        "PaymentMade": _payment,
    }
)


def pays(event: Event) -> bool:
    return event.name == "PaymentMade"


def ends(event: Event) -> bool:
    """Whether it settles the contract."""
    return event.name == "ContractTerminated" or bool(event.body.get("final"))
