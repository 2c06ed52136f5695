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
from tests.factories import AFTER, DEADLINE, GATE, PASSPHRASE, START, go_on, load_at

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
    """A tender somewhere on its way, and what fills the gaps of addresses and bodies there.

    `keys` tells what the gap "key" means, by a part of the address before it.
    """

    tender: Any
    now: datetime
    names: dict[str, Any]
    keys: dict[str, Any]


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
    return Stage(
        made, now.get(name, AFTER + timedelta(minutes=5)), known | _words(made, cast), open_keys
    )


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


def _words(made: Any, cast: Any) -> dict[str, Any]:
    """By the keys of bodies."""
    return {
        "tenderer": cast.tenderers[0][1].public_id,
        "commodity": "MAIZE_GRAIN",
        "unit": "t",
        "currency": "USD",
        "passphrase": PASSPHRASE,
        "quantity": ["1", "100", "0.5"],
        "amount": ["1", "312.50"],
        "price": "312.50",
        "unit_price": "312.50",
        "deadline": (DEADLINE + timedelta(days=5)).isoformat(),
        "tender": made.reference,
        "format": "musika-bid/1",
        "depot": [row.pk for row in cast.buyer.depots.all()] or 0,
        "day": (GATE + timedelta(days=1)).date().isoformat(),
        "person": world.person(f"Person {made.pk}").public_id,
    }
