"""Cancelling an award before its contract, or refusing a recommendation: it takes two people."""

from datetime import datetime

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from marketplace.ledger.record import AUDITOR, PUBLIC
from procurement import permissions
from procurement.models import Award, AwardCancellation
from procurement.operations import allocation_awards, awards, proposals
from procurement.operations.common import check_lot_allows
from procurement.rules.timeline import instant


@transaction.atomic
def propose(*, award: Award, reason: str, by: User, now: datetime) -> AwardCancellation:
    """The accounting officer proposes; the award stands until an approver confirms."""
    locked = awards.lock_award(award)
    permissions.check_user_can(by, Permission.AWARD_DECIDE, locked.lot.tender)
    check_lot_allows("awards.propose_cancellation", locked.lot, now)
    proposals.check_none_open(awards.open_cancellations(locked).exists())
    proposal = AwardCancellation.objects.create(
        award=locked, reason=proposals.checked_reason(reason), proposed_at=now, proposed_by=by
    )
    _recorded("AwardCancellationProposed", proposal, by, now, AUDITOR)
    kind = "cancel the award" if locked.decided_at else "refuse the recommendation"
    what = f"{by.full_name} proposes to {kind} of lot {locked.lot.number}."
    tender = locked.lot.tender
    proposals.ask_approvers(f"cancel-award:{proposal.pk}", tender, what, proposal.reason, now)
    return proposal


@transaction.atomic
def confirm(*, proposal: AwardCancellation, by: User, now: datetime) -> Award:
    """Confirm a proposal: the lot may be awarded to the next-ranked bid.

    Raises NotFound, NotPermitted, SeparationOfDuties, OperationNotAllowed.
    """
    row = _locked(proposal)
    award = row.award
    check_lot_allows("awards.cancel", award.lot, now)
    proposals.confirm(row, award.lot.tender, by, now)
    award.cancelled_at, award.cancelled_by, award.cancelled_reason = now, by, row.reason
    award.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_reason"])
    # What nobody was told of is cancelled as quietly.
    _recorded("AwardCancelled", row, by, now, PUBLIC if award.decided_at else AUDITOR)
    allocation_awards.refuse_others(row, by, now)
    return award


@transaction.atomic
def decline(*, proposal: AwardCancellation, by: User, now: datetime) -> AwardCancellation:
    """Decline a proposal, or take one's own back; the award goes on as if there were none."""
    row = _locked(proposal)
    how = proposals.decline(row, row.award.lot.tender, by, now)
    _recorded(f"AwardCancellation{how}", row, by, now, AUDITOR)
    return row


def _locked(proposal: AwardCancellation) -> AwardCancellation:
    award = awards.lock_award(proposal.award)
    row = award.cancellations.select_related("proposed_by").filter(pk=proposal.pk).first()
    if row is None:
        raise NotFound("There is no such proposal.")
    row.award = award
    return row


def _recorded(
    event: str, proposal: AwardCancellation, by: User, now: datetime, visibility: str
) -> None:
    body = {
        "reason": proposal.reason,
        "proposed_by": proposal.proposed_by.public_id,
        "proposed_at": instant(proposal.proposed_at),
    }
    awards.recorded(event, proposal.award, by, now, body, visibility=visibility)
