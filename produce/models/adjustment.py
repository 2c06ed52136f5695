"""Published price adjustments, as facts. The arithmetic that applies them is a rule of its own."""

from django.db import models
from django.db.models import F, Q

from marketplace.fields import ExactDecimalField
from produce.models.choices import choices, values
from produce.models.commodity import Commodity
from produce.rules.facts import Confidence, Effect, Per, Rounding


class PriceAdjustmentSchedule(models.Model):
    """One edition of a schedule. In force on the half-open days [valid_from, valid_to)."""

    code = models.CharField(max_length=40)
    edition = models.CharField(max_length=60)
    name = models.CharField(max_length=160)
    commodity = models.ForeignKey(
        Commodity, models.PROTECT, null=True, related_name="adjustment_schedules"
    )
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    # A change of the price is rounded to this many decimals in this way; null where the notice is
    # silent. How the amount to be paid is rounded is stated by the tender.
    rounding = models.CharField(max_length=12, choices=choices(Rounding))
    rounding_decimals = models.PositiveSmallIntegerField(null=True)
    source = models.CharField(max_length=400)
    confidence = models.CharField(max_length=16, choices=choices(Confidence))
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["code", "edition"]
        constraints = [
            # One schedule per edition.
            models.UniqueConstraint(fields=["code", "edition"], name="one_schedule_per_edition"),
            # A schedule is in force for at least a day.
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lt=F("valid_to")),
                name="schedule_ends_after_it_begins",
            ),
            # No schedule without where it was read.
            models.CheckConstraint(condition=~Q(source=""), name="schedule_source_given"),
            # The words are ones that the rules know.
            models.CheckConstraint(
                condition=Q(confidence__in=values(Confidence)) & Q(rounding__in=values(Rounding)),
                name="schedule_words_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.edition})"


class PriceAdjustmentStep(models.Model):
    """One line: when the measured value lies between the bounds, this is its effect.

    Bounds that meet leave no gap: `lower_inclusive` of one step is the opposite of
    `upper_inclusive` of its neighbour. Bounds are text in SQL; the loader checks their order.
    """

    schedule = models.ForeignKey(PriceAdjustmentSchedule, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    parameter_code = models.CharField(max_length=40, blank=True)
    # The bounds count in it: a test weight in kg/hl must never be read against pounds a bushel.
    parameter_unit = models.CharField(max_length=40, blank=True)
    lower = ExactDecimalField(null=True)
    lower_inclusive = models.BooleanField(default=False)
    upper = ExactDecimalField(null=True)
    upper_inclusive = models.BooleanField(default=True)
    # Bounds count from the contracted limit (points beyond it), not from zero.
    relative_to_limit = models.BooleanField(default=False)
    delivered_by = models.DateField(null=True)
    effect = models.CharField(max_length=28, choices=choices(Effect))
    value = ExactDecimalField(null=True)
    unit = models.CharField(max_length=40, blank=True)
    per = models.CharField(max_length=12, choices=choices(Per), default=Per.ONCE.value)
    step_size = ExactDecimalField(null=True)

    class Meta:
        ordering = ["schedule_id", "position"]
        constraints = [
            # Lines of a schedule have an order.
            models.UniqueConstraint(fields=["schedule", "position"], name="one_step_per_position"),
            # To accept or reject needs no amount; everything else does.
            models.CheckConstraint(
                condition=Q(effect__in=["accept", "reject"], value=None)
                | ~Q(effect__in=["accept", "reject"]) & Q(value__isnull=False),
                name="step_value_fits_effect",
            ),
            # A begun step has a size, and nothing else has.
            models.CheckConstraint(
                condition=Q(per="started_step", step_size__isnull=False)
                | ~Q(per="started_step") & Q(step_size=None),
                name="step_size_only_for_begun_steps",
            ),
            # The words are ones that the rules know.
            models.CheckConstraint(
                condition=Q(effect__in=values(Effect)) & Q(per__in=values(Per)),
                name="step_words_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schedule}, line {self.position}"
