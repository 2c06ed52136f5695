"""From the award to the last payment: contract, deliveries, payments."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts import queries as people
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from marketplace.web.forms.contracts import DeliveryForm, PaymentForm
from marketplace.web.operate import Act, page, question, sent
from marketplace.web.views.awards import standing_award
from marketplace.web.views.buyer import crumbs, lot_of, now_of, tender_of, user_of
from procurement import permissions
from procurement.models import Award, Contract, Item, Lot
from procurement.operations import contracts
from procurement.queries import facts
from procurement.rules.timeline import TenderStatus as S


@dataclass(frozen=True)
class Balance:
    """One item: ordered, delivered, its price, and what the delivered quantity is worth."""

    item: Item
    price: Decimal | None
    delivered: Decimal

    @property
    def worth(self) -> Decimal:
        return self.delivered * (self.price or Decimal(0))


def _lot(request: HttpRequest, reference: str, lot: int) -> tuple[Lot, Award]:
    """A lot with its decided award; raises NotFound."""
    found = lot_of(tender_of(request, reference), lot)
    award = standing_award(found)
    if award is None or award.decided_at is None:
        raise NotFound(_("This lot has no decided award yet."))
    return found, award


def contract_of(award: Award) -> Contract | None:
    rows = Contract.objects.filter(award=award).select_related("signed_by")
    return rows.first()


def _contract(award: Award) -> Contract:
    contract = contract_of(award)
    if contract is None:
        raise NotFound(_("There is no contract yet."))
    return contract


def balances(lot: Lot, award: Award, contract: Contract | None) -> list[Balance]:
    prices = dict(award.bid.lines.filter(item__lot=lot).values_list("item", "unit_price"))
    rows = list(contract.deliveries.values_list("item", "quantity")) if contract else []
    return [
        Balance(
            item,
            prices.get(item.pk),
            sum((quantity for key, quantity in rows if key == item.pk), Decimal(0)),
        )
        for item in lot.items.all()
    ]


@page
def show(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    """Standstill, contract, deliveries and payments of a lot on one page."""
    found, award = _lot(request, reference, lot)
    contract = contract_of(award)
    rows = balances(found, award, contract)
    payments = list(contract.payments.select_related("recorded_by")) if contract else []
    deliveries = contract.deliveries.select_related("item", "received_by") if contract else []
    context = {
        "tender": found.tender,
        "lot": found,
        "award": award,
        "contract": contract,
        "status": facts.lot_status(found, now_of(request)),
        "balances": rows,
        "worth": sum((row.worth for row in rows), Decimal(0)),
        "paid": sum((payment.amount for payment in payments), Decimal(0)),
        "deliveries": deliveries,
        "payments": payments,
        "acts": _acts(request, found, contract),
        "crumbs": crumbs(found.tender, (_("Contract of lot %d") % found.number, "")),
    }
    return render(request, "web/contract/show.html", context)


def _acts(request: HttpRequest, lot: Lot, contract: Contract | None) -> list[dict[str, str]]:
    status = facts.lot_status(lot, now_of(request))
    table = (
        ("contract_sign", Permission.CONTRACT_SIGN, S.AWARDED, _("Record the signed contract"), ""),
        ("contract_receive", Permission.DELIVERY_RECORD, S.CONTRACTED, _("Record a delivery"), ""),
        (
            "contract_complete",
            Permission.DELIVERY_RECORD,
            S.CONTRACTED,
            _("Everything is delivered"),
            "secondary",
        ),
        ("contract_pay", Permission.PAYMENT_RECORD, S.DELIVERED, _("Record a payment"), ""),
    )
    user, args = user_of(request), [lot.tender.reference, lot.number]
    return [
        {"href": reverse(name, args=args), "text": text, "kind": kind}
        for name, permission, when, text, kind in table
        if status is when and people.has_permission(user, permission, lot.tender.buyer)
    ]


def _ask(
    request: HttpRequest, lot: Lot, needs: Permission, form: Any, call: Any, **context: Any
) -> HttpResponse:
    permissions.check_role(user_of(request), needs, lot.tender.buyer)
    here = reverse("lot_contract", args=[lot.tender.reference, lot.number])
    return question(
        request,
        form,
        call,
        to=here,
        back_href=here,
        caption=f"{lot.tender.reference} · {lot}",
        tender=lot.tender,
        lot=lot,
        **context,
    )


@page
def sign(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    found, award = _lot(request, reference, lot)
    by, now = user_of(request), now_of(request)
    return _ask(
        request,
        found,
        Permission.CONTRACT_SIGN,
        Act(sent(request)),
        lambda: contracts.sign(award=award, by=by, now=now),
        success=_("The contract is recorded."),
        template="web/contract/sign.html",
        title=_("Record the signed contract"),
        award=award,
    )


@page
def receive(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    found, award = _lot(request, reference, lot)
    contract = _contract(award)
    form = DeliveryForm(sent(request), lot=found)

    def save() -> object:
        said = form.cleaned_data
        return contracts.receive(
            contract=contract,
            item=form.chosen(),
            quantity=said["quantity"],
            note=said["note"],
            by=user_of(request),
            now=now_of(request),
        )

    return _ask(
        request,
        found,
        Permission.DELIVERY_RECORD,
        form,
        save,
        success=_("The delivery is recorded."),
        title=_("Record a delivery"),
    )


@page
def complete(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    found, award = _lot(request, reference, lot)
    contract = _contract(award)
    by, now = user_of(request), now_of(request)
    return _ask(
        request,
        found,
        Permission.DELIVERY_RECORD,
        Act(sent(request)),
        lambda: contracts.complete(contract=contract, by=by, now=now),
        success=_("Everything is delivered. The payment can be recorded."),
        template="web/contract/complete.html",
        title=_("Has everything been delivered?"),
        balances=balances(found, award, contract),
    )


@page
def pay(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    found, award = _lot(request, reference, lot)
    contract = _contract(award)
    form = PaymentForm(sent(request), currency=award.currency)

    def save() -> object:
        said = form.cleaned_data
        return contracts.pay(
            contract=contract,
            amount=said["amount"],
            final=said["final"],
            by=user_of(request),
            now=now_of(request),
        )

    return _ask(
        request,
        found,
        Permission.PAYMENT_RECORD,
        form,
        save,
        success=_("The payment is recorded."),
        template="web/contract/pay.html",
        title=_("Record a payment"),
        award=award,
        balances=balances(found, award, contract),
        worth=sum((row.worth for row in balances(found, award, contract)), Decimal(0)),
    )
