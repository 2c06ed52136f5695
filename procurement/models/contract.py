"""The signed agreement: how much of what, when, at which price, and paid in how many days."""

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import User
from marketplace.fields import ExactDecimalField
from procurement.models.award import Award
from procurement.models.lot import Item
from produce.models import PriceAdjustmentSchedule


class Contract(models.Model):
    """The signed agreement that follows an award after its standstill."""

    award = models.OneToOneField(Award, models.PROTECT, related_name="contract")
    number = models.CharField(max_length=40, unique=True)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # From the goods received note to the day by which it is to be paid.
    payment_days = models.PositiveSmallIntegerField(default=30)
    # When the last delivery had been received, and when the last payment had been made.
    delivered_at = models.DateTimeField(null=True)
    # Ended by two people before everything was delivered; then `delivered_at` is the same instant.
    terminated_at = models.DateTimeField(null=True)
    terminated_for_default = models.BooleanField(default=False)
    paid_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            # Nothing is fully paid before it is fully delivered.
            models.CheckConstraint(
                condition=Q(paid_at=None) | Q(paid_at__gte=F("delivered_at")),
                name="paid_after_delivered",
            ),
            # After its end nothing is delivered.
            models.CheckConstraint(
                condition=Q(terminated_at=None) | Q(delivered_at=F("terminated_at")),
                name="nothing_delivered_after_the_end",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ContractLine(models.Model):
    """How much of one item is to be delivered in which days; an item may have several windows."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="lines")
    number = models.PositiveSmallIntegerField()
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    quantity = ExactDecimalField()
    unit_price = ExactDecimalField()
    # Per cent above the quantity that is still paid for, as the tender says.
    tolerance = ExactDecimalField(default=0)
    # How the price follows the quality; null where it does not.
    schedule = models.ForeignKey(
        PriceAdjustmentSchedule, models.PROTECT, null=True, related_name="+"
    )
    # Both days belong to the window; null where the tender named none.
    starts = models.DateField(null=True)
    ends = models.DateField(null=True)

    class Meta:
        ordering = ["contract", "number"]
        constraints = [
            # A line's number is its name within the contract.
            models.UniqueConstraint(
                fields=["contract", "number"], name="one_contract_line_per_number"
            ),
            # Numbers are text (exact); this catches a sign, the operation checks the value.
            models.CheckConstraint(
                condition=~Q(quantity__startswith="-") & ~Q(unit_price__startswith="-"),
                name="contract_line_not_negative",
            ),
            # A window does not end before it starts.
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=F("starts")),
                name="contract_window_in_order",
            ),
        ]
