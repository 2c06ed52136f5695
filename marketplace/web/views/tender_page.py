"""The public page of one tender, its documents and its questions."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.accounts import queries as people
from marketplace.accounts.models import Organization, User
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.enquiries import QuestionForm
from marketplace.web.lookups import public_tender, whole_tender
from marketplace.web.operate import explained, page, perform
from marketplace.web.presenters import tender_page
from marketplace.web.presenters.division import published_sharing
from procurement.models import Tender
from procurement.operations import enquiries
from procurement.queries import facts, outages, terms
from procurement.rules import timeline
from procurement.rules.timeline import TenderStatus


@require_safe
@explained
def show(request: HttpRequest, reference: str) -> HttpResponse:
    now = now_of(request)
    tender = whole_tender(reference, now)
    views = tender_page.lots(tender, now)
    known = None if tender.is_historical else facts.tender_facts(tender)
    status = "historical" if known is None else timeline.status(known, now).value
    context = {
        "tender": tender,
        "status": status,
        "held_until": _held_until(tender, status, now),
        "amendments": terms.amendments(tender)[::-1],
        "lots": views,
        "shared": published_sharing(terms.frozen(tender)) if tender.terms else [],
        "events": tender_page.timeline(tender, views, now),
        "enquiries": tender.enquiries.exclude(answered_at=None),
        "may_ask": known is not None and timeline.accepts_enquiries(known, now),
        "may_bid": known is not None and timeline.accepts_bids(known, now),
        "bid_max_mb": settings.BID_MAX_BYTES // 1_400_000,
        "crumbs": crumbs(tender),
    }
    return render(request, "web/tenders/tender.html", context)


def _held_until(tender: Tender, status: str, now: datetime) -> datetime | None:
    """Until when more time may still be given because the service was down."""
    until = outages.held_until(tender) if status == TenderStatus.CLOSING else None
    return until if until is not None and now < until else None


def crumbs(tender: Tender, *more: str) -> list[dict[str, str]]:
    here = {"title": tender.reference, "href": reverse("tender", args=[tender.reference])}
    found = [{"title": _("Tenders"), "href": reverse("tender_list")}, here]
    found += [{"title": title} for title in more]
    if not more:
        here.pop("href")
    return found


@require_safe
@explained
def document(request: HttpRequest, reference: str, document: int) -> Any:
    """A file of the tender, as it was stored, always as a download."""
    tender = public_tender(reference, now_of(request))
    row = tender.documents.filter(pk=document).first()
    if row is None:
        raise NotFound(_("There is no such document."))
    response = FileResponse(
        row.file.open("rb"), as_attachment=True, filename=row.filename, content_type=row.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@page
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask the buyer; question and answer become public together."""
    now, user = now_of(request), user_of(request)
    tender = public_tender(reference, now)
    asking = people.organizations_with(user, Permission.ENQUIRY_ASK)
    form = QuestionForm(request.POST or None, organizations=asking)
    if request.method == "POST" and form.is_valid() and _asked(request, tender, form, user, now):
        return redirect("tender", tender.reference)
    context: dict[str, Any] = {
        "form": form,
        "tender": tender,
        "asking": asking,
        "title": _("Ask a question"),
        "caption": f"{tender.reference}: {tender.title}",
        "back_href": reverse("tender", args=[reference]),
    }
    return render(request, "web/tenders/ask.html", context)


def _asked(
    request: HttpRequest, tender: Tender, form: forms.Form, user: User, now: datetime
) -> object:
    organization: Organization = form.cleaned_data["organization"]
    return perform(
        request,
        form,
        lambda: enquiries.ask(
            tender=tender,
            organization=organization,
            question=form.cleaned_data["question"],
            by=user,
            now=now,
        ),
        success=_("Your question has been sent. You will get an e-mail when it is answered."),
    )
