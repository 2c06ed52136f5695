"""One release for one entry of the ledger: what that change made public, and no more.

A release says what is new; the rest stands in those before it, and `merge` puts them together.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from procurement.ocds import (
    awards,
    bids,
    evaluation,
    history,
    implementation,
    parties,
    policy,
    tender,
)
from procurement.ocds.facts import Event, Made, Process, Roles, Section
from procurement.ocds.values import instant, instant_of, without_empty


def release(process: Process, event: Event) -> Section | None:
    """The release, or None for an entry that changes nothing of what is published."""
    maker = MAKERS.get(event.name)
    if maker is None or not (process.before or event.name in FIRST):
        return None
    if not policy.is_public(event.name, process.before):
        return None
    tags, body, roles = maker(process, event)
    if process.source:
        return body | {"id": f"{process.ocid}-{event.sequence}", "tag": list(tags)}
    named = parties.section(process, roles) if roles else {}
    if not process.before:
        named["buyer"] = parties.reference(process, process.buyer)
    found: Section = without_empty({**body, **named})
    return {
        "ocid": process.ocid,
        "id": f"{process.ocid}-{event.sequence}",
        "date": instant(event.date),
        "tag": list(tags),
        "initiationType": "tender",
        "language": "en",
        **found,
    }


def at(event: Event) -> str:
    """When it happened, by the operation's own instant."""
    return instant_of(event.body.get("at")) or instant(event.at)


# --- until the opening ------------------------------------------------------------------------


def _published(process: Process, event: Event) -> Made:
    roles: Roles = {process.buyer: ("buyer", "procuringEntity")}
    return ("tender",), {"tender": tender.section(process)}, roles


def _amended(process: Process, event: Event) -> Made:
    body = event.body
    amendment = {
        "id": f"{event.sequence}",
        "date": at(event),
        "rationale": body.get("reason"),
        "description": body.get("notice"),
        "releaseID": f"{process.ocid}-{event.sequence}",
        "amendsReleaseID": process.last_release,
    }
    changed = {"id": process.reference, **tender.periods(process), "amendments": [amendment]}
    return ("tenderAmendment",), {"tender": changed}, {}


def _answered(process: Process, event: Event) -> Made:
    enquiry = {
        "id": str(event.body["enquiry"]),
        "description": event.body["question"],
        "answer": event.body["answer"],
        "dateAnswered": at(event),
    }
    changed = {"id": process.reference, "hasEnquiries": True, "enquiries": [enquiry]}
    return ("tenderUpdate",), {"tender": changed}, {}


def _cancelled(process: Process, event: Event) -> Made:
    """The tender, its lots, and the awards that stood: what follows from them ends too."""
    ended = _lots(process, "cancelled", keep=("unsuccessful",))
    amendment = {
        "id": f"{event.sequence}",
        "date": at(event),
        "rationale": event.body["reason"],
        "description": "The tender was cancelled.",
        "releaseID": f"{process.ocid}-{event.sequence}",
    }
    changed = {
        "id": process.reference,
        "status": "cancelled",
        "lots": ended,
        "amendments": [amendment],
    }
    standing = [
        {"id": row["id"], "status": "cancelled"}
        for row in process.before.get("awards", [])
        if row["status"] == "active"
    ]
    return ("tenderCancellation",), {"tender": changed, "awards": standing}, {}


def _lots(process: Process, status: str, keep: Iterable[str] = ()) -> list[Section]:
    known = process.before.get("tender", {}).get("lots", [])
    return [{"id": row["id"], "status": status} for row in known if row["status"] not in keep]


# --- opening, evaluation, award ---------------------------------------------------------------


def _opened(process: Process, event: Event) -> Made:
    who = bids.tenderers(process)
    changed = {
        "id": process.reference,
        "bidOpening": {"date": at(event)},
        "numberOfTenderers": len(who),
        "tenderers": [parties.reference(process, key) for key in who],
    }
    roles: Roles = dict.fromkeys(who, ("tenderer",))
    return ("tenderUpdate",), {"tender": changed, "bids": bids.opened(process)}, roles


def _awarded(process: Process, event: Event) -> Made:
    """The evaluation is published with the first decision that rests on it."""
    facts = process.awards[str(event.body["award"])]
    changed = _decided(process, facts.lot, "complete")
    body = {
        "tender": changed,
        "bids": evaluation.of_lot(process, facts.lot),
        "awards": [awards.award(process, facts)],
    }
    return ("tenderUpdate", "award"), body, {facts.supplier: ("supplier", "tenderer")}


def _decided(process: Process, lot: int, status: str) -> Section:
    """`tender` once a lot is decided: no award while the tender is still active."""
    known = {row["id"]: row["status"] for row in process.before["tender"]["lots"]}
    known[str(lot)] = status
    whole = "unsuccessful" if set(known.values()) == {"unsuccessful"} else "complete"
    return {
        "id": process.reference,
        "status": whole,
        "lots": [{"id": str(lot), "status": status}],
    }


def _unsuccessful(process: Process, event: Event) -> Made:
    lot = int(event.body["lot"])
    body = {
        "tender": _decided(process, lot, "unsuccessful"),
        "bids": evaluation.of_lot(process, lot),
        "awards": [awards.unsuccessful(process, lot, event.body["reason"], at(event))],
    }
    return ("tenderUpdate", "award"), body, {}


def _award_cancelled(process: Process, event: Event) -> Made:
    """The lot may be awarded again: it is active, though the tender's time is over."""
    lot = {"id": str(event.body["lot"]), "status": "active"}
    fallen = {
        "id": str(event.body["award"]),
        "status": "cancelled",
        "description": event.body["reason"],
    }
    body = {"tender": {"id": process.reference, "lots": [lot]}, "awards": [fallen]}
    return ("awardCancellation",), body, {}


# --- contract and what follows ----------------------------------------------------------------


def _signed(process: Process, event: Event) -> Made:
    row = awards.contract(process, event.body["contract"], at(event))
    return ("contract",), {"contracts": [row]}, {}


def _implemented(process: Process, event: Event) -> Made:
    number = event.body["contract"]
    award = process.awards[process.contracts[number]]
    part = implementation.PARTS[event.name](process, event, award)
    row: dict[str, Any] = {"id": number, "awardID": award.id, "implementation": part}
    tags = ["implementationUpdate" if _begun(process, number) else "implementation"]
    if implementation.ends(event):
        row["status"] = "terminated"
        tags.append("contractTermination")
    roles: Roles = {}
    if implementation.pays(event):
        roles = {process.buyer: ("payer",), award.supplier: ("payee",)}
    return tuple(tags), {"contracts": [row]}, roles


def _begun(process: Process, number: str) -> bool:
    known = process.before.get("contracts", [])
    return any(row["id"] == number and "implementation" in row for row in known)


def _imported(process: Process, event: Event) -> Made:
    """A past tender, with all that its record tells, in one release."""
    return history.made(process, event)


Maker = Callable[[Process, Event], Made]
MAKERS: Final[Mapping[str, Maker]] = MappingProxyType(
    {
        "TenderPublished": _published,
        "TenderAmended": _amended,
        "EnquiryAnswered": _answered,
        "TenderCancelled": _cancelled,
        "BidsOpened": _opened,
        "AwardDecided": _awarded,
        "LotUnsuccessful": _unsuccessful,
        "AwardCancelled": _award_cancelled,
        "ContractSigned": _signed,
        "TenderImported": _imported,
        **dict.fromkeys(implementation.PARTS, _implemented),
    }
)
FIRST: Final = frozenset({"TenderPublished", "TenderImported"})
