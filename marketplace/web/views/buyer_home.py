"""The first page of people who work for a buyer, and of openers: what waits for them."""

from datetime import datetime
from itertools import chain

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.accounts import queries as people
from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission, Role
from marketplace.web.operate import page
from marketplace.web.presenters import todo, todo_contracts
from marketplace.web.views.buyer import now_of, user_of
from procurement.models import Tender
from procurement.queries.lists import with_status
from procurement.rules.timeline import TenderStatus

OVER = (TenderStatus.PAID, TenderStatus.CANCELLED, TenderStatus.UNSUCCESSFUL)
# More than a desk holds; the list of tenders has the rest.
MOST = 200
SHOWN = 10


def is_buyer_person(user: User) -> bool:
    """Whether this page is for `user`: a role in a buyer, or an opener of another body."""
    held = people.current_memberships(user)
    return any(m.organization.kind == "buyer" or m.role == Role.OPENER for m in held)


@page
def buyer_home(request: HttpRequest) -> HttpResponse:
    """Everything that waits for this person, the most urgent first."""
    user, now = user_of(request), now_of(request)
    tenders = mine(user, now)
    found = (found for tender in tenders for found in todo.todos(tender, user, now))
    todos, standing_by = todo.split(chain(found, todo_contracts.todos(user, now)))
    context = {
        "todos": todos,
        "standing_by": standing_by,
        "tenders": tenders[:SHOWN],
        "more": len(tenders) > SHOWN,
        "may_draft": people.has_permission(user, Permission.TENDER_DRAFT),
        "organizations": {m.organization.name for m in people.current_memberships(user)},
    }
    return render(request, "web/officer/home.html", context)


def mine(user: User, now: datetime) -> list[Tender]:
    """Tenders still going on, of the person's buyers or with the person on the committee."""
    rows = _of_person(user)
    live = with_status(todo.with_facts(rows), now).exclude(status_now__in=OVER)
    return list(live.order_by("-id")[:MOST])


def _of_person(user: User) -> QuerySet[Tender]:
    buyers = [m.organization_id for m in people.current_memberships(user)]
    seats = user.committee_seats.values("tender")
    wanted = Q(buyer__in=buyers) | Q(pk__in=seats)
    return Tender.objects.filter(wanted, historical_batch=None)


@page
def tenders(request: HttpRequest) -> HttpResponse:
    """All tenders of the person's buyers, the latest first."""
    rows = with_status(_of_person(user_of(request)), now_of(request)).select_related("buyer")
    found = Paginator(rows.order_by("-id"), 25).get_page(request.GET.get("page"))
    may_draft = people.has_permission(user_of(request), Permission.TENDER_DRAFT)
    context = {"page": found, "may_draft": may_draft}
    return render(request, "web/officer/tenders.html", context)
