"""Contracts: those of a lot, those of one's own, and each by its number."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.accounts import queries as people
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from marketplace.web.context import now_of, user_of
from marketplace.web.operate import Act, explained, page, question, sent
from marketplace.web.views import contract_desk as desk
from marketplace.web.views.buyer import crumbs, lot_of, tender_of
from procurement import permissions
from procurement.models import Award, Contract, ContractLine, Delivery, GoodsReceipt, Lot
from procurement.operations import contracts
from procurement.queries import facts, invoices, loads
from procurement.rules.timeline import TenderStatus as S
from procurement.rules.visibility import Fact


@dataclass(frozen=True)
class Balance:
    """A line of the contract: how much of it has come, is on its way, and is still wanted."""

    line: ContractLine
    received: Decimal
    promised: Decimal

    @property
    def left(self) -> Decimal:
        return max(self.line.quantity - self.received - self.promised, Decimal(0))


@dataclass(frozen=True)
class LoadRow:
    load: Delivery
    status: str
    href: str


def balances(contract: Contract) -> list[Balance]:
    rows = contract.lines.select_related("item")
    return [Balance(line, loads.received(line), loads.promised(line)) for line in rows]


@page
def lot(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    """The awards of a lot with their contracts; to the contract itself where there is one."""
    found = lot_of(tender_of(request, reference), lot)
    rows = found.awards.filter(cancelled_at=None).exclude(decided_at=None)
    awards = list(rows.select_related("supplier", "contract"))
    if not awards:
        raise NotFound(_("This lot has no decided award yet."))
    made = [facts.contract_of(award) for award in awards]
    if len(made) == 1 and made[0] is not None:
        return redirect("contract", made[0].number)
    context = {
        "tender": found.tender,
        "lot": found,
        "rows": [
            {
                "award": award,
                "contract": contract,
                "status": facts.award_status(award, now_of(request)).value,
                "sign": _sign_href(request, found, award),
            }
            for award, contract in zip(awards, made, strict=True)
        ],
        "crumbs": crumbs(found.tender, (_("Contracts of lot %d") % found.number, "")),
    }
    return render(request, "web/contract/lot.html", context)


def _sign_href(request: HttpRequest, lot: Lot, award: Award) -> str:
    may = people.has_permission(user_of(request), Permission.CONTRACT_SIGN, lot.tender.buyer)
    if not may or facts.award_status(award, now_of(request)) is not S.AWARDED:
        return ""
    return reverse("contract_sign", args=[lot.tender.reference, lot.number, award.pk])


@page
def sign(request: HttpRequest, reference: str, lot: int, award: int) -> HttpResponse:
    found = lot_of(tender_of(request, reference), lot)
    row = found.awards.filter(pk=award, cancelled_at=None).select_related("supplier").first()
    if row is None:
        raise NotFound(_("There is no such award."))
    by, now = user_of(request), now_of(request)
    permissions.check_role(by, Permission.CONTRACT_SIGN, found.tender.buyer)
    return question(
        request,
        Act(sent(request)),
        lambda: contracts.sign(award=row, by=by, now=now),
        to=lambda made: reverse("contract", args=[made.number]),
        success=_("The contract is recorded."),
        template="web/contract/sign.html",
        title=_("Record the signed contract"),
        caption=f"{found.tender.reference} · {found}",
        back_href=reverse("lot_contract", args=[reference, found.number]),
        award=row,
    )


@require_safe
@page
def listed(request: HttpRequest) -> HttpResponse:
    """The contracts of the organisations that one acts for, as buyer and as supplier."""
    user, now = user_of(request), now_of(request)
    own = people.organizations_with(user, Permission.BID_SUBMIT)
    rows = Contract.objects.filter(
        Q(award__lot__tender__buyer__in=desk.buyers_of(request)) | Q(award__supplier__in=own)
    )
    found = rows.select_related(*desk.PARTS).order_by("-id")
    context = {
        "rows": [(row, facts.award_status(row.award, now).value) for row in found],
        "may_pay": people.has_permission(user, Permission.PAYMENT_RECORD),
        "is_buyer": bool(desk.buyers_of(request)),
    }
    return render(request, "web/contract/list.html", context)


@require_safe
@explained
def show(request: HttpRequest, contract: str) -> HttpResponse:
    """One contract: what was agreed, what has come, what is paid; loads for those concerned."""
    found = desk.contract_of(request, contract)
    now = now_of(request)
    inside = desk.sees(request, found, Fact.LOAD)
    receipts = GoodsReceipt.objects.filter(delivery__contract=found)
    context = {
        "contract": found,
        "award": found.award,
        "tender": found.award.lot.tender,
        "status": "terminated"
        if found.terminated_at
        else facts.award_status(found.award, now).value,
        "changes": found.changes.exclude(confirmed_at=None).select_related("line__item"),
        "may_change": inside and _may_change(request, found),
        "balances": balances(found),
        "inside": inside,
        "loads": _loads(found) if inside else [],
        "receipts": receipts.select_related("delivery__line__item", "delivery__depot"),
        "invoices": invoices.views(found.invoices.all(), now) if inside else [],
        "payments": found.payments.select_related("invoice"),
        "acts": _acts(request, found) if inside else [],
        "crumbs": desk.crumbs(found)[-1:],
    }
    return render(request, "web/contract/show.html", context)


def _call_up(request: HttpRequest, contract: Contract) -> list[tuple[str, str, str]]:
    called = contract.call_ups.filter(cancelled_at=None).first()
    if called is None and desk.may(request, Permission.AWARD_RECOMMEND, contract):
        return [("contract_call_up", _("Call up the next supplier"), "")]
    waits = called is not None and called.decided_at is None
    if waits and desk.may(request, Permission.AWARD_DECIDE, contract):
        return [("call_up_decide", _("Decide on the call-up"), "")]
    return []


def _may_change(request: HttpRequest, contract: Contract) -> bool:
    if not desk.may(request, Permission.CONTRACT_SIGN, contract):
        return False
    return facts.award_status(contract.award, now_of(request)) is S.CONTRACTED


def _loads(contract: Contract) -> list[LoadRow]:
    rows = loads.with_parts(contract.deliveries.all())
    return [LoadRow(row, loads.status(row).value, desk.load_path(row)) for row in rows]


def _acts(request: HttpRequest, contract: Contract) -> list[dict[str, str]]:
    """What this person may do with the contract now."""
    status = facts.award_status(contract.award, now_of(request))
    running, takes = status is S.CONTRACTED, Permission.DELIVERY_RECORD
    pays = Permission.PAYMENT_RECORD
    found = []
    if running and desk.may_as_supplier_or(request, takes, contract):
        found.append(("load_book", _("Book a slot"), ""))
    unpaid = status in (S.CONTRACTED, S.DELIVERED) and invoices.to_invoice(contract)
    if unpaid and desk.may_as_supplier_or(request, pays, contract):
        found.append(("invoice_issue", _("Make the invoice"), "secondary"))
    if running and desk.may(request, takes, contract):
        found.append(("contract_complete", _("Everything is delivered"), "secondary"))
    found += _two_people(request, contract, running)
    args = [contract.number]
    return [
        {"href": reverse(name, args=args), "text": text, "kind": kind} for name, text, kind in found
    ]


def _two_people(
    request: HttpRequest, contract: Contract, running: bool
) -> list[tuple[str, str, str]]:
    """Changes and ends, and the call-up after a default."""
    found = []
    proposed = contract.changes.filter(confirmed_at=None, declined_at=None).exists()
    if running and proposed and desk.sees(request, contract, Fact.PROPOSAL):
        found.append(("contract_change", _("A change is proposed"), "secondary"))
    elif running and desk.may(request, Permission.CONTRACT_SIGN, contract):
        found.append(("contract_end", _("Propose to end it"), "secondary"))
    if contract.terminated_for_default:
        found += _call_up(request, contract)
    return found


@page
def complete(request: HttpRequest, contract: str) -> HttpResponse:
    found = desk.contract_of(request, contract)
    by, now = user_of(request), now_of(request)
    permissions.check_role(by, Permission.DELIVERY_RECORD, found.award.lot.tender.buyer)
    return ask(
        request,
        found,
        Act(sent(request)),
        lambda: contracts.complete(contract=found, by=by, now=now),
        success=_("Everything is delivered."),
        template="web/contract/complete.html",
        title=_("Has everything been delivered?"),
        balances=balances(found),
    )


def ask(
    request: HttpRequest, contract: Contract, form: Any, call: Any, **context: Any
) -> HttpResponse:
    """One question about a contract; a good answer leads back to it, or to `to`."""
    here = desk.path(contract)
    said = {"to": here, "back_href": here, **context}
    caption = f"{contract.number} · {contract.award.supplier.name}"
    return question(
        request, form, call, caption=caption, contract=contract, award=contract.award, **said
    )
