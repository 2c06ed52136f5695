"""Past tenders: those from a flat file by their rows, those from OCDS as they came."""

from procurement.ocds import awards, bids, parties, tender
from procurement.ocds.facts import Event, Made, Process, Roles, Section
from procurement.ocds.names import bid_id
from procurement.ocds.values import loads

CANCELLED, NO_WINNER = "cancelled", "no winner on record"


def made(process: Process, event: Event) -> Made:
    if process.source:
        return _as_it_came(process.source)
    return _from_rows(process, event)


def _as_it_came(text: str) -> Made:
    """The compiled release that was imported, cleaned then; its own date replaces the ledger's."""
    found: Section = loads(text)
    tags = ["tender"]
    tags += [tag for tag, part in (("award", "awards"), ("contract", "contracts")) if part in found]
    return tuple(tags), {k: v for k, v in found.items() if k not in ("id", "tag")}, {}


def _from_rows(process: Process, event: Event) -> Made:
    whole = tender.section(process)
    won = list(process.awards.values())
    whole["status"] = _status(event, bool(won))
    whole["lots"] = [lot | {"status": whole["status"]} for lot in whole["lots"]]
    who = bids.tenderers(process)
    whole["tenderers"] = [parties.reference(process, key) for key in who]
    whole["numberOfTenderers"] = len(who)
    offered = bids.opened(process)
    _mark(offered, event)
    roles: Roles = {
        process.buyer: ("buyer", "procuringEntity"),
        **dict.fromkeys(who, ("tenderer",)),
    }
    for facts in won:
        roles[facts.supplier] = ("supplier", "tenderer")
    body = {
        "tender": whole,
        "bids": offered,
        "awards": [awards.award(process, facts) for facts in won],
    }
    return ("tender", "award") if won else ("tender",), body, roles


def _status(event: Event, has_award: bool) -> str:
    outcome = event.body.get("outcome")
    if outcome == CANCELLED:
        return "cancelled"
    return "unsuccessful" if outcome == NO_WINNER and not has_award else "complete"


def _mark(offered: Section, event: Event) -> None:
    """Who was disqualified, as the record says; our own replay ranks nobody here."""
    out = {bid_id(row["bid"], 1) for row in event.body["bids"] if row["marked_disqualified"]}
    remarks = {bid_id(row["bid"], 1): row["remark"] for row in event.body["bids"]}
    for row in offered["details"]:
        failed = row["id"] in out or row["status"] == "disqualified"
        row["status"] = "disqualified" if failed else "valid"
        row["description"] = row["description"] or remarks.get(row["id"])
