"""Contracts by their number, with what was received, invoiced and paid under them."""

from typing import Any

from django.db.models import Q
from rest_framework.request import Request

from api.access import ANYONE, SIGNED_IN, may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Day, Flag, Instant, MoneyShape, Number, Shape, Text, Whole, money
from api.v1 import find
from api.v1.tenderlist import OrganizationRef
from marketplace.accounts import queries as people
from marketplace.accounts.roles import Permission
from marketplace.errors import Invalid, NotFound
from procurement.models import Contract, ContractLine, GoodsReceipt, Invoice, Payment
from procurement.operations import contracts, invoices
from procurement.queries import facts
from procurement.queries import invoices as owed
from procurement.queries import loads as queries
from procurement.rules.visibility import Fact


class ContractLineOut(Shape):
    line = Whole()
    item = Whole()
    description = Text()
    quantity = Number()
    received = Number(help_text="What is received and paid for.")
    unit = Text()
    unit_price = MoneyShape()
    starts = Day(allow_null=True)
    ends = Day(allow_null=True)
    schedule = Text(allow_blank=True, help_text="Code and edition of the price adjustment.")


class GoodsReceivedOut(Shape):
    note = Text()
    item = Whole()
    depot = Text(allow_blank=True)
    quantity = Number()
    payable = Number()
    unit = Text()
    amount = MoneyShape()
    adjusted = Flag()
    received_at = Instant()


class PaymentOut(Shape):
    invoice = Text(allow_blank=True)
    amount = MoneyShape()
    paid_at = Instant()


class ContractOut(Shape):
    number = Text()
    tender = Text()
    lot = Whole()
    supplier = OrganizationRef()
    price = MoneyShape()
    status = Text()
    signed_at = Instant()
    payment_days = Whole()
    delivered_at = Instant(allow_null=True)
    paid_at = Instant(allow_null=True)
    lines = ContractLineOut(many=True)
    received = GoodsReceivedOut(many=True)
    payments = PaymentOut(many=True)


class ContractIn(Shape):
    award = Whole(required=False, help_text="Which award, where the lot is divided.")


class PaymentIn(Shape):
    amount = MoneyShape()
    reference = Text(max_length=140, allow_blank=True, default="")


class InvoiceLineOut(Shape):
    note = Text()
    payable = Number()
    unit_price = Number()
    amount = MoneyShape()


class InvoiceOut(Shape):
    number = Text()
    contract = Text()
    issued_at = Instant()
    due_at = Instant()
    total = MoneyShape()
    owed = MoneyShape()
    state = Text(help_text="due, overdue or paid")
    lines = InvoiceLineOut(many=True)
    payments = PaymentOut(many=True)


def line_shown(row: ContractLine) -> dict[str, Any]:
    schedule = row.schedule
    return {
        "line": row.number,
        "item": row.item.number,
        "description": row.item.description,
        "quantity": row.quantity,
        "received": queries.received(row),
        "unit": row.item.unit,
        "unit_price": money(row.unit_price, row.contract.award.currency),
        "starts": row.starts,
        "ends": row.ends,
        "schedule": f"{schedule.code}, {schedule.edition}" if schedule else "",
    }


def receipt_shown(row: GoodsReceipt) -> dict[str, Any]:
    load = row.delivery
    return {
        "note": row.number,
        "item": load.line.item.number,
        "depot": load.depot.name if load.depot else "",
        "quantity": row.quantity,
        "payable": row.payable,
        "unit": load.line.item.unit,
        "amount": money(row.amount, load.contract.award.currency),
        "adjusted": row.is_adjusted,
        "received_at": row.received_at,
    }


def _payment(row: Payment) -> dict[str, Any]:
    return {
        "invoice": row.invoice.number if row.invoice else "",
        "amount": money(row.amount, row.currency),
        "paid_at": row.paid_at,
    }


def shown(request: Request, contract: Contract) -> dict[str, Any]:
    award, supplier = contract.award, contract.award.supplier
    receipts = GoodsReceipt.objects.filter(delivery__contract=contract).select_related(
        "delivery__line__item", "delivery__depot", "delivery__contract__award"
    )
    lines = contract.lines.select_related("item", "schedule", "contract__award")
    return {
        "number": contract.number,
        "tender": award.lot.tender.reference,
        "lot": award.lot.number,
        "supplier": {"id": supplier.public_id, "name": supplier.name},
        "price": money(award.price, award.currency),
        "status": facts.award_status(award, now_of(request)).value,
        "signed_at": contract.signed_at,
        "payment_days": contract.payment_days,
        "delivered_at": contract.delivered_at,
        "paid_at": contract.paid_at,
        "lines": [line_shown(row) for row in lines],
        "received": [receipt_shown(row) for row in receipts],
        "payments": [_payment(row) for row in contract.payments.select_related("invoice")],
    }


