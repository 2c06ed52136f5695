"""What is owed to whom: invoices with what is paid, and how long buyers take to pay."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from marketplace.accounts.models import Organization
from procurement.models import Contract, GoodsReceipt, Invoice
from procurement.rules import paying
from procurement.rules.paying import Clock, DaysToPay, Open


@dataclass(frozen=True)
class Owed:
    """An invoice with what is paid and owed at an instant."""

    row: Invoice
    paid: Decimal
    is_overdue: bool

    @property
    def owed(self) -> Decimal:
        return self.row.total - self.paid

    @property
    def supplier(self) -> str:
        return self.row.contract.award.supplier.name

    @property
    def state(self) -> str:
        if not self.owed:
            return "paid"
        return "overdue" if self.is_overdue else "due"


def paid(invoice: Invoice) -> Decimal:
    return sum((payment.amount for payment in invoice.payments.all()), Decimal(0))


def view(invoice: Invoice, now: datetime) -> Owed:
    so_far = paid(invoice)
    return Owed(invoice, so_far, paying.is_overdue(invoice.due_at, invoice.total - so_far, now))


def views(rows: QuerySet[Invoice], now: datetime) -> list[Owed]:
    wanted = rows.select_related("contract__award__supplier", "contract__award__lot__tender__buyer")
    return [view(row, now) for row in wanted.prefetch_related("payments")]


def of_buyer(buyers: Iterable[Organization]) -> QuerySet[Invoice]:
    return Invoice.objects.filter(contract__award__lot__tender__buyer__in=list(buyers))


def open_ones(buyers: Iterable[Organization], now: datetime) -> list[Owed]:
    """Invoices on which something is owed, the longest due first."""
    found = [one for one in views(of_buyer(buyers), now) if one.owed > 0]
    return sorted(found, key=lambda one: (one.row.due_at, one.row.pk))


def as_open(one: Owed) -> Open:
    return Open(one.row.number, one.row.currency, one.owed)


def to_invoice(contract: Contract) -> list[GoodsReceipt]:
    """Goods received notes of the contract that no invoice asks for yet."""
    rows = GoodsReceipt.objects.filter(delivery__contract=contract, invoice_line=None, amount__gt=0)
    return list(rows.select_related("delivery__line__item").order_by("pk"))


def is_settled(contract: Contract) -> bool:
    """Whether everything that was received is invoiced, and every invoice is paid."""
    rows = contract.invoices.prefetch_related("payments")
    return not to_invoice(contract) and all(paid(row) >= row.total for row in rows)


@dataclass(frozen=True)
class BuyerDays:
    buyer: Organization
    days: DaysToPay


def days_to_pay(now: datetime) -> list[BuyerDays]:
    """By buyer, the slowest first; from each goods received note to the last money for it."""
    clocks: dict[Organization, list[Clock]] = {}
    rows = GoodsReceipt.objects.filter(amount__gt=0).select_related(
        "delivery__contract__award__lot__tender__buyer", "invoice_line__invoice"
    )
    for row in rows.prefetch_related("invoice_line__invoice__payments"):
        buyer = row.delivery.contract.award.lot.tender.buyer
        clocks.setdefault(buyer, []).append(_clock(row))
    found = [BuyerDays(buyer, paying.days_to_pay(rows, now)) for buyer, rows in clocks.items()]
    return sorted(found, key=lambda one: (-(one.days.median or 0), one.buyer.name))


def _clock(row: GoodsReceipt) -> Clock:
    contract = row.delivery.contract
    due = paying.due_at(row.received_at, contract.payment_days)
    line = getattr(row, "invoice_line", None)
    settled = contract.paid_at
    if line is not None and paid(line.invoice) >= line.invoice.total:
        settled = max(payment.paid_at for payment in line.invoice.payments.all())
    return Clock(received_at=row.received_at, due_at=due, paid_at=settled)
