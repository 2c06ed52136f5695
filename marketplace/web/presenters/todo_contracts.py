"""What waits for a person of the buyer after the signing: second persons, and money."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts import queries as people
from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.web.presenters.todo import Todo
from procurement.models import Award, ContractChange
from procurement.queries import invoices

BUYER = "contract__award__lot__tender__buyer"


def todos(user: User, now: datetime) -> Iterator[Todo]:
    """In a fixed number of queries, whatever the number of contracts."""
    yield from _changes(user)
    yield from _call_ups(user)
    yield from _overdue(user, now)


def _changes(user: User) -> Iterator[Todo]:
    buyers = people.organizations_with(user, Permission.TENDER_PUBLISH)
    rows = ContractChange.objects.filter(confirmed_at=None, declined_at=None)
    waiting = rows.filter(**{f"{BUYER}__in": buyers}).exclude(proposed_by=user)
    for row in waiting.select_related("contract__award__lot__tender") if buyers else ():
        href = reverse("contract_change", args=[row.contract.number])
        lot, title = row.contract.award.lot, _("Confirm or decline the change of a contract")
        yield Todo(title, href, lot.tender, str(lot), row.proposed_at, _("waiting since"))


def _call_ups(user: User) -> Iterator[Todo]:
    buyers = people.organizations_with(user, Permission.AWARD_DECIDE)
    rows = Award.objects.filter(decided_at=None, cancelled_at=None, called_up_for__isnull=False)
    waiting = rows.filter(lot__tender__buyer__in=buyers).select_related("lot__tender")
    for row in waiting.select_related("called_up_for") if buyers else ():
        assert row.called_up_for is not None
        href = reverse("call_up_decide", args=[row.called_up_for.number])
        since, title = row.recommended_at, _("Decide on the call-up")
        yield Todo(title, href, row.lot.tender, str(row.lot), since, _("waiting since"))


def _overdue(user: User, now: datetime) -> Iterator[Todo]:
    """Every invoice that is owed, by the day it is due."""
    buyers = people.organizations_with(user, Permission.PAYMENT_RECORD)
    for one in invoices.open_ones(buyers, now) if buyers else ():
        lot, href = one.row.contract.award.lot, reverse("invoice", args=[one.row.number])
        title = _("Pay the invoice of %s") % one.supplier
        yield Todo(title, href, lot.tender, str(lot), one.row.due_at, _("due"), due=True)
