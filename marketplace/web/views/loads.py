"""One load after the other: booked, at the gate, weighed, sampled, measured, agreed, received."""

import secrets
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from marketplace.accounts.roles import Permission
from marketplace.errors import Invalid
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.loads import (
    AcceptForm,
    BookForm,
    GateForm,
    MeasureForm,
    RejectForm,
    SampleForm,
    TicketForm,
)
from marketplace.web.operate import Act, page, question, sent
from marketplace.web.views import contract_desk as desk
from marketplace.web.views.contracts import ask, balances
from procurement import permissions
from procurement.models import Contract, Delivery, LoadTest
from procurement.operations import deliveries, inspections
from procurement.queries import inspections as demanded
from procurement.queries import loads
from procurement.rules import words
from procurement.rules.loads import is_allowed
from procurement.rules.weighing import Ticket

TAKES = Permission.DELIVERY_RECORD


@page
def book(request: HttpRequest, contract: str) -> HttpResponse:
    """A slot at a depot, by the supplier or for it."""
    found = desk.contract_of(request, contract)
    by, now = user_of(request), now_of(request)
    permissions.check_supplier_or(by, TAKES, found)
    lines = list(found.lines.select_related("item"))
    depots = list(found.award.lot.tender.buyer.depots.all())
    form = BookForm(sent(request), lines=lines, depots=depots)
    return ask(
        request,
        found,
        form,
        lambda: deliveries.book(**form.said(), by=by, now=now),
        to=desk.load_path,
        success=_("The slot is booked."),
        template="web/loads/book.html",
        title=_("Book a slot at a depot"),
        balances=balances(found),
        depots=depots,
    )


@require_safe
@page
def show(request: HttpRequest, contract: str, load: int) -> HttpResponse:
    """Everything about one load, and what comes next."""
    found = desk.contract_of(request, contract)
    row = desk.load_of(request, found, load)
    ticket = loads.ticket_of(row)
    context = {
        "contract": found,
        "load": row,
        "status": loads.status(row).value,
        "ticket": ticket,
        "net": ticket.gross - ticket.tare if ticket else None,
        "tickets": row.tickets.all(),
        "flags": row.flags.all(),
        "sample": loads.sample_of(row),
        "tests": [(test, working(test, found)) for test in loads.tests_of(row)],
        "receipt": loads.receipt_of(row),
        "acts": _acts(request, found, row),
        "crumbs": desk.crumbs(found, (_("Load %d") % row.number, "")),
    }
    return render(request, "web/loads/show.html", context)


def working(test: LoadTest, contract: Contract) -> list[tuple[str, str, str]]:
    """The steps of a price, with sums as they are written everywhere."""
    currency = contract.award.currency
    return [
        (step.what, words.sums(step.formula, currency), words.sums(step.value, currency))
        for step in test.steps.all()
    ]


# (operation, page, words, kind); the first that is allowed comes first on the page.
STEPS = (
    ("deliveries.arrive", "load_gate", gettext_lazy("Let it in at the gate"), ""),
    ("deliveries.weigh", "load_weigh", gettext_lazy("Record the weighbridge ticket"), ""),
    ("deliveries.sample", "load_sample", gettext_lazy("Record the sample"), ""),
    ("inspections.record", "load_measure", gettext_lazy("Record the measurements"), ""),
    ("deliveries.agree", "load_agree", gettext_lazy("Agree to the price"), ""),
    ("deliveries.accept", "load_accept", gettext_lazy("Receive the goods"), ""),
    ("inspections.again", "load_again", gettext_lazy("Test the sealed duplicate"), "secondary"),
    ("deliveries.reject", "load_reject", gettext_lazy("Reject the load"), "warning"),
    ("deliveries.cancel", "load_cancel", gettext_lazy("Cancel the booking"), "secondary"),
)
SUPPLIERS = {"deliveries.agree", "deliveries.cancel"}


def _acts(request: HttpRequest, contract: Contract, row: Delivery) -> list[dict[str, str]]:
    at_gate = desk.may(request, TAKES, contract)
    own = permissions.is_supplier(user_of(request), contract)
    status, tested = loads.status(row), len(loads.tests_of(row))
    return [
        {"href": desk.load_path(row, name), "text": str(text), "kind": kind}
        for operation, name, text, kind in STEPS
        if is_allowed(operation, status)
        and (at_gate or (own and operation in SUPPLIERS))
        and not (operation == "inspections.again" and tested > 1)
    ]


def _step(
    request: HttpRequest,
    contract: str,
    load: int,
    make: Callable[[Delivery], tuple[Any, Callable[[], Any]]],
    **context: Any,
) -> HttpResponse:
    """One step of a load: `make` gives its form and its operation."""
    found = desk.contract_of(request, contract)
    row = desk.load_of(request, found, load)
    if context.pop("suppliers", False):
        permissions.check_supplier_or(user_of(request), TAKES, found)
    else:
        permissions.check_role(user_of(request), TAKES, found.award.lot.tender.buyer)
    form, call = make(row)
    here = desk.load_path(row)
    caption = f"{row} · {row.line.item.description}"
    said: dict[str, Any] = {
        "to": here,
        "back_href": here,
        "caption": caption,
        "load": row,
        "contract": found,
    }
    said["award"] = found.award
    return question(request, form, call, **(said | context))


