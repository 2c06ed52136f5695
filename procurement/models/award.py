"""Awards: what is given to whom, and what the bidders are told."""

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import Organization, User
from marketplace.fields import ExactDecimalField
from procurement.models.allocation import Allocation
from procurement.models.bid import Bid
from procurement.models.lot import Item, Lot


class Award(models.Model):
    """The decision to contract with a supplier: recommended by one person, made by another."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="awards")
    bid = models.ForeignKey(Bid, models.PROTECT, related_name="awards")
    supplier = models.ForeignKey(Organization, models.PROTECT, related_name="awards")
    price = ExactDecimalField()
    currency = models.CharField(max_length=3)
    # Whether it gives a part of a lot that is divided among several suppliers.
    is_part = models.BooleanField(default=False)
    # The contract that ended by default, for whose missing goods this supplier is called up.
    called_up_for = models.ForeignKey(
        "procurement.Contract", models.PROTECT, null=True, related_name="call_ups"
    )
    # Which allocation gave the part; null for a lot that is not divided.
    allocation = models.ForeignKey(Allocation, models.PROTECT, null=True, related_name="awards")
    recommendation = models.TextField(blank=True)
    recommended_at = models.DateTimeField()
    recommended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    standstill_ends_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    cancelled_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["lot", "id"]
        constraints = [
            # A lot that is not divided has one award that stands.
            models.UniqueConstraint(
                fields=["lot"],
                condition=Q(cancelled_at=None, is_part=False),
                name="one_standing_award_per_lot",
            ),
            # A bid has one award of a lot that stands, divided or not.
            models.UniqueConstraint(
                fields=["lot", "bid"],
                condition=Q(cancelled_at=None),
                name="one_standing_award_per_bid",
            ),
            # Four eyes: who recommends does not decide.
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("recommended_by")),
                name="decider_is_not_recommender",
            ),
            # A decision has a reason and a standstill, unless it was imported.
            models.CheckConstraint(
                condition=Q(decided_at=None)
                | Q(decided_by=None)
                | (~Q(reason="") & ~Q(standstill_ends_at=None)),
                name="award_has_reason_and_standstill",
            ),
            # A cancellation says why.
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | ~Q(cancelled_reason=""),
                name="award_cancellation_has_a_reason",
            ),
            # What an allocation gave is a part.
            models.CheckConstraint(
                condition=Q(allocation=None) | Q(is_part=True), name="allocated_award_is_a_part"
            ),
        ]


class AwardLine(models.Model):
    """What an award gives the supplier to deliver of one item, and at which price a unit."""

    award = models.ForeignKey(Award, models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, models.PROTECT, related_name="award_lines")
    quantity = ExactDecimalField()
    unit_price = ExactDecimalField()

    class Meta:
        ordering = ["award", "item__number"]
        constraints = [
            # An award names an item once.
            models.UniqueConstraint(fields=["award", "item"], name="one_award_line_per_item"),
            # Numbers are text (exact); this catches a sign, the operation checks the value.
            models.CheckConstraint(
                condition=~Q(unit_price__startswith="-") & ~Q(quantity__startswith="-"),
                name="award_line_not_negative",
            ),
        ]


class AwardLetter(models.Model):
    """What a tenderer is told about a lot: the result, the reasons, its own score."""

    class Kind(models.TextChoices):
        AWARD = "award", "Award"
        REGRET = "regret", "Not awarded"

    award = models.ForeignKey(Award, models.PROTECT, related_name="letters")
    bid = models.ForeignKey(Bid, models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField()
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            # One letter per award and bid.
            models.UniqueConstraint(fields=["award", "bid"], name="one_letter_per_award_and_bid")
        ]
