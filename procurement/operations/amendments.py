"""Amending a published tender: a notice, more time, or both; it takes two people.

The tender's terms get a new hash. Bids that were sealed before stay sealed under the terms that
they answered, and stand: an amendment changes no question that they answered
(`procurement.rules.amending`). Whoever has bid, begun to, or asked is told.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.errors import Invalid, NotFound
from marketplace.ledger.record import AUDITOR, PUBLIC, record
from marketplace.notify import outbox
from marketplace.notify.kinds import Kind
from procurement import permissions
from procurement.models import Tender, TenderAmendment
from procurement.operations import engines, proposals
from procurement.operations.common import at_words, lock_tender
from procurement.operations.tenders import published_body
from procurement.queries import facts, outages, terms
from procurement.queries.bids import holders
from procurement.rules import amending, lifecycle
from procurement.rules.amending import Timetable
from procurement.rules.published import canonical_terms, terms_hash
from procurement.rules.rulesets import ruleset
from procurement.rules.timeline import instant


class BadAmendment(Invalid):
    """The amendment changes nothing, takes time away, or comes too late for its notice."""

    code = "bad-amendment"


@transaction.atomic
def propose(
    *, tender: Tender, new: Timetable, notice: str, reason: str, by: User, now: datetime
) -> TenderAmendment:
    """Propose an amendment; the tender goes on as it is until another person confirms.

    Raises NotPermitted, OperationNotAllowed, Conflict (one is proposed), BadAmendment, Invalid.
    """
    locked = lock_tender(tender.pk)
    permissions.check_user_can(by, Permission.TENDER_DRAFT, locked)
    _check_allowed(locked, now)
    proposals.check_none_open(
        locked.amendments.filter(confirmed_at=None, declined_at=None).exists(), "amendment"
    )
    _check(locked, new, notice.strip(), now)
    proposal = TenderAmendment.objects.create(
        tender=locked,
        notice=notice.strip(),
        deadline=new.deadline,
        enquiry_deadline=new.enquiry_deadline,
        reason=proposals.checked_reason(reason),
        proposed_at=now,
        proposed_by=by,
    )
    _recorded("TenderAmendmentProposed", proposal, by, now, AUDITOR, _said(proposal))
    what = f"{by.full_name} proposes to amend this tender."
    proposals.ask_approvers(
        f"amend:{proposal.pk}", locked, what, proposal.reason, now, "an amendment"
    )
    return proposal


@transaction.atomic
def confirm(*, proposal: TenderAmendment, by: User, now: datetime) -> Tender:
    """Publish the amendment: new terms with a new hash, and everybody concerned is told.

    Raises NotFound, NotPermitted, SeparationOfDuties, OperationNotAllowed, BadAmendment (time has
    passed since it was proposed).
    """
    row = _locked(proposal)
    tender, new = row.tender, Timetable(row.deadline, row.enquiry_deadline)
    _check_allowed(tender, now)
    _check(tender, new, row.notice, now)
    proposals.confirm(row, tender, by, now)
    data = amending.amended(terms.frozen(tender), new, row.notice, row.reason, now)
    tender.deadline, tender.enquiry_deadline = new.deadline, new.enquiry_deadline
    tender.terms = canonical_terms(data)
    tender.terms_hash = terms_hash(tender.terms)
    tender.save(update_fields=["deadline", "enquiry_deadline", "terms", "terms_hash"])
    engines.keep(now=now)
    _recorded("TenderAmended", row, by, now, PUBLIC, published_body(tender) | _said(row))
    _tell(row, len(data["amendments"]), now)
    return tender


@transaction.atomic
def decline(*, proposal: TenderAmendment, by: User, now: datetime) -> TenderAmendment:
    """Decline a proposal, or take one's own back; the tender stays as it is."""
    row = _locked(proposal)
    how = proposals.decline(row, row.tender, by, now)
    _recorded(f"TenderAmendment{how}", row, by, now, AUDITOR, _said(row))
    return row


def least_after_notice(tender: Tender) -> timedelta:
    """The rule set's shortest time for bidders to act on a notice; compressed in trials."""
    if settings.COMPRESSED_PERIOD is not None:
        return timedelta(seconds=settings.COMPRESSED_PERIOD)
    return ruleset(tender.jurisdiction).after_amendment


def _check_allowed(tender: Tender, now: datetime) -> None:
    status = facts.status(tender, now)
    if not outages.may_amend(tender, status, now):
        lifecycle.check_allowed("tenders.amend", status)


def _check(tender: Tender, new: Timetable, notice: str, now: datetime) -> None:
    if tender.deadline is None:
        raise NotFound("There is no such tender to act on.")
    old = Timetable(tender.deadline, tender.enquiry_deadline)
    found = amending.problems(old, new, notice, now, least_after_notice(tender))
    if found:
        raise BadAmendment(found[0].message, where=found[0].where)


def _locked(proposal: TenderAmendment) -> TenderAmendment:
    tender = lock_tender(proposal.tender_id)
    row = tender.amendments.select_related("proposed_by").filter(pk=proposal.pk).first()
    if row is None:
        raise NotFound("There is no such proposal.")
    row.tender = tender
    return row


def _said(proposal: TenderAmendment) -> dict[str, object]:
    return {
        "notice": proposal.notice,
        "deadline": instant(proposal.deadline),
        "reason": proposal.reason,
        "proposed_by": proposal.proposed_by.public_id,
        "proposed_at": instant(proposal.proposed_at),
    }


def _recorded(
    event: str,
    proposal: TenderAmendment,
    by: User,
    now: datetime,
    visibility: str,
    body: dict[str, object],
) -> None:
    subject = proposal.tender.reference
    record(event, subject=subject, body=body, by=by, now=now, visibility=visibility)


def _tell(proposal: TenderAmendment, number: int, now: datetime) -> None:
    tender = proposal.tender
    begun_or_asked = Q(pk__in=tender.drafts.values("updated_by")) | Q(
        pk__in=tender.enquiries.values("asked_by")
    )
    concerned = User.objects.filter(Q(pk__in=holders(tender).values("pk")) | begun_or_asked)
    told = {
        "tender": tender.reference,
        "until": at_words(tender.deadline),
        "address": f"{settings.SITE_URL}/tenders/{tender.reference}/",
    }
    outbox.queue(
        f"amended:{tender.reference}:{number}",
        concerned.filter(is_active=True),
        subject=lambda: _("%(tender)s was amended") % told,
        sms=lambda: _("%(tender)s was amended. Bids close on %(until)s. %(address)s") % told,
        kind=Kind.CHANGE,
        body="\n\n".join(
            part
            for part in (
                tender.title,
                proposal.notice,
                f"Bids now close on {at_words(tender.deadline)}.",
                f"Reason: {proposal.reason}",
                "A bid that you have submitted stands as it is. You may replace or withdraw it "
                "until the deadline.",
                f"{settings.SITE_URL}/tenders/{tender.reference}/",
            )
            if part
        ),
        now=now,
    )
