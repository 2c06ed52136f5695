"""The first page, and the way from it to everybody's own."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from marketplace.accounts import queries as people
from marketplace.accounts.roles import Role
from marketplace.ledger import queries as ledger
from marketplace.web.context import now_of, user_of
from marketplace.web.operate import page
from marketplace.web.presenters import tender_rows
from marketplace.web.templatetags.musika import number
from marketplace.web.views import auditor
from marketplace.web.views.buyer_home import buyer_home, is_buyer_person
from marketplace.web.views.people import listed
from procurement import filters, permissions
from procurement.models import Bid, BidDraft, Lot, SealedBid, Tender
from procurement.queries import lists, outcomes
from procurement.rules.timeline import TenderStatus


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Musika is, what closes soon, what was awarded, how it works, and its figures."""
    now = now_of(request)
    opened = _open(now)
    context = {
        "closing": tender_rows.rows(list(opened[:4]), now),
        "awards": outcomes.awards(now_of(request))[:4],
        "figures": _figures(opened.count()),
        "steps": STEPS,
    }
    return render(request, "web/home.html", context)


STEPS = (
    (
        gettext_lazy("A buyer publishes"),
        gettext_lazy(
            "What is wanted, where, by when, and to which quality. A second person "
            "checks it before it goes out."
        ),
    ),
    (
        gettext_lazy("Farmers bid in secret"),
        gettext_lazy(
            "Each bid is sealed at once. Nobody can read it before the opening, "
            "not even the people who run this service."
        ),
    ),
    (
        gettext_lazy("A committee opens"),
        gettext_lazy(
            "Several openers must come together. Every bid is read out, and judged "
            "by the published rule, with the arithmetic shown."
        ),
    ),
    (
        gettext_lazy("Anyone checks"),
        gettext_lazy(
            "Each step is in a public record that only grows. Download it and check it yourself."
        ),
    ),
)


def _open(now: datetime) -> QuerySet[Tender]:
    """Tenders that take bids, the next to close first."""
    is_open: dict[str, Any] = {"shown_status": TenderStatus.OPEN.value}
    tenders = filters.annotated(lists.public(now).defer("terms"), now)
    return tenders.filter(**is_open).order_by("deadline", "pk")


def _figures(opened: int) -> list[dict[str, str]]:
    """Four small counts; money is not added up here."""
    own = Tender.objects.filter(historical_batch=None).exclude(published_at=None)
    lots = Lot.objects.filter(awards__cancelled_at=None, awards__decided_at__isnull=False)
    # As last signed: a count that moved with every entry would count sealed bids.
    signed = ledger.latest_checkpoint()
    return [
        {"label": _("Open for bids"), "value": number(opened)},
        {"label": _("Tenders published here"), "value": number(own.count())},
        {"label": _("Bids opened"), "value": number(Bid.objects.count())},
        {"label": _("Lots awarded"), "value": number(lots.distinct().count())},
        {"label": _("Entries in the record"), "value": number(signed.size if signed else 0)},
    ]


@require_safe
@page
def dashboard(request: HttpRequest) -> HttpResponseBase:
    """The tasks of whoever signed in: by role, buyers first."""
    user = user_of(request)
    roles = people.roles(user)
    if is_buyer_person(user):
        return buyer_home(request)
    if permissions.user_can_read_history(user):
        return auditor.home(request)
    if Role.ADMINISTRATOR in roles:
        return listed(request)
    return _tenderer_home(request)


def _tenderer_home(request: HttpRequest) -> HttpResponse:
    now = now_of(request)
    memberships = people.current_memberships(user_of(request))
    own = [m.organization_id for m in memberships if m.role == Role.TENDERER]
    drafts = BidDraft.objects.filter(tenderer__in=own, tender__deadline__gt=now)
    sealed = SealedBid.objects.filter(tenderer__in=own, withdrawn_at=None)
    opened = _open(now)
    context = {
        "memberships": memberships,
        "drafts": drafts.defer("ciphertext")
        .select_related("tender", "tenderer")
        .order_by("tender__deadline", "pk"),
        "sealed": sealed.defer("envelope").select_related("tender").order_by("-id")[:5],
        "closing": tender_rows.rows(list(opened[:5]), now),
    }
    return render(request, "web/home/tenderer.html", context)
