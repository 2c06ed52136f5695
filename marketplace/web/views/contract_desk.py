"""What the pages of contracts, loads and invoices start with: the row, if it is theirs to see."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts import queries as people
from marketplace.accounts.models import Organization
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from marketplace.web.context import user_of
from procurement import permissions, visibility
from procurement.models import Contract, Delivery, Invoice
from procurement.queries import loads
from procurement.rules.visibility import Fact

PARTS = ("award__supplier", "award__lot__tender__buyer", "signed_by")


def contract_of(request: HttpRequest, number: str) -> Contract:
    """The contract of that number, for whoever may see contracts; raises NotFound."""
    found = Contract.objects.filter(number=number).select_related(*PARTS).first()
    if found is None or not sees(request, found, Fact.CONTRACT):
        raise NotFound(_("There is no such contract."))
    return found


def sees(request: HttpRequest, contract: Contract, fact: Fact) -> bool:
    lot, user = contract.award.lot, request.user
    own = user.is_authenticated and permissions.is_supplier(user_of(request), contract)
    return visibility.sees(user, fact, lot.tender, lot=lot, own=own)


def load_of(request: HttpRequest, contract: Contract, number: int) -> Delivery:
    """One load, for the supplier, the buyer's people and auditors; raises NotFound."""
    rows = loads.with_parts(Delivery.objects.filter(contract=contract, number=number))
    found = rows.first()
    if found is None or not sees(request, contract, Fact.LOAD):
        raise NotFound(_("There is no such load."))
    found.contract = contract
    return found


def invoice_of(request: HttpRequest, number: str) -> Invoice:
    rows = Invoice.objects.select_related(*(f"contract__{part}" for part in PARTS))
    found = rows.filter(number=number).first()
    if found is None or not sees(request, found.contract, Fact.INVOICE):
        raise NotFound(_("There is no such invoice."))
    return found


def buyers_of(request: HttpRequest) -> list[Organization]:
    """The buyers in which the person has any role."""
    rows = people.current_memberships(user_of(request))
    return [m.organization for m in rows if m.organization.kind == "buyer"]


def may(request: HttpRequest, permission: Permission, contract: Contract) -> bool:
    """Whether the person holds that permission in the buyer of the contract."""
    buyer = contract.award.lot.tender.buyer
    return people.has_permission(user_of(request), permission, buyer)


def may_as_supplier_or(request: HttpRequest, permission: Permission, contract: Contract) -> bool:
    return permissions.is_supplier(user_of(request), contract) or may(request, permission, contract)


def path(contract: Contract) -> str:
    return reverse("contract", args=[contract.number])


def load_path(load: Delivery, name: str = "load") -> str:
    return reverse(name, args=[load.contract.number, load.number])


def crumbs(contract: Contract, *more: tuple[str, str]) -> list[dict[str, str]]:
    first = [
        {"title": _("Contracts"), "href": reverse("contracts")},
        {"title": contract.number, "href": path(contract)},
    ]
    return [*first, *({"title": title, "href": href} for title, href in more)]
