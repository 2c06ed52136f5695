"""Awards of parts: recommended together, decided together, told to everyone who bid."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.errors import Conflict, NotFound, NotNow
from marketplace.fields import plain
from marketplace.ledger.record import record
from procurement import permissions
from procurement.models import Allocation, Award, AwardCancellation, AwardLine, Bid, Lot, Tender
from procurement.operations import allocations, awards, part_letters
from procurement.operations.common import check_lot_allows, lock_tender
from procurement.queries import allocations as stored
from procurement.rules import duties
from procurement.rules.timeline import instant


@transaction.atomic
def recommend(*, tender: Tender, reason: str, by: User, now: datetime) -> list[Award]:
    """Recommend every part of the confirmed allocation, all or none."""
    locked = lock_tender(tender.pk)
    permissions.check_user_can(by, Permission.AWARD_RECOMMEND, locked)
    if stored.parts_of(locked):
        raise Conflict("The awards of the divided lots have been recommended already.")
    allocation = allocations.standing(locked)
    lots = {lot.number: lot for lot in stored.divided_lots(locked)}
    made = [
        _part(allocation, lots[number], bid, quantity, by, now)
        for number, bid, quantity in parts(allocation)
    ]
    if not made:
        raise NotFound(
            "The allocation awards nothing.",
            remedy="Declare the lots unsuccessful, with a reason.",
        )
    said = awards.stated(reason)
    for award in made:
        check_lot_allows("awards.recommend", award.lot, now)
        award.recommendation = said
        award.save(update_fields=["recommendation"])
        body = {"reason": said, **_given(award)}
        awards.recorded("AwardRecommended", award, by, now, body, visibility="auditor")
    return made


def parts(allocation: Allocation) -> Iterator[tuple[int, str, Decimal]]:
    """Lot, bid and quantity of everything that an allocation awards."""
    for row in json.loads(allocation.result)["awards"]:
        for line in row["lines"]:
            bid = row["bid"].removesuffix(f"-L{line['lot']}")
            yield int(line["lot"]), bid, Decimal(line["quantity"])


def _part(
    allocation: Allocation, lot: Lot, public_id: str, quantity: Decimal, by: User, now: datetime
) -> Award:
    bid = Bid.objects.select_related("tenderer").get(tender=lot.tender, public_id=public_id)
    line = bid.lines.get(item__lot=lot)
    award = Award.objects.create(
        lot=lot,
        bid=bid,
        supplier=bid.tenderer,
        price=line.unit_price * quantity,
        currency=lot.tender.currency,
        is_part=True,
        allocation=allocation,
        recommended_at=now,
        recommended_by=by,
    )
    AwardLine.objects.create(
        award=award, item_id=line.item_id, quantity=quantity, unit_price=line.unit_price
    )
    return award


def _given(award: Award) -> dict[str, object]:
    line = award.lines.get()
    assert award.allocation is not None
    return {"allocation": award.allocation.public_id, "quantity": plain(line.quantity)}


@transaction.atomic
def decide(*, tender: Tender, reason: str, by: User, now: datetime) -> list[Award]:
    """Decide all parts at once: starts the standstill, issues a letter to every bidder."""
    locked = lock_tender(tender.pk)
    permissions.check_user_can(by, Permission.AWARD_DECIDE, locked)
    rows = [award for award in stored.parts_of(locked) if award.decided_at is None]
    if not rows:
        raise NotNow(
            "No award of a divided lot waits for a decision.",
            remedy="The allocation has to be confirmed and recommended first.",
        )
    for award in rows:
        _check_may_decide(award, by, now)
    said, ends = awards.stated(reason), now + timedelta(days=locked.standstill_days)
    Award.objects.filter(pk__in=[award.pk for award in rows]).update(
        reason=said, decided_at=now, decided_by=by, standstill_ends_at=ends
    )
    rows = [award for award in stored.parts_of(locked) if award.decided_at == now]
    allocation = rows[0].allocation
    assert allocation is not None
    _record_decision(allocation, rows, by, now)
    part_letters.issue(allocation, rows, now)
    return rows


def _check_may_decide(award: Award, by: User, now: datetime) -> None:
    check_lot_allows("awards.award", award.lot, now)
    first = award.recommended_by.public_id if award.recommended_by else None
    duties.check_second_person(first, by.public_id, "recommended")
    if awards.open_cancellations(award).exists():
        raise Conflict(
            "It is proposed to refuse this recommendation.",
            remedy="Take the proposal back, or wait until it is declined; then decide.",
        )


def _record_decision(allocation: Allocation, rows: list[Award], by: User, now: datetime) -> None:
    """The whole case first, so that from now on everyone can check the allocation again."""
    record(
        "AllocationDecided",
        subject=rows[0].lot.tender.reference,
        body={
            "allocation": allocation.public_id,
            "case_digest": allocation.case_digest,
            "result_digest": allocation.result_digest,
            "allocation_case": json.loads(allocation.case),
            "fallen": allocation.fallen.split(),
            "awards": len(rows),
        },
        by=by,
        now=now,
    )
    _record_evaluations(allocation, rows, by, now)
    for award in rows:
        body: Mapping[str, Any] = {
            "reason": award.reason,
            "standstill_ends_at": instant(award.standstill_ends_at).isoformat(),  # type: ignore[arg-type]
            **_given(award),
        }
        awards.recorded("AwardDecided", award, by, now, body)


def _record_evaluations(allocation: Allocation, rows: list[Award], by: User, now: datetime) -> None:
    """The evaluation of every lot that took part, those too of which nothing is awarded."""
    tender = rows[0].lot.tender
    for lot in stored.divided_lots(tender):
        evaluation = lot.evaluations.exclude(confirmed_at=None).first()
        if evaluation is not None:
            parts = sum(award.lot_id == lot.pk for award in rows)
            told = {"lot": lot.number, "allocation": allocation.public_id, "parts": parts}
            body = told | awards.decision_evidence(evaluation)
            record("LotDivided", subject=tender.reference, body=body, by=by, now=now)


def refuse_others(proposal: AwardCancellation, by: User, now: datetime) -> None:
    """Parts are decided together: with one that is refused the others are taken back too.

    They were not found wanting themselves: a later allocation may award them again.
    """
    award = proposal.award
    if not award.is_part or award.decided_at is not None:
        return
    rest = Award.objects.filter(allocation=award.allocation, decided_at=None, cancelled_at=None)
    for other in rest.exclude(pk=award.pk).select_related("lot__tender", "bid", "supplier"):
        other.cancelled_at, other.cancelled_by = now, by
        other.cancelled_reason = f"Taken back with another part: {proposal.reason}"
        other.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_reason"])
        body = {"reason": other.cancelled_reason, "with_award": award.pk}
        awards.recorded("AwardCancelled", other, by, now, body, visibility="auditor")
