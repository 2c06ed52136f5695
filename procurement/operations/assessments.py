"""What evaluators state of a bid's price: the amounts added to it, and the preferred group."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.ledger.record import AUDITOR, record
from procurement import permissions
from procurement.models import Bid, GroupFinding, Lot, PriceAddition
from procurement.operations.common import check_lot_allows, lock_lot
from procurement.queries import cases, judging

# An addition and the item that it is stated for, by their numbers; None: for the lot.
Place = tuple[int, int | None]


@dataclass(frozen=True)
class Assessment:
    """The amounts with their reasons, and whether the bid belongs to the preferred group."""

    additions: Mapping[Place, tuple[Decimal, str]]
    belongs: bool | None = None
    evidence: str = ""


@transaction.atomic
def assess(*, lot: Lot, bid: Bid, found: Assessment, by: User, now: datetime) -> Bid:
    """State everything that the lot's method adds to a bid's price; open until confirmed.

    Raises Invalid for an amount that is missing, negative or without a reason, NotPermitted.
    """
    locked = lock_lot(lot.pk)
    permissions.check_evaluator(by, locked.tender)
    check_lot_allows("evaluations.evaluate", locked, now)
    if locked.evaluations.exclude(confirmed_at=None).exists():
        raise Conflict("The evaluation of this lot is confirmed; its findings stand.")
    whole = cases.bids_for(locked).filter(pk=bid.pk).first()
    if whole is None:
        raise NotFound("There is no such bid for this lot.")
    _write_additions(locked, whole, found, by, now)
    _write_group(locked, whole, found, by, now)
    _recorded(locked, whole, found, by, now)
    return whole


def _write_additions(lot: Lot, bid: Bid, found: Assessment, by: User, now: datetime) -> None:
    numbers = {line.item_id: line.item.number for line in bid.lines.all()}
    lines = {line.item_id: line.item for line in bid.lines.all()}
    due = {
        (component.number, numbers.get(item) if item else None): (component, item)
        for component, item in judging.places(bid, lot.components.all())
    }
    unknown = set(found.additions) - set(due)
    if unknown:
        raise NotFound("There is no such addition for this bid.")
    for place, (component, item) in due.items():
        where = f"addition_{place[0]}_{place[1] or 0}"
        amount, reason = found.additions.get(place, (None, ""))
        if amount is None or amount < 0:
            raise Invalid("State the amount; write 0 for none.", where=where)
        if not reason.strip():
            raise Invalid(
                "Say where the amount comes from.", where=where.replace("ad", "why_ad", 1)
            )
        said = {"amount": amount, "reason": reason.strip(), "decided_by": by, "decided_at": now}
        PriceAddition.objects.update_or_create(
            bid=bid, component=component, item=lines.get(item or 0), defaults=said
        )


def _write_group(lot: Lot, bid: Bid, found: Assessment, by: User, now: datetime) -> None:
    if not judging.group(lot):
        return
    if found.belongs is None:
        raise Invalid("Say whether the bid belongs to the group.", where="belongs")
    if found.belongs and not found.evidence.strip():
        raise Invalid("Name the evidence.", where="evidence")
    said = {"belongs": found.belongs, "evidence": found.evidence.strip()}
    GroupFinding.objects.update_or_create(
        bid=bid, lot=lot, defaults=said | {"decided_by": by, "decided_at": now}
    )


def _recorded(lot: Lot, bid: Bid, found: Assessment, by: User, now: datetime) -> None:
    body = {
        "lot": lot.number,
        "bid": bid.public_id,
        "additions": [
            {"component": component, "item": item, "amount": f"{amount:f}", "reason": reason}
            for (component, item), (amount, reason) in sorted(
                found.additions.items(), key=lambda row: (row[0][0], row[0][1] or 0)
            )
        ],
        "preferred": found.belongs,
        "evidence": found.evidence,
    }
    subject = lot.tender.reference
    record("BidAssessed", subject=subject, body=body, by=by, now=now, visibility=AUDITOR)


def missing(lot: Lot, bids: Iterable[Bid] | None = None) -> list[str]:
    """Amounts and group findings that the evaluation still needs, as bidder and what.

    `bids`: those of `cases.bids_for`, if they were read already.
    """
    components = list(lot.components.all())
    group = judging.group(lot)
    found: list[str] = []
    for bid in cases.bids_for(lot) if bids is None else bids:
        given = {(a.component_id, a.item_id) for a in bid.additions.all()}
        due = judging.places(bid, components)
        found += [
            f"{bid.tenderer.name}: {component.title}"
            for component, item in due
            if (component.pk, item) not in given
        ]
        if group and not bid.group_findings.all():
            found.append(f"{bid.tenderer.name}: {group}")
    return found
