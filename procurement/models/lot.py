"""Lots, their items, and the criteria that bids for a lot are judged on."""

from django.db import models
from django.db.models import Q

from marketplace.fields import ExactDecimalField, MoneyField
from procurement.models.tender import Tender
from procurement.rules.method_parts import TIE_BREAK
from produce.models import Commodity, QualitySpecification


class Lot(models.Model):
    """A part of a tender that is awarded separately."""

    class EvaluationMethod(models.TextChoices):
        LOWEST_PRICE = "lowest_price", "Lowest price"
        LOWEST_EVALUATED_PRICE = "lowest_evaluated_price", "Lowest evaluated price"
        PRICE_PER_QUALITY = "price_per_quality", "Price per quality"
        FIXED_BOUNDS_POINTS = "fixed_bounds_points", "Points between two published prices"
        RELATIVE_POINTS = "relative_points", "Points relative to the lowest price"
        RELATIVE_POINTS_LINEAR = (
            "relative_points_linear",
            "Points by distance from the lowest price",
        )

    class Rounding(models.TextChoices):
        HALF_UP = "half-up", "Half up"
        HALF_EVEN = "half-even", "Half to even"
        TRUNCATE = "truncate", "Cut off"

    tender = models.ForeignKey(Tender, models.CASCADE, related_name="lots")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    evaluation_method = models.CharField(
        max_length=24, choices=EvaluationMethod, default=EvaluationMethod.LOWEST_PRICE
    )
    estimated_value = MoneyField(null=True, blank=True)
    # Known for auctions with published bounds: outside them a bid is disqualified, at them not.
    reserve_price = ExactDecimalField(null=True, blank=True)
    minimum_price = ExactDecimalField(null=True, blank=True)
    rounding = models.CharField(max_length=12, choices=Rounding, default=Rounding.HALF_UP)
    rounding_decimals = models.PositiveSmallIntegerField(default=2)
    # The rules that decide between equal bids, in their order, with commas between.
    tie_break = models.CharField(max_length=120, default=",".join(TIE_BREAK))
    unsuccessful_at = models.DateTimeField(null=True)
    unsuccessful_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["tender", "number"]
        constraints = [
            # A lot's number is its name within the tender.
            models.UniqueConstraint(fields=["tender", "number"], name="one_lot_per_number"),
            # A lot that came to nothing says why.
            models.CheckConstraint(
                condition=Q(unsuccessful_at=None) | ~Q(unsuccessful_reason=""),
                name="unsuccessful_lot_has_a_reason",
            ),
            # An estimate is an amount of money, so it is not negative.
            models.CheckConstraint(
                condition=Q(estimated_value=None) | Q(estimated_value__gte=0),
                name="estimate_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"Lot {self.number}: {self.title}"


class Item(models.Model):
    """A line of goods: what, how much, where to, when, and of which quality."""

    lot = models.ForeignKey(Lot, models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()
    # Null only in imported history, which may be about other things than produce.
    commodity = models.ForeignKey(Commodity, models.PROTECT, null=True, related_name="+")
    description = models.CharField(max_length=300)
    quantity = ExactDecimalField()
    unit = models.CharField(max_length=16)
    delivery_place = models.CharField(max_length=200, blank=True)
    province = models.CharField(max_length=60, blank=True)
    district = models.CharField(max_length=60, blank=True)
    delivery_starts = models.DateField(null=True)
    delivery_ends = models.DateField(null=True)
    specification = models.OneToOneField(
        QualitySpecification, models.PROTECT, null=True, related_name="item"
    )

    class Meta:
        ordering = ["lot", "number"]
        constraints = [
            # An item's number is its name within the lot.
            models.UniqueConstraint(fields=["lot", "number"], name="one_item_per_number"),
            # A delivery window does not end before it starts.
            models.CheckConstraint(
                condition=Q(delivery_starts=None)
                | Q(delivery_ends=None)
                | Q(delivery_ends__gte=models.F("delivery_starts")),
                name="delivery_window_in_order",
            ),
            # Quantities are text (exact); this catches a sign, the operation checks the value.
            models.CheckConstraint(
                condition=~Q(quantity__startswith="-"), name="item_quantity_not_negative"
            ),
        ]


class Criterion(models.Model):
    """What bids for a lot are judged on: a gate, answers of a published worth, or marks."""

    class Kind(models.TextChoices):
        GATE = "gate", "Must be met"
        QUALITY = "quality", "Counts as quality"
        POINTS = "points", "Earns points"
        MONEY = "money", "Counts as money"
        RATED = "rated", "Marked by the evaluators"

    lot = models.ForeignKey(Lot, models.CASCADE, related_name="criteria")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=Kind)
    source = models.CharField(max_length=200, blank=True)
    # Of money: whether a margin of preference is reckoned on it too.
    in_margin = models.BooleanField(default=False)

    class Meta:
        ordering = ["lot", "number"]
        constraints = [
            # A criterion's number is its name within the lot.
            models.UniqueConstraint(fields=["lot", "number"], name="one_criterion_per_number")
        ]


class CriterionOption(models.Model):
    """One answer to a criterion and its worth: a part of one (quality), points, or money."""

    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="options")
    number = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=200)
    value = ExactDecimalField()

    class Meta:
        ordering = ["criterion", "number"]
        constraints = [
            # An option's number is its name within the criterion.
            models.UniqueConstraint(fields=["criterion", "number"], name="one_option_per_number")
        ]