def invoice_shown(request: Request, row: Invoice) -> dict[str, Any]:
    view = owed.view(row, now_of(request))
    lines = row.lines.select_related("receipt")
    return {
        "number": row.number,
        "contract": row.contract.number,
        "issued_at": row.issued_at,
        "due_at": row.due_at,
        "total": money(row.total, row.currency),
        "owed": money(view.owed, row.currency),
        "state": view.state,
        "lines": [
            {
                "note": line.receipt.number,
                "payable": line.payable,
                "unit_price": line.unit_price,
                "amount": money(line.amount, row.currency),
            }
            for line in lines
        ],
        "payments": [_payment(p) for p in row.payments.select_related("invoice")],
    }


class LotContract(ApiView):
    @endpoint(ANYONE, gives=ContractOut)
    def get(self, request: Request, reference: str, number: int) -> dict[str, Any]:
        """The first contract of a lot; a lot that is divided has more, each by its number."""
        return shown(request, find.contract(find.lot(request, reference, number)))

    @endpoint(
        may(Permission.CONTRACT_SIGN),
        takes=ContractIn,
        gives=ContractOut,
        status=201,
        idempotent=True,
    )
    def post(self, request: Request, reference: str, number: int, data: dict[str, Any]) -> Made:
        """Record the signed contract, once the standstill is over."""
        lot = find.lot(request, reference, number)
        award = find.award(lot)
        if "award" in data:
            row = lot.awards.filter(pk=data["award"], cancelled_at=None).first()
            if row is None:
                raise NotFound("The lot has no such award.", where="award")
            award = row
        made = contracts.sign(award=award, by=person(request), now=now_of(request))
        return Made(shown(request, made), f"/api/v1/contracts/{made.number}")


class Contracts(ApiView):
    @endpoint(SIGNED_IN, gives=ContractOut, many=True)
    def get(self, request: Request) -> list[dict[str, Any]]:
        """The contracts of the buyers and suppliers that one acts for, the latest first."""
        memberships = people.current_memberships(person(request))
        own = people.organizations_with(person(request), Permission.BID_SUBMIT)
        buyers = [m.organization for m in memberships if m.organization.kind == "buyer"]
        mine = Q(award__lot__tender__buyer__in=buyers) | Q(award__supplier__in=own)
        rows = Contract.objects.filter(mine).select_related(*find.CONTRACT_PARTS)
        return [shown(request, row) for row in rows.order_by("-id")[:200]]


class OneContract(ApiView):
    @endpoint(ANYONE, gives=ContractOut)
    def get(self, request: Request, contract: str) -> dict[str, Any]:
        """A contract with what was received and paid."""
        return shown(request, find.contract_by_number(request, contract))


class Completion(ApiView):
    @endpoint(may(Permission.DELIVERY_RECORD), gives=ContractOut, idempotent=True)
    def post(self, request: Request, contract: str) -> dict[str, Any]:
        """Declare that everything has been delivered."""
        row = find.contract_by_number(request, contract)
        done = contracts.complete(contract=row, by=person(request), now=now_of(request))
        return shown(request, done)


class Invoices(ApiView):
    @endpoint(SIGNED_IN, gives=InvoiceOut, many=True)
    def get(self, request: Request, contract: str) -> list[dict[str, Any]]:
        """The invoices of a contract; for its supplier, the buyer's people and auditors."""
        row = find.contract_by_number(request, contract, Fact.INVOICE)
        rows = row.invoices.select_related("contract").prefetch_related("payments")
        return [invoice_shown(request, one) for one in rows]

    @endpoint(SIGNED_IN, gives=InvoiceOut, status=201, idempotent=True)
    def post(self, request: Request, contract: str) -> Made:
        """Make the invoice over every goods received note that has none yet."""
        row = find.contract_by_number(request, contract, Fact.INVOICE)
        made = invoices.issue(contract=row, by=person(request), now=now_of(request))
        return Made(invoice_shown(request, made), f"/api/v1/invoices/{made.number}")


class OneInvoice(ApiView):
    @endpoint(SIGNED_IN, gives=InvoiceOut)
    def get(self, request: Request, invoice: str) -> dict[str, Any]:
        """An invoice with what is paid and owed."""
        return invoice_shown(request, find.invoice(request, invoice))


class Payments(ApiView):
    @endpoint(
        may(Permission.PAYMENT_RECORD),
        takes=PaymentIn,
        gives=InvoiceOut,
        status=201,
        idempotent=True,
    )
    def post(self, request: Request, invoice: str, data: dict[str, Any]) -> Made:
        """Record a payment on an invoice, in its currency."""
        row, given = find.invoice(request, invoice), data["amount"]
        if given["currency"] != row.currency:
            raise Invalid(f"The invoice is in {row.currency}.", where="amount.currency")
        invoices.pay(
            invoice=row,
            amount=given["amount"],
            reference=data["reference"],
            by=person(request),
            now=now_of(request),
        )
        again = find.invoice(request, invoice)
        return Made(invoice_shown(request, again), f"/api/v1/invoices/{again.number}")
