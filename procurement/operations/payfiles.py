"""Files of payment orders for a bank: made from what is owed, and recorded as made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from marketplace.accounts import personal
from marketplace.accounts.models import Organization, User
from marketplace.accounts.roles import Permission
from marketplace.errors import Invalid, NotNow
from marketplace.ledger.record import record
from procurement import permissions
from procurement.queries import invoices as queries
from procurement.queries.invoices import Owed
from procurement.rules import payfile
from procurement.rules.payfile import Order, Payer

ACCOUNT = personal.Kind.BANK_ACCOUNT
KINDS: Final = {"csv": "text/csv; charset=utf-8", "xml": "application/xml"}


@dataclass(frozen=True)
class Made:
    name: str
    media: str
    content: bytes


@transaction.atomic
def make(*, buyer: Organization, kind: str, by: User, now: datetime) -> Made:
    """Orders over every open invoice whose supplier has named an account."""
    permissions.check_role(by, Permission.PAYMENT_RECORD, buyer)
    permissions.check_second_factor(by)
    orders = [order for one in queries.open_ones([buyer], now) if (order := _order(one))]
    if not orders:
        raise NotNow(
            "There is nothing to order: no open invoice of a supplier that named its account.",
            remedy="Suppliers name their account under “My organisations”.",
        )
    name = f"{buyer.public_id}-{now:%Y%m%d%H%M%S}"
    content = _content(kind, name, buyer, orders, now)
    told = {"kind": kind, "invoices": [order.end_to_end for order in orders]}
    subject = f"organization:{buyer.public_id}"
    record("PaymentFileMade", subject=subject, body=told, by=by, now=now, visibility="auditor")
    return Made(f"payments-{name}.{kind}", KINDS[kind], content)


def _order(one: Owed) -> Order | None:
    supplier = one.row.contract.award.supplier
    account = personal.stated(supplier.public_id).get(ACCOUNT, "")
    if not account:
        return None
    return Order(
        end_to_end=one.row.number,
        supplier=supplier.name,
        account=account,
        amount=one.owed,
        currency=one.row.currency,
        due=one.row.due_at.date(),
        text=f"Invoice {one.row.number}",
    )


def _content(
    kind: str, name: str, buyer: Organization, orders: list[Order], now: datetime
) -> bytes:
    if kind == "csv":
        return payfile.as_csv(orders).encode()
    account = personal.stated(buyer.public_id).get(ACCOUNT, "")
    if not account:
        raise Invalid(
            "The buyer has not named the account that it pays from.",
            where="account",
            remedy="Name it under “My organisations”, or take the CSV file.",
        )
    return payfile.as_pain001(name, Payer(name=buyer.name, account=account), orders, now)


@transaction.atomic
def state_account(*, buyer: Organization, account: str, by: User, now: datetime) -> Organization:
    """Name the account that the buyer pays from; the ledger keeps only that it changed."""
    permissions.check_role(by, Permission.PAYMENT_RECORD, buyer)
    permissions.check_second_factor(by)
    personal.state(buyer.public_id, ACCOUNT, account, now)
    subject = f"organization:{buyer.public_id}"
    record("PayerAccountStated", subject=subject, body={}, by=by, now=now, visibility="auditor")
    return buyer
