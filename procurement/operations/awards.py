"""Recommending and deciding awards; letters to everyone who bid."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.errors import Conflict, Invalid, NotFound, NotNow
from marketplace.fields import plain
from marketplace.ledger.record import record
from procurement import permissions
from procurement.models import (
    Award,
    AwardCancellation,
    AwardLine,
    EvaluatedBid,
    Evaluation,
    Lot,
    LotDivision,
)
from procurement.operations import letters
from procurement.operations.common import check_lot_allows, lock_lot
from procurement.queries import cases
from procurement.queries.bids import standing
from procurement.rules import duties
from procurement.rules.timeline import instant


def stated(text: str, what: str = "reason") -> str:
    """The reason, which a decision cannot be without; raises Invalid."""
    if not text.strip():
        raise Invalid("Give the reason: it is published.", where=what)
    return text.strip()


def confirmed_evaluation(lot: Lot) -> Evaluation:
    """The evaluation that stands; raises NotNow."""
    evaluation = lot.evaluations.exclude(confirmed_at=None).first()
    if evaluation is None:
        raise NotNow("The evaluation of this lot is not confirmed yet.")
    return evaluation


@transaction.atomic
def recommend(*, lot: Lot, reason: str, by: User, now: datetime) -> Award:
    """Recommend the first-ranked bid of the confirmed evaluation."""
    locked = lock_lot(lot.pk)
    permissions.check_user_can(by, Permission.AWARD_RECOMMEND, locked.tender)
    check_lot_allows("awards.recommend", locked, now)
    _check_whole(locked)
    if locked.awards.filter(cancelled_at=None).exists():
        raise Conflict("An award of this lot has been recommended already.")
    first = _first_ranked(locked)
    assert first.price is not None  # A ranked bid has a price.
    award = Award.objects.create(
        lot=locked,
        bid=first.bid,
        supplier=first.bid.tenderer,
        price=first.price,
        currency=locked.tender.currency,
        recommendation=stated(reason),
        recommended_at=now,
        recommended_by=by,
    )
    _copy_lines(award)
    # Not public before the decision: it names a bid that the accounting officer may refuse.
    body = {"reason": award.recommendation}
    recorded("AwardRecommended", award, by, now, body, visibility="auditor")
    return award


def _check_whole(lot: Lot) -> None:
    if LotDivision.objects.filter(lot=lot).exists():
        raise Conflict(
            "This lot is awarded in parts, together with the tender's other divided lots.",
            code="lot-is-divided",
            remedy="Run and confirm the allocation; then recommend and decide its awards.",
        )


def _copy_lines(award: Award) -> None:
    """The award gives what the bid offered for the lot: every item, whole."""
    lines = award.bid.lines.filter(item__lot=award.lot)
    AwardLine.objects.bulk_create(
        AwardLine(award=award, item_id=x.item_id, quantity=x.quantity, unit_price=x.unit_price)
        for x in lines
    )


def _first_ranked(lot: Lot) -> EvaluatedBid:
    """The line of the bid to award. Bids that were awarded and cancelled before are passed over."""
    evaluation = confirmed_evaluation(lot)
    fallen = lot.awards.exclude(cancelled_at=None).values("bid")
    lines = evaluation.bids.exclude(rank=None).exclude(bid__in=fallen).order_by("rank")
    first = lines.select_related("bid__tenderer").first()
    if first is None:
        raise NotFound(
            "No bid qualifies for an award.", remedy="Declare the lot unsuccessful, with a reason."
        )
    return first


@transaction.atomic
def decide(*, award: Award, reason: str, by: User, now: datetime) -> Award:
    """Decide the award: starts the standstill, issues a letter to every bidder of the lot."""
    locked = lock_award(award)
    permissions.check_user_can(by, Permission.AWARD_DECIDE, locked.lot.tender)
    check_lot_allows("awards.award", locked.lot, now)
    _check_whole(locked.lot)
    if locked.decided_at is not None:
        raise Conflict("This award has been decided already.")
    first = locked.recommended_by.public_id if locked.recommended_by else None
    duties.check_second_person(first, by.public_id, "recommended")
    if open_cancellations(locked).exists():
        raise Conflict(
            "It is proposed to refuse this recommendation.",
            remedy="Take the proposal back, or wait until it is declined; then decide.",
        )
    locked.reason, locked.decided_at, locked.decided_by = stated(reason), now, by
    locked.standstill_ends_at = now + timedelta(days=locked.lot.tender.standstill_days)
    locked.save()
    evaluation = confirmed_evaluation(locked.lot)
    recorded("AwardDecided", locked, by, now, _decision_body(locked, evaluation))
    letters.issue(locked, evaluation, now)
    return locked


def _decision_body(award: Award, evaluation: Evaluation) -> dict[str, object]:
    """The decision with the whole case, so that from now on everyone can recompute the ranking."""
    assert award.standstill_ends_at is not None
    return {
        "reason": award.reason,
        "standstill_ends_at": instant(award.standstill_ends_at).isoformat(),
        **decision_evidence(evaluation),
    }


def decision_evidence(evaluation: Evaluation) -> dict[str, object]:
    """What lets everyone recompute an evaluation: its case whole, and the digests."""
    return {
        "case": json.loads(evaluation.case),
        "case_digest": evaluation.case_digest,
        "result_digest": evaluation.result_digest,
    }


def lock_award(award: Award) -> Award:
    """The award that stands, its tender locked until commit; raises NotFound."""
    lot = lock_lot(award.lot_id)
    row = Award.objects.select_for_update(of=("self",)).filter(pk=award.pk).first()
    if row is None or row.cancelled_at is not None:
        raise NotFound("There is no such award.")
    row.lot = lot
    return row


def open_cancellations(award: Award) -> QuerySet[AwardCancellation]:
    """The proposal to cancel it that waits for a second person; at most one."""
    return award.cancellations.filter(confirmed_at=None, declined_at=None)


@transaction.atomic
def declare_unsuccessful(*, lot: Lot, reason: str, by: User, now: datetime) -> Lot:
    """Close a lot to which no bid, or no valid bid, was submitted."""
    locked = lock_lot(lot.pk)
    permissions.check_user_can(by, Permission.AWARD_DECIDE, locked.tender)
    check_lot_allows("awards.declare_unsuccessful", locked, now)
    if has_valid_bid(locked):
        raise Conflict("A bid qualifies for this lot: award it, or cancel the tender.")
    locked.unsuccessful_at, locked.unsuccessful_reason = now, stated(reason)
    locked.save(update_fields=["unsuccessful_at", "unsuccessful_reason"])
    record(
        "LotUnsuccessful",
        subject=locked.tender.reference,
        body={"lot": locked.number, "reason": locked.unsuccessful_reason},
        by=by,
        now=now,
    )
    return locked


def has_valid_bid(lot: Lot) -> bool:
    """Whether a bid stands, opened or not, that the lot may still be awarded to."""
    if lot.tender.opened_at is None:
        return standing(lot.tender).exists()
    evaluation = lot.evaluations.exclude(confirmed_at=None).first()
    if evaluation is None:
        return cases.bids_for(lot).exists()
    if _gets_nothing(lot):
        return False
    return evaluation.bids.exclude(rank=None).exists()


def _gets_nothing(lot: Lot) -> bool:
    """Whether the lot is divided, and the allocation that stands leaves all of it unmet."""
    row = lot.tender.allocations.exclude(confirmed_at=None).order_by("-id").first()
    lots = json.loads(row.result)["lots"] if row else []
    return any(one["lot"] == str(lot.number) and not one["suppliers"] for one in lots)


def recorded(
    event: str,
    award: Award,
    by: User,
    now: datetime,
    body: Mapping[str, object],
    *,
    visibility: str = "public",
) -> None:
    record(
        event,
        subject=award.lot.tender.reference,
        body={
            "lot": award.lot.number,
            "award": award.pk,
            "bid": award.bid.public_id,
            "supplier": award.supplier.public_id,
            "price": plain(award.price),
            "currency": award.currency,
            **body,
        },
        by=by,
        now=now,
        visibility=visibility,
    )
