"""Awards and contracts: several of one lot are possible, each names its lot and its bid."""

from typing import Any

from procurement.ocds.bids import offered
from procurement.ocds.facts import AwardFacts, Process, Section
from procurement.ocds.names import bid_id
from procurement.ocds.parties import reference
from procurement.ocds.values import cut, instant, money


def award(process: Process, facts: AwardFacts) -> Section:
    return {
        "id": facts.id,
        "title": cut(f"Lot {facts.lot}: {_lot(process, facts.lot)['title']}"),
        "description": facts.reason,
        "status": "active",
        "date": instant(facts.date),
        "value": money(facts.price, facts.currency),
        "suppliers": [reference(process, facts.supplier)],
        "items": [offered(process, line) for line in facts.lines],
        "relatedBids": [bid_id(facts.bid, facts.lot)],
        "relatedLots": [str(facts.lot)],
    }


def _lot(process: Process, number: int) -> Any:
    return next(lot for lot in process.terms["lots"] if lot["lot"] == number)


def unsuccessful(process: Process, lot: int, reason: str, at: str) -> Section:
    """A lot that came to nothing: OCDS says it by an award that was not made."""
    return {
        "id": f"unsuccessful-{lot}",
        "title": cut(f"Lot {lot}: {_lot(process, lot)['title']}"),
        "description": reason,
        "status": "unsuccessful",
        "date": at,
        "relatedLots": [str(lot)],
    }


def contract(process: Process, number: str, signed: str) -> Section:
    facts = process.awards[process.contracts[number]]
    return {
        "id": number,
        "awardID": facts.id,
        "title": cut(f"{process.reference}, lot {facts.lot}: {_lot(process, facts.lot)['title']}"),
        "status": "active",
        "dateSigned": signed,
        "value": money(facts.price, facts.currency),
        "items": [offered(process, line) for line in facts.lines],
        "relatedBids": [bid_id(facts.bid, facts.lot)],
    }
