"""The evaluators' pages besides gates: conflicts of interest, additions to a price, marks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organization
from marketplace.errors import NotFound
from marketplace.web.forms.judging import AssessmentForm, DeclarationForm, MarksForm
from marketplace.web.operate import Act, page, question, sent
from marketplace.web.presenters import matrix
from marketplace.web.views.buyer import any_tender, now_of, user_of
from marketplace.web.views.buyer import crumbs as trail
from marketplace.web.views.evaluations import bid_of, evaluation_path, opened_lot
from procurement import permissions, visibility
from procurement.models import Lot
from procurement.operations import assessments, declarations, marks
from procurement.queries import judging
from procurement.rules.visibility import Fact


@page
def declaration(request: HttpRequest, reference: str) -> HttpResponse:
    """Who has bid, and whether the evaluator has a conflict with any of them."""
    tender = any_tender(reference)
    user = user_of(request)
    named = visibility.sees(user, Fact.TENDERERS, tender)
    if not named or not permissions.works_for_buyer(user, tender):
        raise NotFound("There is nothing to declare.")
    bidders = list(Organization.objects.filter(bids__tender=tender).order_by("name"))
    form = DeclarationForm(sent(request), bidders=bidders)
    return question(
        request,
        form,
        lambda: declarations.declare(
            tender=tender,
            tenderer=form.named(),
            reason=form.cleaned_data["reason"],
            by=user_of(request),
            now=now_of(request),
        ),
        to=reverse("tender_manage", args=[reference]),
        success=_("Your declaration is on record."),
        template="web/evaluation/declaration.html",
        title=_("Conflict of interest"),
        caption=f"{reference} · {tender.title}",
        back_href=reverse("tender_manage", args=[reference]),
        made=judging.declaration(user_of(request), tender),
    )


@page
def assessment(request: HttpRequest, reference: str, lot: int, bid: str) -> HttpResponse:
    """What is added to one bid's price, and whether it is of the preferred group."""
    found = opened_lot(request, reference, lot)
    row = bid_of(found, bid)
    form = AssessmentForm(sent(request), lot=found, bid=row, currency=found.tender.currency)
    return question(
        request,
        form,
        lambda: assessments.assess(
            lot=found, bid=row, found=form.found(), by=user_of(request), now=now_of(request)
        ),
        to=evaluation_path(found.tender, found),
        success=_("It is recorded."),
        title=_("Added to the price of %s") % row.tenderer.name,
        caption=f"{reference} · {found}",
        back_href=evaluation_path(found.tender, found),
    )


@page
def overview(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    """Where the marking stands; everybody's marks side by side once all have signed."""
    found = opened_lot(request, reference, lot)
    context = {
        "tender": found.tender,
        "lot": found,
        "marking": matrix.marking(found, user_of(request)),
        "crumbs": _crumbs(found, _("Marks")),
    }
    return render(request, "web/evaluation/marks.html", context)


def _crumbs(lot: Lot, here: str) -> list[dict[str, Any]]:
    return trail(lot.tender, (str(lot), evaluation_path(lot.tender, lot)), (here, ""))


def _marks_path(lot: Lot) -> str:
    return reverse("lot_marks", args=[lot.tender.reference, lot.number])


@page
def enter(request: HttpRequest, reference: str, lot: int, bid: str) -> HttpResponse:
    """One bid beside its evidence, and one's own mark for each criterion."""
    found = opened_lot(request, reference, lot)
    row = bid_of(found, bid)
    own = row.marks.filter(sheet__lot=found, sheet__evaluator=user_of(request))
    known = {mark.criterion_id: mark for mark in own}
    form = MarksForm(sent(request), bid=row, criteria=judging.rated(found), known=known)
    return question(
        request,
        form,
        lambda: marks.save(lot=found, marks=form.given(), by=user_of(request), now=now_of(request)),
        to=_marks_path(found),
        success=_("Your marks are saved. Nobody else sees them before all have signed."),
        template="web/evaluation/mark.html",
        title=row.tenderer.name,
        tender=found.tender,
        lot=found,
        lines=row.lines.all(),
        qualities=matrix.declared(found, row),
        documents=row.documents.all(),
        own=own.select_related("criterion"),
        may_enter=judging.may_mark(user_of(request), found),
        crumbs=_crumbs(found, row.tenderer.name),
    )


@page
def sign(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    """Sign one's own marks."""
    found = opened_lot(request, reference, lot)
    return question(
        request,
        Act(sent(request)),
        lambda: marks.sign(lot=found, by=user_of(request), now=now_of(request)),
        to=_marks_path(found),
        success=_("Your marks are signed."),
        template="web/evaluation/sign.html",
        title=_("Sign your marks"),
        caption=f"{reference} · {found}",
        back_href=_marks_path(found),
    )


@page
def close(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    """The chair ends the wait for those who have not signed."""
    found = opened_lot(request, reference, lot)
    return question(
        request,
        Act(sent(request)),
        lambda: marks.close(lot=found, by=user_of(request), now=now_of(request)),
        to=_marks_path(found),
        success=_("The marking is closed."),
        template="web/evaluation/close.html",
        title=_("Close the marking"),
        caption=f"{reference} · {found}",
        back_href=_marks_path(found),
        waiting=matrix.marking(found, user_of(request)).waiting,
    )
