"""Questions about a tender, published with their answers and without their authors."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.accounts import queries as people
from marketplace.accounts.models import Organization, User
from marketplace.accounts.roles import Permission
from marketplace.errors import Conflict, Invalid
from marketplace.ledger.record import record
from marketplace.notify import outbox
from marketplace.notify.kinds import Kind
from procurement import permissions
from procurement.models import Enquiry, Tender
from procurement.operations.common import check_tender_allows, lock_tender
from procurement.queries import facts
from procurement.rules import timeline
from procurement.rules.lifecycle import OperationNotAllowed

LONGEST = 4000


def _text(value: str, where: str) -> str:
    text = value.strip()
    if not text or len(text) > LONGEST:
        raise Invalid(f"Write between 1 and {LONGEST} characters.", where=where)
    return text


@transaction.atomic
def ask(
    *, tender: Tender, organization: Organization, question: str, by: User, now: datetime
) -> Enquiry:
    """Ask; the buyer's officers are told."""
    locked = lock_tender(tender.pk)
    permissions.check_role(by, Permission.ENQUIRY_ASK, organization)
    check_tender_allows("enquiries.ask", locked, now)
    if not timeline.accepts_enquiries(facts.tender_facts(locked), now):
        raise OperationNotAllowed("The time for questions is over.", where="question")
    enquiry = Enquiry.objects.create(
        tender=locked,
        organization=organization,
        asked_by=by,
        asked_at=now,
        question=_text(question, "question"),
    )
    # Who asks says who may bid: the author stays with the auditors.
    record(
        "EnquiryAsked",
        subject=locked.reference,
        body={"enquiry": enquiry.pk, "question": enquiry.question},
        by=by,
        now=now,
        visibility="auditor",
    )
    outbox.queue(
        f"asked:{enquiry.pk}",
        people.people_with(Permission.ENQUIRY_ANSWER, locked.buyer),
        subject=f"A question about {locked.reference}",
        body=enquiry.question,
        now=now,
    )
    return enquiry


@transaction.atomic
def answer(*, enquiry: Enquiry, text: str, by: User, now: datetime) -> Enquiry:
    """Answer once; question and answer become public together."""
    locked = lock_tender(enquiry.tender_id)
    permissions.check_role(by, Permission.ENQUIRY_ANSWER, locked.buyer)
    permissions.check_second_factor(by)
    check_tender_allows("enquiries.answer", locked, now)
    row = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
    if row.answered_at is not None:
        raise Conflict("This question has been answered already.")
    row.answer, row.answered_at, row.answered_by = _text(text, "answer"), now, by
    row.save()
    record(
        "EnquiryAnswered",
        subject=locked.reference,
        body={"enquiry": row.pk, "question": row.question, "answer": row.answer},
        by=by,
        now=now,
    )
    outbox.queue(
        f"answered:{row.pk}",
        [row.asked_by],
        subject=lambda: (
            _("Your question about %(tender)s is answered") % {"tender": locked.reference}
        ),
        kind=Kind.ENQUIRY,
        body=f"{row.question}\n\n{row.answer}",
        now=now,
    )
    return row
