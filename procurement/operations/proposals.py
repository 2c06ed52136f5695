"""What cancelling a tender or an award and amending a tender have in common: two people."""

from datetime import datetime

from marketplace.accounts import queries as people
from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.errors import Conflict, Invalid, NotFound, NotPermitted
from marketplace.notify import outbox
from procurement import permissions
from procurement.models import (
    AwardCancellation,
    ContractChange,
    Tender,
    TenderAmendment,
    TenderCancellation,
)
from procurement.rules import duties

Proposal = TenderCancellation | AwardCancellation | TenderAmendment | ContractChange


def checked_reason(reason: str) -> str:
    if not reason.strip():
        raise Invalid("Give the reason: it is published.", where="reason")
    return reason.strip()


def check_none_open(found: bool, what: str = "cancellation") -> None:
    if found:
        raise Conflict(
            f"Its {what} is proposed already.",
            remedy="Another person has to confirm or decline that proposal first.",
        )


def check_open(proposal: Proposal) -> None:
    """Raise NotFound for a proposal that was confirmed, declined or taken back meanwhile."""
    if proposal.confirmed_at is not None or proposal.declined_at is not None:
        raise NotFound(
            "This proposal is no longer open.", remedy="Look at the tender: another may be."
        )


def confirm(proposal: Proposal, tender: Tender, by: User, now: datetime) -> None:
    """Record the second person. The caller locks, and acts in the same transaction.

    The approver confirms, for a tender and for an award. He has approved the terms and has, by
    the separation of duties, neither ranked the bids nor recommended or chosen a supplier: the
    two who did could otherwise cancel their own award until the bid that they want is next.
    """
    permissions.check_user_can(by, Permission.TENDER_PUBLISH, tender)
    check_open(proposal)
    duties.check_second_person(proposal.proposed_by.public_id, by.public_id)
    proposal.confirmed_at, proposal.confirmed_by = now, by
    proposal.save(update_fields=["confirmed_at", "confirmed_by"])


def decline(proposal: Proposal, tender: Tender, by: User, now: datetime) -> str:
    """Record the end of the proposal; "TakenBack" if its author ends it, else "Declined"."""
    is_author = proposal.proposed_by_id == by.pk
    if not is_author:
        permissions.check_user_can(by, Permission.TENDER_PUBLISH, tender)
    elif not permissions.works_for_buyer(by, tender):
        raise NotPermitted("You have no role with the buyer any more.")
    permissions.check_second_factor(by)
    check_open(proposal)
    proposal.declined_at, proposal.declined_by = now, by
    proposal.save(update_fields=["declined_at", "declined_by"])
    return "TakenBack" if is_author else "Declined"


def ask_approvers(
    key: str, tender: Tender, what: str, reason: str, now: datetime, kind: str = "a cancellation"
) -> None:
    outbox.queue(
        key,
        people.people_with(Permission.TENDER_PUBLISH, tender.buyer),
        subject=f"{tender.reference}: confirm or decline {kind}",
        body=f"{tender.title}\n\n{what} It needs a second person: you find it under “My tasks”."
        f"\n\nReason: {reason}",
        now=now,
    )
