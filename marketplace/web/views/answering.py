"""Questions about a tender, and the officer's answers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts import queries as people
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from marketplace.web.forms.contracts import AnswerForm
from marketplace.web.operate import page, question, sent
from marketplace.web.views.buyer import crumbs, now_of, tender_of, user_of
from procurement import permissions
from procurement.operations import enquiries
from procurement.queries import facts
from procurement.rules.lifecycle import is_allowed


@page
def show(request: HttpRequest, reference: str) -> HttpResponse:
    """All questions, the unanswered first; never who asked."""
    tender = tender_of(request, reference)
    rows = tender.enquiries.select_related("answered_by")
    now = now_of(request)
    may = people.has_permission(user_of(request), Permission.ENQUIRY_ANSWER, tender.buyer)
    context = {
        "tender": tender,
        "waiting": rows.filter(answered_at=None),
        "answered": rows.exclude(answered_at=None).order_by("-answered_at"),
        "may_answer": may and is_allowed("enquiries.answer", facts.status(tender, now)),
        "crumbs": crumbs(tender, (_("Questions"), "")),
    }
    return render(request, "web/officer/enquiries.html", context)


@page
def answer(request: HttpRequest, reference: str, enquiry: int) -> HttpResponse:
    tender = tender_of(request, reference)
    user, now = user_of(request), now_of(request)
    permissions.check_role(user, Permission.ENQUIRY_ANSWER, tender.buyer)
    row = tender.enquiries.filter(pk=enquiry).first()
    if row is None:
        raise NotFound(_("There is no such question."))
    form = AnswerForm(sent(request))
    here = reverse("tender_enquiries", args=[reference])
    return question(
        request,
        form,
        lambda: enquiries.answer(enquiry=row, text=form.cleaned_data["answer"], by=user, now=now),
        to=here,
        success=_("Question and answer are published."),
        template="web/officer/answer.html",
        title=_("Answer a question"),
        caption=f"{tender.reference} · {tender.title}",
        back_href=here,
        enquiry=row,
    )
