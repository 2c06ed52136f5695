"""The world that generated requests meet: tenders at every stage, and what stands open at each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from marketplace.accounts.roles import Role
from marketplace.notify import webhooks
from marketplace.registry import grants
from procurement.models import Delivery, Invoice, OcdsProcess, OcdsRelease, RedFlag
from procurement.operations import (
    amendments,
    auditfiles,
    award_cancellations,
    cancellations,
    figures,
    ocds,
    redflags,
    searches,
)
from procurement.rules.amending import Timetable
from tests.authorisation import world
from tests.factories import AFTER, DEADLINE, GATE, PASSPHRASE, PLATE, START, go_on, load_at

ROLES = (
    "visitor",
    "tenderer",
    "officer",
    "approver",
    "evaluator",
    "opener",
    "accounting",
    "inspector",
    "auditor",
    "administrator",
)
STAGES = (*world.STAGES, "contracted", "paid")
LOADS = ("booked", "arrived", "weighed", "tested", "agreed")
LATE = AFTER + timedelta(days=60)


@dataclass(frozen=True)
class Stage:
    """A tender somewhere on its way; what fills the gaps of addresses there, and of bodies.

    `keys` tells what the gap "key" means, by a part of the address before it. A list is to
    choose from.
    """

    name: str
    tender: Any
    now: datetime
    names: dict[str, Any]
    keys: dict[str, Any]
    words: dict[str, Any]


@dataclass(frozen=True)
class World:
    stages: list[Stage]
    tokens: dict[str, dict[str, str]]


def build() -> World:
    cast = world.market()
    tenders = {name: _tender(name, cast) for name in STAGES}
    visitors = world.visitors(cast)
    general, keys = _about_no_tender(cast, visitors)
    stages = [_stage(name, tenders[name], cast, general, keys) for name in STAGES]
    return World(stages, {role: visitors[role].headers for role in ROLES})


def _tender(name: str, cast: Any) -> Any:
    if name not in ("contracted", "paid"):
        return world.tender(name, cast)
    made = go_on(world.tender("standstill", cast), cast, "standstill", name)
    if name == "contracted":
        contract = made.lots.get().awards.get().contract
        for number, stage in enumerate(LOADS):
            load_at(stage, cast, contract, quantity="3", number=f"F{number}", hour=8 + number)
    return made


def _about_no_tender(cast: Any, visitors: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    clerk, administrator = cast.tenderers[0][0], visitors["administrator"].user
    search = searches.save(user=clerk, name="Maize", query="q=maize", now=START)
    hook, _ = webhooks.add(user=clerk, url="https://9.9.9.9/hook", now=START)
    new = world.person("Nyasha Newcomer")
    proposal = grants.propose(
        user=new, organization=cast.buyer, role=Role.INSPECTOR, by=administrator, now=START
    )
    draw = {"title": "All", "method": "random", "size": 5, "seed": "7"}
    file = auditfiles.draw(by=cast.auditor, now=LATE, **draw)
    redflags.refresh(now=LATE)
    figures.refresh(now=LATE)
    ocds.publish(now=LATE)
    flag, release = RedFlag.objects.first(), OcdsRelease.objects.latest("sequence")
    names = {
        "file": file.public_id,
        "flag": flag.public_id if flag else "0" * 16,
        "ocid": OcdsProcess.objects.latest("last_sequence").ocid,
        "release": release.release_id,
    }
    keys = {
        "searches/": search.public_id,
        "webhooks/": hook.pk,
        "role-proposals/": proposal.pk,
        "memberships/": cast.officer.memberships.get().pk,
        "me/keys/": world.get_token_model().objects.filter(user=clerk).first().digest[:8],
    }
    return names, keys


def _stage(name: str, made: Any, cast: Any, general: Any, keys: Any) -> Stage:
    now = {"draft": START, "open": START + timedelta(days=2), "contracted": GATE, "paid": LATE}
    known = world.names(made, cast) | general | _chain(made)
    open_keys = {
        **keys,
        "enquiries/": known["key"],
        "evaluations/": known["evaluation"],
        "exports/": known["export"],
        **_proposed(name, made, cast),
    }
    at = now.get(name, AFTER + timedelta(minutes=5))
    return Stage(name, made, at, known, open_keys, _words(made, cast, known, at))


def _proposed(name: str, made: Any, cast: Any) -> dict[str, Any]:
    """What waits for a second person: an address of it is otherwise never reached."""
    by = {"by": cast.officer, "reason": "The road was closed."}
    if name == "open":
        later, at = (
            Timetable(DEADLINE + timedelta(days=3), made.enquiry_deadline),
            START + timedelta(days=1),
        )
        amendment = amendments.propose(tender=made, new=later, notice="More time.", now=at, **by)
        end = cancellations.propose(tender=made, now=at, **by)
        return {"/amendment/": amendment.pk, "{reference}/cancellation/": end.pk}
    if name == "standstill":
        by["by"] = cast.accountant
        end = award_cancellations.propose(award=made.lots.get().awards.get(), now=AFTER, **by)
        return {"award/cancellation/": end.pk}
    return {}


def _chain(made: Any) -> dict[str, Any]:
    """The numbers of contract, loads and invoice, once there are any."""
    lot = made.lots.get()
    award = lot.awards.first()
    contract = getattr(award, "contract", None)
    if contract is None:
        return {}
    loads = Delivery.objects.filter(line__contract=contract).values_list("number", flat=True)
    invoice = Invoice.objects.filter(contract=contract).first()
    return {
        "contract": contract.number,
        "load": list(loads),
        "invoice": invoice.number if invoice else "none",
    }


# What a program would say where any words, or any sensible number, will do.
TEXTS = (
    *("reason", "reasons", "note", "notice", "text", "title", "question", "answer", "evidence"),
    *("name", "recommendation", "driver", "device", "number", "method", "full_name"),
)
SAID = {
    "commodity": "MAIZE_GRAIN",
    "standard": "EAX_WM",
    "unit": "t",
    "currency": "USD",
    "passphrase": PASSPHRASE,
    "quantity": ["1", "100", "0.5"],
    "amount": ["1", "312.50"],
    "price": "312.50",
    "unit_price": "312.50",
    "mark": "1",
    "format": "musika-bid/1",
    "depot": "Gwanda depot",
    "hour": [6, 14, 15],
    "vehicle": PLATE,
    "gross": "15000",
    "tare": "12000",
    "net": "3000",
    "seal": "S-100",
    "duplicate_seal": "S-101",
    "calibrated_until": "2026-12-31",
    "parameter": ["MOISTURE", "FOREIGN_MATTER"],
    "value": ["12", "0.5"],
    "identity_number": "63-2000001A42",
    "phone": "+263 77 555 0123",
    "email": "new.person@example.org",
    "url": "https://9.9.9.9/other",
    "query": "q=maize",
    "size": 3,
}


def _words(made: Any, cast: Any, known: dict[str, Any], at: datetime) -> dict[str, Any]:
    """By the keys of bodies and of queries."""
    taken = ("lot", "item", "line", "criterion", "component", "bid", "buyer", "opener")
    day = at.date()
    return {
        **dict.fromkeys(TEXTS, "Words."),
        **SAID,
        **{name: known[name] for name in taken},
        "tenderer": cast.tenderers[0][1].public_id,
        "organization": cast.union.public_id,
        "tender": made.reference,
        "person": world.person(f"Person {made.pk}").public_id,
        "deadline": (DEADLINE + timedelta(days=5)).isoformat(),
        "enquiry_deadline": (DEADLINE - timedelta(days=1)).isoformat(),
        "day": (day + timedelta(days=1)).isoformat(),
        "starts": day.isoformat(),
        "ends": (day + timedelta(days=30)).isoformat(),
        "weighed_at": at.isoformat(),
        "measured_at": at.isoformat(),
    }
