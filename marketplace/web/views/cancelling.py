"""Dropping a draft; proposing a cancellation, and the second person's page that answers it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from marketplace.accounts.roles import Permission
from marketplace.errors import MusikaError, NotFound
from marketplace.web.forms.drafts import ReasonForm
from marketplace.web.operate import page, question, sent, sentence
from marketplace.web.views.awards import award_or_404, award_path
from marketplace.web.views.buyer import lot_of, now_of, tender_of, user_of
from marketplace.web.views.drafts import manage_path
from procurement import permissions
from procurement.models import (
    AwardCancellation,
    ContractChange,
    Tender,
    TenderAmendment,
    TenderCancellation,
)
from procurement.operations import award_cancellations, cancellations
from procurement.queries import facts
from procurement.rules import duties, lifecycle

Proposal = TenderCancellation | AwardCancellation | TenderAmendment | ContractChange


@page
def propose(request: HttpRequest, reference: str) -> HttpResponse:
    """Drop a draft, or propose to cancel what is published."""
    tender = tender_of(request, reference)
    user, now = user_of(request), now_of(request)
    permissions.check_role(user, Permission.TENDER_CANCEL, tender.buyer)
    is_draft = tender.published_at is None
    operation = "tenders.drop" if is_draft else "tenders.propose_cancellation"
    lifecycle.check_allowed(operation, facts.status(tender, now))
    form = ReasonForm(sent(request))
    act: Callable[..., Any] = cancellations.drop if is_draft else cancellations.propose
    asked = _("Your proposal waits for an approver. Until it is confirmed the tender goes on.")
    return question(
        request,
        form,
        lambda: act(tender=tender, reason=form.cleaned_data["reason"], by=user, now=now),
        to=manage_path(tender),
        success=_("The draft is dropped.") if is_draft else asked,
        template="web/officer/cancel.html",
        title=_("Drop this draft") if is_draft else _("Propose to cancel the tender"),
        caption=f"{tender.reference} · {tender.title}",
        back_href=manage_path(tender),
        tender=tender,
    )


class AnswerForm(forms.Form):
    """Which proposal was read, and what the person answers."""

    proposal = forms.IntegerField(min_value=1)
    answer = forms.ChoiceField(choices=(("confirm", ""), ("decline", "")))


@page
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Confirm or decline the proposal to cancel a tender."""
    tender = tender_of(request, reference)
    found = tender.cancellations.select_related("proposed_by").order_by("-id").first()
    return answered(request, tender, found, cancellations, manage_path(tender), _of_tender)


@page
def answer_award(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    """Confirm or decline the proposal to cancel an award or refuse a recommendation."""
    tender = tender_of(request, reference)
    award = award_or_404(lot_of(tender, lot))
    # Of a lot that is awarded in parts: the part about which something was proposed last.
    rows = AwardCancellation.objects.filter(award__lot=award.lot_id, award__cancelled_at=None)
    found = rows.select_related("proposed_by", "award__supplier").order_by("-id").first()
    award = found.award if found else award
    award.lot.tender = tender
    path = award_path(award.lot)
    words = _of_award if award.decided_at else _of_refusal
    return answered(request, tender, found, award_cancellations, path, words, award=award)


def answered(
    request: HttpRequest,
    tender: Tender,
    found: Proposal | None,
    operations: Any,
    to: str,
    words: Callable[[], dict[str, str]],
    **context: Any,
) -> HttpResponse:
    """The page on which a second person answers a proposal, and its author takes it back."""
    if found is None or found.confirmed_at or found.declined_at:
        raise NotFound("Nothing is proposed.")
    user, now = user_of(request), now_of(request)
    form = AnswerForm(sent(request))

    def act() -> Any:
        if form.cleaned_data["proposal"] != found.pk:
            raise NotFound("This proposal is no longer open: read the one below.")
        confirmed = form.cleaned_data["answer"] == "confirm"
        call = operations.confirm if confirmed else operations.decline
        return call(proposal=found, by=user, now=now)

    is_author = found.proposed_by_id == user.pk
    return question(
        request,
        form,
        act,
        to=to,
        success=_("Your answer is recorded."),
        template="web/officer/proposal.html",
        caption=f"{tender.reference} · {tender.title}",
        back_href=to,
        tender=tender,
        proposal=found,
        is_author=is_author,
        refusal=_why_not(request, tender, found),
        **words(),
        **context,
    )


def _why_not(request: HttpRequest, tender: Tender, found: Proposal) -> str:
    """Why this person may not confirm; empty for one who may."""
    user = user_of(request)
    try:
        duties.check_second_person(found.proposed_by.public_id, user.public_id)
        permissions.check_user_can(user, Permission.TENDER_PUBLISH, tender)
    except MusikaError as error:
        return sentence(error)
    return ""


def _of_tender() -> dict[str, str]:
    return {
        "title": _("Cancel the tender?"),
        "effect": _("Everyone who holds a bid is told the reason. It cannot be taken up again."),
        "act": _("Cancel the tender"),
    }


def _of_award() -> dict[str, str]:
    return {
        "title": _("Cancel the award?"),
        "effect": _("The lot may then be awarded to the next bid in rank."),
        "act": _("Cancel the award"),
    }


def _of_refusal() -> dict[str, str]:
    return {
        "title": _("Refuse the recommendation?"),
        "effect": _("The lot may then be awarded to the next bid in rank."),
        "act": _("Refuse the recommendation"),
    }
