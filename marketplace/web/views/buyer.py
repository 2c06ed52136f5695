"""What the buyer's pages start with: the tender or lot, if it is theirs to see."""

from datetime import datetime
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from procurement import permissions, visibility
from procurement.models import Lot, Tender
from procurement.queries import facts
from procurement.rules import lifecycle
from procurement.rules.visibility import Fact


def user_of(request: HttpRequest) -> User:
    return cast(User, request.user)


def now_of(request: HttpRequest) -> datetime:
    """The one instant that this request knows."""
    return request.now  # type: ignore[attr-defined]


def any_tender(reference: str) -> Tender:
    """The tender of that reference, whoever asks; raises NotFound."""
    rows = Tender.objects.filter(historical_batch=None).select_related(
        "buyer", "created_by", "published_by", "cancelled_by"
    )
    tender = rows.filter(reference=reference).first()
    if tender is None:
        raise NotFound(_("There is no such tender."))
    return tender


def tender_of(request: HttpRequest, reference: str) -> Tender:
    """The tender, for people of its buyer; for everyone else there is none (NotFound)."""
    tender = any_tender(reference)
    if not visibility.sees(user_of(request), Fact.DRAFT, tender):
        raise NotFound(_("There is no such tender."))
    return tender


def draft_of(request: HttpRequest, reference: str) -> Tender:
    """The draft, for those who may change it. Raises NotFound, NotPermitted, NotNow."""
    tender = tender_of(request, reference)
    permissions.check_role(user_of(request), Permission.TENDER_DRAFT, tender.buyer)
    lifecycle.check_allowed("tenders.edit", facts.status(tender, now_of(request)))
    return tender


def lot_of(tender: Tender, number: int) -> Lot:
    """Lot `number` of the tender, which it carries; raises NotFound."""
    lot = tender.lots.filter(number=number).first()
    if lot is None:
        raise NotFound(_("There is no such lot."))
    lot.tender = tender
    return lot


def crumbs(tender: Tender, *more: tuple[str, str]) -> list[dict[str, str]]:
    """Where the page is: my tasks, the tender, then (title, path) pairs; the last has no path."""
    first = [
        {"title": _("My tasks"), "href": reverse("officer_home")},
        {"title": tender.reference, "href": reverse("tender_manage", args=[tender.reference])},
    ]
    return [*first, *({"title": title, "href": href} for title, href in more)]
