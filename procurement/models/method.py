"""What a lot's method needs besides its items and criteria: points, additions, a preference.

One row each where the method uses it; what belongs to which method the publication check says.
"""

from django.db import models
from django.db.models import Q

from marketplace.fields import ExactDecimalField
from procurement.models.lot import Criterion, Lot
from procurement.models.tender import Tender


class LotPoints(models.Model):
    """What the price earns of all points, and the published prices that earn all and none."""

    lot = models.OneToOneField(Lot, models.CASCADE, related_name="points")
    weight = ExactDecimalField()
    total = ExactDecimalField()
    lowest = ExactDecimalField(null=True)
    highest = ExactDecimalField(null=True)
    # What the criteria must earn together; a bid below is disqualified.
    minimum = ExactDecimalField(null=True)


class LotComponent(models.Model):
    """What evaluators add to each price to compare bids: transport, a test, a spare part."""

    class Per(models.TextChoices):
        LOT = "lot", "Once for the lot"
        LINE = "line", "Once for each item"
        UNIT = "unit", "For each unit of each item"

    lot = models.ForeignKey(Lot, models.CASCADE, related_name="components")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    per = models.CharField(max_length=4, choices=Per)
    source = models.CharField(max_length=200, blank=True)
    # Whether the margin of preference is reckoned on it too.
    in_margin = models.BooleanField(default=False)

    class Meta:
        ordering = ["lot", "number"]
        constraints = [
            # An addition's number is its name within the lot.
            models.UniqueConstraint(fields=["lot", "number"], name="one_component_per_number")
        ]


class LotPreference(models.Model):
    """The margin of preference of a lot: who qualifies, how much, of what, on which side."""

    class Base(models.TextChoices):
        PRICE = "price", "The price"
        COMPONENTS = "price_and_components", "The price and the additions marked for it"
        OFFER = "offer", "The price and all additions"

    class Way(models.TextChoices):
        ADDED = "added_to_others", "Added to the bids of the others"
        DEDUCTED = "deducted_from_group", "Taken off the bids of the preferred"

    lot = models.OneToOneField(Lot, models.CASCADE, related_name="preference")
    title = models.CharField(max_length=200)
    # A part of one: 0.15 for 15 %.
    margin = ExactDecimalField()
    base = models.CharField(max_length=24, choices=Base)
    way = models.CharField(max_length=24, choices=Way)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            # A preference says whom it prefers.
            models.CheckConstraint(condition=~Q(title=""), name="preference_says_whom")
        ]


class CriterionRating(models.Model):
    """How the marks of a rated criterion become points: weight · combined mark / highest mark."""

    class Combine(models.TextChoices):
        MEAN = "mean", "Their mean"
        MEDIAN = "median", "The one in the middle"
        TRIMMED_MEAN = "trimmed_mean", "Their mean without the highest and the lowest"
        CONSENSUS = "consensus", "One mark on which all agree"

    criterion = models.OneToOneField(Criterion, models.CASCADE, related_name="rating")
    weight = ExactDecimalField()
    highest_mark = ExactDecimalField()
    combine = models.CharField(max_length=12, choices=Combine)
    minimum = ExactDecimalField(null=True)


class LotDivision(models.Model):
    """That a lot is awarded in parts, in which steps, and what a unit left unmet counts as."""

    lot = models.OneToOneField(Lot, models.CASCADE, related_name="division")
    quantum = ExactDecimalField()
    unmet_penalty = ExactDecimalField(null=True)
    minimum_suppliers = models.PositiveSmallIntegerField(default=1)
    maximum_suppliers = models.PositiveSmallIntegerField(null=True)


class TenderSharing(models.Model):
    """What all divided lots of a tender keep together: budget, cap, reserved share, tie-break."""

    class Basis(models.TextChoices):
        DEMANDED = "demanded", "Of all that is asked"
        AWARDED = "awarded", "Of all that is awarded"

    class Group(models.TextChoices):
        SMALLHOLDER = "smallholder", "Smallholders and their co-operatives"
        WOMEN = "women", "Women"
        LOCAL = "local", "Suppliers from the district"

    tender = models.OneToOneField(Tender, models.CASCADE, related_name="sharing")
    budget = ExactDecimalField(null=True)
    # Parts of one, like all shares.
    cap_share = ExactDecimalField(null=True)
    cap_of = models.CharField(max_length=8, choices=Basis, default=Basis.DEMANDED)
    reserve_group = models.CharField(max_length=12, choices=Group, blank=True)
    reserve_share = ExactDecimalField(null=True)
    reserve_of = models.CharField(max_length=8, choices=Basis, default=Basis.DEMANDED)
    tie_break = models.CharField(max_length=24, default="earliest_submission")