def _said(request: HttpRequest, row: Delivery) -> dict[str, Any]:
    return {"load": row, "by": user_of(request), "now": now_of(request)}


@page
def gate(request: HttpRequest, contract: str, load: int) -> HttpResponse:
    def make(row: Delivery) -> Any:
        form = GateForm(sent(request))
        return form, lambda: deliveries.arrive(**form.cleaned_data, **_said(request, row))

    title = _("Let a load in at the gate")
    return _step(request, contract, load, make, title=title, success=_("It is at the gate."))


@page
def weigh(request: HttpRequest, contract: str, load: int) -> HttpResponse:
    def make(row: Delivery) -> Any:
        started = {"vehicle": row.vehicle}
        form = TicketForm(sent(request), unit=row.line.item.unit, initial=started)

        def call() -> object:
            given = dict(form.cleaned_data)
            counted = given.pop("counted", None)
            ticket = Ticket(weighed_at=now_of(request), **given)
            return deliveries.weigh(ticket=ticket, counted=counted, **_said(request, row))

        return form, call

    title = _("Record the weighbridge ticket")
    return _step(request, contract, load, make, title=title, success=_("The ticket is recorded."))


@page
def sample(request: HttpRequest, contract: str, load: int) -> HttpResponse:
    def make(row: Delivery) -> Any:
        form = SampleForm(sent(request))
        return form, lambda: deliveries.sample(**form.cleaned_data, **_said(request, row))

    title = _("Record the sample")
    return _step(request, contract, load, make, title=title, success=_("The seals are recorded."))


@page
def measure(request: HttpRequest, contract: str, load: int, again: bool = False) -> HttpResponse:
    """The one screen at the gate: every value on it, kept on the phone until it is sent."""
    record = inspections.again if again else inspections.record

    def make(row: Delivery) -> Any:
        limits = demanded.to_measure(row.line)
        form = MeasureForm(sent(request), limits=limits, key=secrets.token_hex(16))

        def call() -> object:
            values = form.measured(now_of(request))
            key = form.cleaned_data["key"]
            return record(measured=values, key=key, **_said(request, row))

        return form, call

    return _step(
        request,
        contract,
        load,
        make,
        title=_("Test the sealed duplicate") if again else _("Record the measurements"),
        success=_("The measurements are recorded."),
        template="web/loads/measure.html",
        again=again,
    )


@page
def agree(request: HttpRequest, contract: str, load: int) -> HttpResponse:
    """The price with its working, before anything is unloaded."""
    found = desk.contract_of(request, contract)
    test = loads.last_test(desk.load_of(request, found, load))

    def make(row: Delivery) -> Any:
        def call() -> object:
            # The price that stood on the page when the button was pressed, not a later one.
            return deliveries.agree(amount=_shown(request), **_said(request, row))

        return Act(sent(request)), call

    return _step(
        request,
        contract,
        load,
        make,
        title=_("Do you agree to this price?"),
        success=_("The agreement is recorded. The goods can be unloaded."),
        template="web/loads/agree.html",
        test=test,
        workings=working(test, found) if test else [],
        suppliers=True,
    )


def _shown(request: HttpRequest) -> Decimal:
    try:
        return Decimal(request.POST.get("shown", ""))
    except InvalidOperation:
        raise Invalid(_("The page did not say which price it showed."), where="shown") from None


@page
def accept(request: HttpRequest, contract: str, load: int) -> HttpResponse:
    def make(row: Delivery) -> Any:
        form = AcceptForm(sent(request))
        return form, lambda: deliveries.accept(**form.cleaned_data, **_said(request, row))

    title = _("Receive the goods")
    success = _("The goods received note is made.")
    return _step(request, contract, load, make, title=title, success=success)


@page
def reject(request: HttpRequest, contract: str, load: int) -> HttpResponse:
    def make(row: Delivery) -> Any:
        test = loads.last_test(row)
        started = {"reasons": test.reasons if test else ""}
        form = RejectForm(sent(request), initial=started)
        return form, lambda: deliveries.reject(**form.cleaned_data, **_said(request, row))

    title = _("Reject the load")
    return _step(request, contract, load, make, title=title, success=_("The load is rejected."))


@page
def cancel(request: HttpRequest, contract: str, load: int) -> HttpResponse:
    def make(row: Delivery) -> Any:
        return Act(sent(request)), lambda: deliveries.cancel(**_said(request, row))

    return _step(
        request,
        contract,
        load,
        make,
        title=_("Cancel the booking?"),
        success=_("The booking is cancelled."),
        template="web/loads/cancel.html",
        suppliers=True,
    )
