"""Invoices, the payments desk, files for the bank and from it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.accounts import queries as people
from marketplace.accounts.models import Organization
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound, NotPermitted
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.contracts import (
    AccountForm,
    AssignForm,
    ConfirmationFileForm,
    PaymentForm,
)
from marketplace.web.operate import Act, page, question, sent
from marketplace.web.views import contract_desk as desk
from marketplace.web.views.contracts import ask
from procurement import permissions
from procurement.models import PaymentConfirmation
from procurement.operations import confirmations, invoices, payfiles
from procurement.queries import invoices as queries

PAYS = Permission.PAYMENT_RECORD


@page
def issue(request: HttpRequest, contract: str) -> HttpResponse:
    """The goods received notes that will stand on the invoice; a POST makes it."""
    found = desk.contract_of(request, contract)
    by, now = user_of(request), now_of(request)
    permissions.check_supplier_or(by, PAYS, found)
    notes = queries.to_invoice(found)
    return ask(
        request,
        found,
        Act(sent(request)),
        lambda: invoices.issue(contract=found, by=by, now=now),
        to=lambda made: reverse("invoice", args=[made.number]),
        success=_("The invoice is made."),
        template="web/payments/issue.html",
        title=_("Make the invoice"),
        notes=notes,
        total=sum(note.amount for note in notes),
    )


@require_safe
@page
def show(request: HttpRequest, invoice: str) -> HttpResponse:
    row = desk.invoice_of(request, invoice)
    lines = row.lines.select_related("receipt__delivery__line__item", "receipt__test")
    may_pay = desk.may(request, PAYS, row.contract)
    found = queries.view(row, now_of(request))
    context = {
        "invoice": row,
        "contract": row.contract,
        "view": found,
        "lines": lines.prefetch_related("receipt__test__steps"),
        "payments": row.payments.all(),
        "pay_href": reverse("invoice_pay", args=[row.number]) if may_pay and found.owed else "",
        "crumbs": desk.crumbs(row.contract, (_("Invoice %s") % row.number, "")),
    }
    return render(request, "web/payments/invoice.html", context)


@page
def pay(request: HttpRequest, invoice: str) -> HttpResponse:
    row = desk.invoice_of(request, invoice)
    by, now = user_of(request), now_of(request)
    permissions.check_role(by, PAYS, row.contract.award.lot.tender.buyer)
    owed = queries.view(row, now).owed
    form = PaymentForm(sent(request), currency=row.currency, initial={"amount": owed})
    here = reverse("invoice", args=[row.number])
    return ask(
        request,
        row.contract,
        form,
        lambda: invoices.pay(invoice=row, **form.cleaned_data, by=by, now=now),
        to=here,
        back_href=here,
        success=_("The payment is recorded."),
        title=_("Record a payment"),
    )


def _buyers(request: HttpRequest) -> list[Organization]:
    """The buyers for which the person pays; raises NotPermitted."""
    found = people.organizations_with(user_of(request), PAYS)
    if not found:
        raise NotPermitted(_("Only accounting officers see what is to be paid."))
    return found


@require_safe
@page
def payments(request: HttpRequest) -> HttpResponse:
    """What is to be paid, the longest due first; what a bank said that waits for a person."""
    buyers = _buyers(request)
    waiting = PaymentConfirmation.objects.filter(buyer__in=buyers, payment=None)
    context = {
        "open": queries.open_ones(buyers, now_of(request)),
        "waiting": waiting.select_related("buyer"),
        "buyers": buyers,
    }
    return render(request, "web/payments/desk.html", context)


@require_safe
@page
def payment_file(request: HttpRequest, buyer: str, kind: str) -> HttpResponse:
    """The orders over everything that is owed, as CSV or ISO 20022 XML."""
    found = next((b for b in _buyers(request) if b.public_id == buyer), None)
    if found is None or kind not in payfiles.KINDS:
        raise NotFound(_("There is no such file."))
    by, now = user_of(request), now_of(request)
    made = payfiles.make(buyer=found, kind=kind, by=by, now=now)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return HttpResponse(made.content, content_type=made.media, headers=headers)


@page
def account(request: HttpRequest, buyer: str) -> HttpResponse:
    """The account that a buyer pays from."""
    found = next((b for b in _buyers(request) if b.public_id == buyer), None)
    if found is None:
        raise NotFound(_("There is no such buyer."))
    by, now, here = user_of(request), now_of(request), reverse("payments")
    form = AccountForm(sent(request))
    return question(
        request,
        form,
        lambda: payfiles.state_account(buyer=found, **form.cleaned_data, by=by, now=now),
        to=here,
        back_href=here,
        success=_("Kept."),
        title=_("From which account does the money come?"),
        caption=found.name,
    )


@page
def take(request: HttpRequest, buyer: str) -> HttpResponse:
    """A file of confirmations."""
    found = next((b for b in _buyers(request) if b.public_id == buyer), None)
    if found is None:
        raise NotFound(_("There is no such buyer."))
    by, now, here = user_of(request), now_of(request), reverse("payments")
    form = ConfirmationFileForm(sent(request), request.FILES or None)

    def call() -> Any:
        content = form.cleaned_data["file"].read()
        return confirmations.take(buyer=found, content=content, by=by, now=now)

    return question(
        request,
        form,
        call,
        to=here,
        back_href=here,
        success=_("The file is taken: what is not matched waits below."),
        title=_("Take confirmations"),
        caption=found.name,
        template="web/payments/take.html",
    )


@page
def assign(request: HttpRequest, confirmation: int) -> HttpResponse:
    """Which invoice a line pays that fits several, or none."""
    buyers = _buyers(request)
    rows = PaymentConfirmation.objects.filter(pk=confirmation, buyer__in=buyers, payment=None)
    row = rows.select_related("buyer").first()
    if row is None:
        raise NotFound(_("There is no such confirmation that waits."))
    by, now, here = user_of(request), now_of(request), reverse("payments")
    owed = {o.row.number: o for o in queries.open_ones([row.buyer], now)}
    form = AssignForm(sent(request), owed=list(owed.values()))

    def call() -> Any:
        invoice = owed[form.cleaned_data["invoice"]].row
        return confirmations.assign(confirmation=row, invoice=invoice, by=by, now=now)

    return question(
        request,
        form,
        call,
        to=here,
        back_href=here,
        success=_("The confirmation is matched."),
        title=_("Which invoice does it pay?"),
        caption=row.buyer.name,
        template="web/payments/assign.html",
        row=row,
    )
