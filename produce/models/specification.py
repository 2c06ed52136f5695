"""What a tender demands: limits frozen when specified, whatever the standard does later."""

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import User
from marketplace.fields import ExactDecimalField
from produce.models.adjustment import PriceAdjustmentSchedule
from produce.models.choices import choices, values
from produce.models.commodity import Commodity
from produce.models.standard import Grade, Standard
from produce.rules.facts import Change, Confidence, Direction, Kind
from produce.rules.terms import Place


class QualitySpecification(models.Model):
    """The demanded quality of one item. Never edited: another demand is another specification."""

    commodity = models.ForeignKey(Commodity, models.PROTECT, related_name="specifications")
    standard = models.ForeignKey(Standard, models.PROTECT, null=True, related_name="+")
    grade = models.ForeignKey(Grade, models.PROTECT, null=True, related_name="+")
    # What a deviation costs. The terms of the tender carry the whole schedule, frozen.
    adjustment = models.ForeignKey(
        PriceAdjustmentSchedule, models.PROTECT, null=True, related_name="+"
    )
    # Code of a scheme in produce/data/sampling.json; empty where nothing is said.
    sampling = models.CharField(max_length=40, blank=True)
    # Per cent by which the delivered quantity may differ from the agreed one; null: not at all.
    quantity_tolerance = ExactDecimalField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            # A standard comes with the grade started from, and a grade with its standard.
            models.CheckConstraint(
                condition=Q(standard=None, grade=None)
                | Q(standard__isnull=False, grade__isnull=False),
                name="specification_grade_with_standard",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commodity} to {self.grade}" if self.grade_id else str(self.commodity)


class SpecificationLimit(models.Model):
    """One limit as demanded, beside the one of the grade (base) where it differs.

    A removed limit stays as a row so that the difference can be shown; it binds nobody. That the
    minimum is not above the maximum is refused by `rules.specification`: numbers are text in SQL.
    """

    specification = models.ForeignKey(QualitySpecification, models.CASCADE, related_name="limits")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    unit = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=12, choices=choices(Kind))
    direction = models.CharField(max_length=20, choices=choices(Direction))
    minimum = ExactDecimalField(null=True)
    maximum = ExactDecimalField(null=True)
    text = models.CharField(max_length=200, blank=True)
    method = models.CharField(max_length=120, blank=True)
    # Where it is measured; empty where nothing is said.
    measured_at = models.CharField(max_length=12, choices=choices(Place), blank=True)
    is_safety = models.BooleanField(default=False)
    decimals = models.PositiveSmallIntegerField(null=True)
    source = models.CharField(max_length=400)
    confidence = models.CharField(max_length=16, choices=choices(Confidence))
    change = models.CharField(max_length=12, choices=choices(Change))
    base_minimum = ExactDecimalField(null=True)
    base_maximum = ExactDecimalField(null=True)
    base_text = models.CharField(max_length=200, blank=True)
    # Where the grade's own limit was read: a tender's change must not hide that it is uncertain.
    base_source = models.CharField(max_length=400, blank=True)
    base_confidence = models.CharField(max_length=16, choices=choices(Confidence), blank=True)
    position = models.PositiveSmallIntegerField()
    components = models.ManyToManyField(
        "self",
        through="SpecificationComponent",
        through_fields=("total", "component"),
        symmetrical=False,
        related_name="totals",
    )

    class Meta:
        ordering = ["specification_id", "position"]
        constraints = [
            # A specification demands a thing once.
            models.UniqueConstraint(
                fields=["specification", "code"], name="one_specification_limit_per_code"
            ),
            # A limit that binds is numbers or words; a removed one holds neither.
            models.CheckConstraint(
                condition=Q(change="removed", minimum=None, maximum=None, text="")
                | ~Q(change="removed")
                & (
                    Q(minimum=None, maximum=None) & ~Q(text="")
                    | ~Q(minimum=None, maximum=None) & Q(text="")
                ),
                name="specification_limit_numbers_or_words",
            ),
            # What was added has no base; whatever else it is compared with one.
            models.CheckConstraint(
                condition=Q(change="added", base_minimum=None, base_maximum=None, base_text="")
                | ~Q(change="added") & ~Q(base_minimum=None, base_maximum=None, base_text=""),
                name="specification_base_unless_added",
            ),
            # The words are ones that the rules know.
            models.CheckConstraint(
                condition=Q(kind__in=values(Kind))
                & Q(direction__in=values(Direction))
                & Q(change__in=values(Change))
                & Q(confidence__in=values(Confidence)),
                name="specification_limit_words_known",
            ),
            # A place of measuring is one that the rules know.
            models.CheckConstraint(
                condition=Q(measured_at__in=["", *values(Place)]),
                name="specification_limit_place_known",
            ),
            # No demand without where it comes from.
            models.CheckConstraint(
                condition=~Q(source=""), name="specification_limit_source_given"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SpecificationComponent(models.Model):
    """One summand of a calculated limit, frozen with the specification."""

    total = models.ForeignKey(SpecificationLimit, models.CASCADE, related_name="component_rows")
    component = models.ForeignKey(SpecificationLimit, models.CASCADE, related_name="total_rows")

    class Meta:
        constraints = [
            # A summand counts once.
            models.UniqueConstraint(
                fields=["total", "component"], name="one_specification_summand_once"
            ),
            # Nothing is part of itself.
            models.CheckConstraint(
                condition=~Q(total=F("component")), name="specification_limit_not_part_of_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.component} in {self.total}"
