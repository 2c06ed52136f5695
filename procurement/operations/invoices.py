"""Invoices made from goods received notes, and the payments against them."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.errors import Conflict, Invalid, NotNow
from marketplace.fields import plain
from procurement import permissions
from procurement.models import Contract, Invoice, InvoiceLine, Payment
from procurement.operations import contracts
from procurement.queries import invoices as queries
from procurement.rules import paying


@transaction.atomic
def issue(*, contract: Contract, by: User, now: datetime) -> Invoice:
    """One invoice over every goods received note of the contract that has none yet."""
    row = contracts.lock_contract(contract.pk)
    permissions.check_supplier_or(by, Permission.PAYMENT_RECORD, row)
    contracts.check_allows("invoices.issue", row, now)
    notes = queries.to_invoice(row)
    if not notes:
        raise NotNow(
            "There is nothing to invoice: no goods received note is without an invoice.",
            remedy="An invoice is made from goods that were received.",
        )
    made = Invoice.objects.create(
        contract=row,
        number=f"{row.number}-I{row.invoices.count() + 1}",
        issued_at=now,
        issued_by=by,
        currency=row.award.currency,
        total=sum((note.amount for note in notes), Decimal(0)),
        due_at=paying.due_at(min(note.received_at for note in notes), row.payment_days),
    )
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=made,
            receipt=note,
            payable=note.payable,
            unit_price=note.unit_price,
            amount=note.amount,
        )
        for note in notes
    )
    body = {
        "invoice": made.number,
        "notes": [note.number for note in notes],
        "amount": plain(made.total),
        "currency": made.currency,
        "due_at": made.due_at.isoformat(),
    }
    contracts.recorded("InvoiceIssued", row, by, now, body)
    return made


@transaction.atomic
def pay(
    *, invoice: Invoice, amount: Decimal, reference: str = "", by: User, now: datetime
) -> Payment:
    """Record money paid on an invoice, in its currency."""
    row = contracts.lock_contract(invoice.contract_id)
    permissions.check_role(by, Permission.PAYMENT_RECORD, row.award.lot.tender.buyer)
    permissions.check_second_factor(by)
    contracts.check_allows("payments.pay", row, now)
    return paid(row, Invoice.objects.get(pk=invoice.pk), amount, reference, by, now, now)


def paid(
    contract: Contract,
    invoice: Invoice,
    amount: Decimal,
    reference: str,
    by: User,
    paid_at: datetime,
    now: datetime,
) -> Payment:
    """Write a payment down, under the contract's lock; the last one settles the contract."""
    owed = queries.view(invoice, now).owed
    if amount <= 0:
        raise Invalid("The amount must be above zero.", where="amount")
    if owed == 0:
        raise Conflict("This invoice is paid in full.", where="amount")
    if amount > owed:
        raise Invalid(
            f"Only {owed:f} {invoice.currency} are owed on this invoice.",
            where="amount",
            remedy="Pay what is owed; what was paid too much comes back from the supplier.",
        )
    payment = Payment.objects.create(
        contract=contract,
        invoice=invoice,
        amount=amount,
        currency=invoice.currency,
        paid_at=paid_at,
        reference=reference.strip()[:140],
        recorded_by=by,
    )
    contracts.settle(contract, now)
    body = {
        "invoice": invoice.number,
        "amount": plain(amount),
        "currency": invoice.currency,
        "paid_at": paid_at.isoformat(),
        "final": contract.paid_at is not None,
    }
    contracts.recorded("PaymentMade", contract, by, now, body)
    return payment
