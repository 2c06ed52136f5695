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
from procurement import visibility
from procurement.models import Award, Lot, LotDivision, Tender
from procurement.queries import facts, links, outages
from procurement.rules import lifecycle
from procurement.rules.timeline import TenderStatus
from procurement.rules.visibility import Fact


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
        "outages": outages.of(tender) if outages.due(tender) else (),
        "due": outages.due(tender),
        "flags": visibility.sees(user, Fact.FLAGS, row) and len(links.found(row)),
        "lots": [lot_desk(row, lot, user, now) for lot in row.lots.all()],
        "enquiries": row.enquiries.count(),
        "proposal": todo.proposed(row) if lifecycle.is_allowed("tenders.cancel", status) else None,
        "amendment": todo.proposed_amendment(row)
        if outages.may_amend(tender, status, now)
        else None,
        "may_amend": outages.may_amend(tender, status, now)
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
    if award and not award.decided_at and not _recommended(user, lot, tender):
        award = None
    return LotDesk(lot, status, award, _links(tender, lot, award, user))


def _recommended(user: User, lot: Lot, tender: Tender) -> bool:
    return visibility.sees(user, Fact.RECOMMENDATION, tender, lot=lot)


def _links(tender: Tender, lot: Lot, award: Award | None, user: User) -> list[tuple[str, str]]:
    names: list[tuple[str, str]] = []
    shared: list[tuple[str, str]] = []
    if visibility.sees(user, Fact.WORKING, tender):
        names.append(("lot_evaluation", _("Bids and findings")))
        if any(lot.evaluations.all()):
            names.append(("lot_result", _("Result")))
    if tender.closed_at and not tender.cancelled_at:
        names.append(("lot_award", _("Award")))
        if tender.opened_at and LotDivision.objects.filter(lot=lot).exists():
            href = reverse("tender_allocation", args=[tender.reference])
            shared.append((href, _("Who delivers which part")))
    if award and award.decided_at:
        if visibility.sees(user, Fact.LETTER, tender, lot=lot):
            names.append(("lot_letters", _("Letters")))
        names += [("lot_contract", _("Contract and deliveries"))]
    found = [(reverse(name, args=[tender.reference, lot.number]), word) for name, word in names]
    return found + shared
