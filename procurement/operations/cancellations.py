"""Dropping a draft, which one officer may; cancelling a published tender, which takes two."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from marketplace.ledger.record import AUDITOR, PUBLIC, record
from marketplace.notify import outbox
from marketplace.notify.kinds import Kind
from procurement import permissions
from procurement.models import Tender, TenderCancellation
from procurement.operations import proposals
from procurement.operations.common import check_tender_allows, lock_tender
from procurement.queries.bids import holders
from procurement.rules.timeline import instant


@transaction.atomic
def drop(*, tender: Tender, reason: str, by: User, now: datetime) -> Tender:
    """Give a draft up: nobody outside the buyer has seen it, so that one officer is enough."""
    locked = lock_tender(tender.pk)
    permissions.check_user_can(by, Permission.TENDER_CANCEL, locked)
    check_tender_allows("tenders.drop", locked, now)
    _cancel(locked, proposals.checked_reason(reason), by, now)
    body = {"reason": locked.cancelled_reason}
    record("DraftDropped", subject=locked.reference, body=body, by=by, now=now, visibility=AUDITOR)
    return locked


@transaction.atomic
def propose(*, tender: Tender, reason: str, by: User, now: datetime) -> TenderCancellation:
    """Propose to cancel a published tender; it goes on until another person confirms."""
    locked = lock_tender(tender.pk)
    permissions.check_user_can(by, Permission.TENDER_CANCEL, locked)
    check_tender_allows("tenders.propose_cancellation", locked, now)
    proposals.check_none_open(
        locked.cancellations.filter(confirmed_at=None, declined_at=None).exists()
    )
    proposal = TenderCancellation.objects.create(
        tender=locked, reason=proposals.checked_reason(reason), proposed_at=now, proposed_by=by
    )
    # Not public: what one person proposes is no decision, and would keep bidders away.
    _recorded("TenderCancellationProposed", proposal, by, now, AUDITOR)
    what = f"{by.full_name} proposes to cancel this tender."
    proposals.ask_approvers(f"cancel:{proposal.pk}", locked, what, proposal.reason, now)
    return proposal


@transaction.atomic
def confirm(*, proposal: TenderCancellation, by: User, now: datetime) -> Tender:
    """Confirm a proposal: the tender is cancelled, and whoever holds a bid is told why.

    Raises NotFound, NotPermitted, SeparationOfDuties, OperationNotAllowed.
    """
    row = _locked(proposal)
    check_tender_allows("tenders.cancel", row.tender, now)
    proposals.confirm(row, row.tender, by, now)
    _cancel(row.tender, row.reason, by, now)
    _recorded("TenderCancelled", row, by, now, PUBLIC)
    _tell_bidders(row.tender, now)
    return row.tender


@transaction.atomic
def decline(*, proposal: TenderCancellation, by: User, now: datetime) -> TenderCancellation:
    """Decline a proposal, or take one's own back; the tender goes on as if there were none."""
    row = _locked(proposal)
    how = proposals.decline(row, row.tender, by, now)
    _recorded(f"TenderCancellation{how}", row, by, now, AUDITOR)
    return row


def _locked(proposal: TenderCancellation) -> TenderCancellation:
    tender = lock_tender(proposal.tender_id)
    row = tender.cancellations.select_related("proposed_by").filter(pk=proposal.pk).first()
    if row is None:
        raise NotFound("There is no such proposal.")
    row.tender = tender
    return row


def _cancel(tender: Tender, reason: str, by: User, now: datetime) -> None:
    tender.cancelled_at, tender.cancelled_by, tender.cancelled_reason = now, by, reason
    tender.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_reason"])


def _recorded(
    event: str, proposal: TenderCancellation, by: User, now: datetime, visibility: str
) -> None:
    body = {
        "reason": proposal.reason,
        "proposed_by": proposal.proposed_by.public_id,
        "proposed_at": instant(proposal.proposed_at),
    }
    subject = proposal.tender.reference
    record(event, subject=subject, body=body, by=by, now=now, visibility=visibility)


def _tell_bidders(tender: Tender, now: datetime) -> None:
    fate = "" if tender.opened_at else "\n\nNo bid will be opened."
    outbox.queue(
        f"cancelled:{tender.reference}",
        holders(tender),
        subject=lambda: _("%(tender)s was cancelled") % {"tender": tender.reference},
        body=f"{tender.title}\n\nReason: {tender.cancelled_reason}{fate}",
        kind=Kind.CHANGE,
        now=now,
    )
