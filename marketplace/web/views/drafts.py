"""The tender wizard: the head of a draft, one thing a page, saved as you go."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts import queries as people
from marketplace.accounts.roles import Permission
from marketplace.errors import NotPermitted
from marketplace.web import drafting
from marketplace.web.forms.drafts import (
    NewTenderForm,
    ProcedureForm,
    TimetableForm,
    TitleForm,
)
from marketplace.web.operate import page, question, sent
from marketplace.web.views.buyer import draft_of, now_of, tender_of, user_of
from procurement.models import Tender
from procurement.operations import tenders
from procurement.queries import contents
from procurement.rules.content import TenderContent, period_words
from procurement.rules.rulesets import ruleset

LATEST_OFFERED = 100


def manage_path(tender: Tender) -> str:
    return reverse("tender_manage", args=[tender.reference])


@page
def new(request: HttpRequest) -> HttpResponse:
    """Start from a blank page."""
    return _start(request, lambda: TenderContent(title=""), _("What do you want to buy?"))


@page
def new_from(request: HttpRequest, reference: str) -> HttpResponse:
    """Start from what an earlier tender of the buyer says."""
    earlier = tender_of(request, reference)
    title = _("Start from %(reference)s") % {"reference": earlier.reference}
    return _start(request, lambda: drafting.anew(contents.content(earlier)), title, earlier)


def _start(request: HttpRequest, begin: Any, title: str, earlier: Tender | None = None) -> Any:
    user, now = user_of(request), now_of(request)
    buyers = people.organizations_with(user, Permission.TENDER_DRAFT)
    if not buyers:
        raise NotPermitted("Only procurement officers draft tenders.")
    form = NewTenderForm(sent(request), buyers=buyers)
    if earlier is not None:
        form.initial = {"title": earlier.title, "description": earlier.description}
    base = begin()

    def save() -> Tender:
        said = {
            "title": form.cleaned_data["title"],
            "description": form.cleaned_data["description"],
        }
        if earlier is None:
            said["standstill_days"] = ruleset("zw").standstill_days
        return tenders.draft(buyer=form.buyer(), content=replace(base, **said), by=user, now=now)

    return question(
        request,
        form,
        save,
        to=manage_path,
        success=_("The draft is saved. Go on with any part, in any order."),
        title=title,
        caption=_("New tender"),
        back_href=reverse("tender_new_choose"),
    )


@page
def choose_start(request: HttpRequest) -> HttpResponse:
    """A blank page, or one of the buyer's earlier tenders."""
    buyers = people.organizations_with(user_of(request), Permission.TENDER_DRAFT)
    if not buyers:
        raise NotPermitted("Only procurement officers draft tenders.")
    rows = Tender.objects.filter(buyer__in=buyers, historical_batch=None)
    context = {"tenders": rows.select_related("buyer")[:LATEST_OFFERED]}
    return render(request, "web/officer/choose_start.html", context)


def _part(request: HttpRequest, reference: str, form_of: Any, changes: Any, **context: Any) -> Any:
    """One page of the wizard about the head of the draft."""
    tender = draft_of(request, reference)
    content = contents.content(tender)
    form = form_of(content)

    def save() -> Tender:
        new_content = replace(content, **changes(form))
        return tenders.revise(
            tender=tender, content=new_content, by=user_of(request), now=now_of(request)
        )

    return question(
        request,
        form,
        save,
        to=manage_path(tender),
        success=_("Saved."),
        caption=f"{tender.reference} · {tender.title}",
        back_href=manage_path(tender),
        tender=tender,
        **context,
    )


@page
def title(request: HttpRequest, reference: str) -> HttpResponse:
    return _part(
        request,
        reference,
        lambda c: TitleForm(
            sent(request), initial={"title": c.title, "description": c.description}
        ),
        lambda form: form.cleaned_data,
        title=_("Title and description"),
    )


@page
def procedure(request: HttpRequest, reference: str) -> HttpResponse:
    return _part(
        request,
        reference,
        lambda c: ProcedureForm(
            sent(request),
            initial={
                "method": c.method,
                "reserved_for": c.reserved_for,
                "currency": c.currency,
            },
        ),
        lambda form: form.cleaned_data,
        title=_("Method, group and currency"),
    )


@page
def timetable(request: HttpRequest, reference: str) -> HttpResponse:
    period = tenders.shortest_period(draft_of(request, reference))
    return _part(
        request,
        reference,
        lambda c: TimetableForm(
            sent(request), initial=TimetableForm.initial_of(c), now=now_of(request), period=period
        ),
        lambda form: form.changes(),
        title=_("Timetable"),
        template="web/officer/timetable.html",
        rules=ruleset("zw"),
        shortest=period_words(period),
    )
