"""Invoices, payments, and what banks say of them."""

from django.db import models
from django.db.models import Q

from marketplace.accounts.models import Organization, User
from marketplace.fields import ExactDecimalField, MoneyField
from procurement.models.contract import Contract
from procurement.models.delivery import GoodsReceipt


class Invoice(models.Model):
    """What a supplier is owed for goods received. Made from their notes, never typed."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="invoices")
    # The length that a payment order can carry from end to end.
    number = models.CharField(max_length=35, unique=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    currency = models.CharField(max_length=3)
    total = MoneyField()
    # The earliest of its notes and the contract's days: at this instant it is overdue.
    due_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            # An invoice asks for something.
            models.CheckConstraint(condition=Q(total__gt=0), name="invoice_is_positive"),
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceLine(models.Model):
    """One goods received note on an invoice."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    receipt = models.OneToOneField(GoodsReceipt, models.PROTECT, related_name="invoice_line")
    payable = ExactDecimalField()
    unit_price = ExactDecimalField()
    amount = MoneyField()

    class Meta:
        ordering = ["invoice", "id"]


class Payment(models.Model):
    """Money paid under a contract."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="payments")
    # Null only for what was paid before there were invoices.
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="payments")
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    paid_at = models.DateTimeField()
    reference = models.CharField(max_length=140, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["contract", "id"]
        constraints = [
            # A payment is an amount above nothing.
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_positive")
        ]


class PaymentConfirmation(models.Model):
    """One line that a bank or a mobile money service sent; kept whatever it fits."""

    buyer = models.ForeignKey(Organization, models.PROTECT, related_name="confirmations")
    # Of the line's contents: the same line twice is taken once.
    digest = models.CharField(max_length=64)
    reference = models.CharField(max_length=140, blank=True)
    text = models.CharField(max_length=300, blank=True)
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    paid_on = models.DateField()
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="confirmation")
    # Why it waits for a person; empty once it is matched.
    waits = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            # The same line twice is taken once.
            models.UniqueConstraint(fields=["buyer", "digest"], name="one_confirmation_per_line"),
            # What is confirmed is an amount above nothing.
            models.CheckConstraint(condition=Q(amount__gt=0), name="confirmation_is_positive"),
            # It is matched, or it says why it waits.
            models.CheckConstraint(
                condition=Q(payment__isnull=False, waits="") | Q(payment=None) & ~Q(waits=""),
                name="confirmation_matched_or_waits",
            ),
        ]
