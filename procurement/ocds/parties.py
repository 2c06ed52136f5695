"""Organisations as parties: with their roles so far, without anything that reaches a person."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from procurement.ocds.facts import Party, Process, Section
from procurement.ocds.names import NATURAL
from procurement.ocds.values import merged_roles, without_empty

WITHHELD_NAME: Final = "Natural person (name withheld)"
WITHHELD_WHY: Final = (
    "A farmer is a natural person. The name is not published as open data; the identifier is the "
    "same in all processes of this publisher."
)
KINDS: Final = {
    "farmer": "Farmer",
    "cooperative": "Co-operative",
    "company": "Company",
}
COUNTRY: Final = "ZW"


def is_withheld(process: Process, party: Party) -> bool:
    return party.kind in NATURAL and not process.names_persons


def name(process: Process, party: Party) -> str:
    return WITHHELD_NAME if is_withheld(process, party) else party.name


def reference(process: Process, key: str) -> Section:
    """What stands where a party is named."""
    return {"id": key, "name": name(process, process.parties[key])}


def section(process: Process, roles: Mapping[str, Iterable[str]]) -> Section:
    """`parties` and `withheldInformation` for those who get a role now; roles only grow."""
    known = {party["id"]: party.get("roles", []) for party in process.before.get("parties", [])}
    rows = [
        _party(process, process.parties[key], merged_roles(known.get(key, []), given))
        for key, given in sorted(roles.items())
    ]
    hidden = [key for key in sorted(roles) if is_withheld(process, process.parties[key])]
    return {"parties": rows, "withheldInformation": [_withheld(key) for key in hidden]}


def _party(process: Process, party: Party, roles: list[str]) -> Section:
    withheld = is_withheld(process, party)
    row: dict[str, Any] = {
        "id": party.id,
        "name": name(process, party),
        "roles": roles,
        "address": {"region": party.province, "country": COUNTRY if party.province else ""},
    }
    if not withheld:
        # The registration of a company is public; that of a natural person would name him.
        row["identifier"] = _identifier(party)
        row["address"]["locality"] = party.district
    if party.kind in KINDS:
        row["details"] = {
            "classifications": [
                {
                    "scheme": "x_producerType",
                    "id": party.kind,
                    "description": KINDS[party.kind],
                }
            ]
        }
    found: dict[str, Any] = without_empty(row)
    return found


def _identifier(party: Party) -> Section:
    if not party.registration or party.kind in NATURAL:
        return {}
    return {"id": party.registration, "legalName": party.name}


def _withheld(key: str) -> Section:
    return {
        "id": f"{key}-name",
        "field": f"/parties/name (id {key})",
        "name": "Name of a natural person",
        "rationale": WITHHELD_WHY,
    }
