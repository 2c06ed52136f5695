"""The desk of a published tender: where each lot stands and what comes next."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts import queries as people
from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.web.presenters import todo
from marketplace.web.views.buyer import crumbs, now_of, user_of
from procurement import permissions
from procurement.models import Award, Lot, Tender
from procurement.queries import facts
from procurement.rules import lifecycle
from procurement.rules.timeline import TenderStatus


@dataclass(frozen=True)
class LotDesk:
    """One lot with its status, its standing award, and the pages that exist for it."""

    lot: Lot
    status: TenderStatus
    award: Award | None
    links: list[tuple[str, str]]


def desk(request: HttpRequest, tender: Tender, status: TenderStatus) -> HttpResponse:
    user, now = user_of(request), now_of(request)
    row = todo.with_facts(Tender.objects.filter(pk=tender.pk)).get()
    todos, standing_by = todo.split(todo.todos(row, user, now))
    context = {
        "tender": row,
        "status": status,
        "todos": todos,
        "standing_by": standing_by,
        "lots": [lot_desk(row, lot, user, now) for lot in row.lots.all()],
        "enquiries": row.enquiries.count(),
        "proposal": todo.proposed(row) if lifecycle.is_allowed("tenders.cancel", status) else None,
        "amendment": todo.proposed_amendment(row)
        if lifecycle.is_allowed("tenders.amend", status)
        else None,
        "may_amend": lifecycle.is_allowed("tenders.amend", status)
        and todo.proposed_amendment(row) is None
        and _holds(user, Permission.TENDER_DRAFT, row),
        "may_cancel": lifecycle.is_allowed("tenders.propose_cancellation", status)
        and todo.proposed(row) is None
        and _holds(user, Permission.TENDER_CANCEL, row),
        "crumbs": [*crumbs(tender)[:1], {"title": tender.reference, "href": ""}],
    }
    return render(request, "web/officer/desk.html", context)


def _holds(user: User, permission: Permission, tender: Tender) -> bool:
    return people.has_permission(user, permission, tender.buyer)


def lot_desk(tender: Tender, lot: Lot, user: User, now: datetime) -> LotDesk:
    status = facts.status(tender, now)
    if tender.opened_at and not tender.cancelled_at:
        status = facts.lot_status(lot, now)
    award = next((a for a in lot.awards.all() if a.cancelled_at is None), None)
    return LotDesk(lot, status, award, _links(tender, lot, award, user))


def _links(tender: Tender, lot: Lot, award: Award | None, user: User) -> list[tuple[str, str]]:
    names: list[tuple[str, str]] = []
    if tender.opened_at and permissions.user_works_on_bids(user, tender):
        names.append(("lot_evaluation", _("Bids and findings")))
        if any(lot.evaluations.all()):
            names.append(("lot_result", _("Result")))
    if tender.closed_at and not tender.cancelled_at:
        names.append(("lot_award", _("Award")))
    if award and award.decided_at:
        names += [("lot_letters", _("Letters")), ("lot_contract", _("Contract and deliveries"))]
    return [(reverse(name, args=[tender.reference, lot.number]), word) for name, word in names]
