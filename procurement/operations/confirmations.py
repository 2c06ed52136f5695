"""What banks and mobile money services confirm: matched where there is no doubt, else it waits."""

from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.models import Organization, User
from marketplace.accounts.roles import Permission
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.ledger.record import record
from procurement import permissions
from procurement.models import Invoice, PaymentConfirmation
from procurement.operations import contracts, invoices
from procurement.queries import invoices as queries
from procurement.rules import bankfile, paying
from procurement.rules.paying import Line


@dataclass(frozen=True)
class Taken:
    """What became of a file: how many lines paid an invoice, wait, or had been taken before."""

    matched: int
    waiting: int
    known: int


@transaction.atomic
def take(*, buyer: Organization, content: bytes, by: User, now: datetime) -> Taken:
    """Take a whole CSV file or nothing; the same line twice is taken once."""
    _check(buyer, by)
    Organization.objects.select_for_update().get(pk=buyer.pk)
    matched = waiting = known = 0
    for line in bankfile.read(content):
        digest = bankfile.digest(line)
        if PaymentConfirmation.objects.filter(buyer=buyer, digest=digest).exists():
            known += 1
            continue
        row = _take_line(buyer, line, digest, by, now)
        matched, waiting = matched + (not row.waits), waiting + bool(row.waits)
    body = {"matched": matched, "waiting": waiting, "known": known}
    record(
        "ConfirmationsTaken",
        subject=f"organization:{buyer.public_id}",
        body=body,
        by=by,
        now=now,
        visibility="auditor",
    )
    return Taken(matched, waiting, known)


def _check(buyer: Organization, by: User) -> None:
    permissions.check_role(by, Permission.PAYMENT_RECORD, buyer)
    permissions.check_second_factor(by)


def _take_line(
    buyer: Organization, line: Line, digest: str, by: User, now: datetime
) -> PaymentConfirmation:
    open_ones = {one.row.number: one for one in queries.open_ones([buyer], now)}
    found = paying.match(line, [queries.as_open(one) for one in open_ones.values()])
    row = PaymentConfirmation(
        buyer=buyer,
        digest=digest,
        reference=line.reference,
        text=line.text,
        amount=line.amount,
        currency=line.currency,
        paid_on=line.paid_on,
        imported_at=now,
        imported_by=by,
        waits=found.waits or "not matched yet",
    )
    row.save()
    if found.invoice:
        _pay(row, open_ones[found.invoice].row, by, now)
    return row


@transaction.atomic
def assign(
    *, confirmation: PaymentConfirmation, invoice: Invoice, by: User, now: datetime
) -> PaymentConfirmation:
    """A person says which invoice a line pays that waited."""
    row = PaymentConfirmation.objects.select_for_update().filter(pk=confirmation.pk).first()
    if row is None:
        raise NotFound("There is no such confirmation.")
    _check(row.buyer, by)
    if row.payment_id is not None:
        raise Conflict("This confirmation is matched already.")
    if not queries.of_buyer([row.buyer]).filter(pk=invoice.pk).exists():
        raise NotFound("The buyer has no such invoice.", where="invoice")
    if invoice.currency != row.currency:
        raise Invalid(f"The invoice is in {invoice.currency}.", where="invoice")
    _pay(row, invoice, by, now)
    return row


def _pay(row: PaymentConfirmation, invoice: Invoice, by: User, now: datetime) -> None:
    contract = contracts.lock_contract(invoice.contract_id)
    contracts.check_allows("payments.pay", contract, now)
    # A bank says the day: its end is when the money was there at the latest.
    end = datetime.combine(row.paid_on, time(23, 59), timezone.get_default_timezone())
    paid_at = max(min(end, now), invoice.issued_at)
    made = invoices.paid(contract, invoice, row.amount, row.reference, by, paid_at, now)
    row.payment, row.waits = made, ""
    row.save(update_fields=["payment", "waits"])
    told = {"invoice": invoice.number, "paid_on": row.paid_on.isoformat()}
    contracts.recorded("PaymentConfirmed", contract, by, now, told)
