"""What is measured under a standard, and the limit of each grade."""

from django.db import models
from django.db.models import F, Q

from marketplace.fields import ExactDecimalField
from produce.models.choices import choices, values
from produce.models.standard import Grade, Standard
from produce.rules.facts import Confidence, Direction, Kind


class Parameter(models.Model):
    """A property of the goods. A calculated one is the sum of its components."""

    standard = models.ForeignKey(Standard, models.CASCADE, related_name="parameters")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    unit = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=12, choices=choices(Kind))
    direction = models.CharField(max_length=20, choices=choices(Direction))
    method = models.CharField(max_length=120, blank=True)
    method_confidence = models.CharField(max_length=16, choices=choices(Confidence), blank=True)
    is_safety = models.BooleanField(default=False)
    # Decimals to which a measurement is rounded (half up) before it is compared; null where the
    # table does not say, and then it is compared as measured.
    decimals = models.PositiveSmallIntegerField(null=True)
    note = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField()
    components = models.ManyToManyField(
        "self",
        through="ParameterComponent",
        through_fields=("total", "component"),
        symmetrical=False,
        related_name="totals",
    )

    class Meta:
        ordering = ["standard_id", "position"]
        constraints = [
            # A standard measures a thing once.
            models.UniqueConstraint(fields=["standard", "code"], name="one_parameter_per_code"),
            # The kind and the direction are ones that the grading rules know.
            models.CheckConstraint(
                condition=Q(kind__in=values(Kind)) & Q(direction__in=values(Direction)),
                name="parameter_kind_and_direction_known",
            ),
            # Words have no better or worse side: they are equal or not. Numbers are not "equal".
            models.CheckConstraint(
                condition=Q(kind__in=["boolean", "text"], direction="equals")
                | Q(kind__in=["numeric", "count", "calculated"]) & ~Q(direction="equals"),
                name="parameter_direction_fits_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ParameterComponent(models.Model):
    """One summand of a calculated parameter.

    SQL cannot see that both belong to one standard; the loader checks it.
    """

    total = models.ForeignKey(Parameter, models.CASCADE, related_name="component_rows")
    component = models.ForeignKey(Parameter, models.CASCADE, related_name="total_rows")

    class Meta:
        constraints = [
            # A summand counts once.
            models.UniqueConstraint(fields=["total", "component"], name="one_summand_once"),
            # Nothing is part of itself.
            models.CheckConstraint(
                condition=~Q(total=F("component")), name="parameter_not_part_of_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.component} in {self.total}"


class Limit(models.Model):
    """The bound of one parameter for one grade; both bounds are inclusive.

    That the minimum is not above the maximum cannot be checked here: exact numbers are text in
    SQL. The loader and `rules.specification` refuse it.
    """

    parameter = models.ForeignKey(Parameter, models.CASCADE, related_name="limits")
    grade = models.ForeignKey(Grade, models.CASCADE, related_name="limits")
    minimum = ExactDecimalField(null=True)
    maximum = ExactDecimalField(null=True)
    text = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=400)
    confidence = models.CharField(max_length=16, choices=choices(Confidence))

    class Meta:
        constraints = [
            # One limit per parameter and grade.
            models.UniqueConstraint(fields=["parameter", "grade"], name="one_limit_per_grade"),
            # A limit bounds something: either by numbers or by words, never both, never neither.
            models.CheckConstraint(
                condition=Q(minimum=None, maximum=None) & ~Q(text="")
                | ~Q(minimum=None, maximum=None) & Q(text=""),
                name="limit_numbers_or_words",
            ),
            # No limit without where it was read.
            models.CheckConstraint(condition=~Q(source=""), name="limit_source_given"),
            # How well it is known is one of our words.
            models.CheckConstraint(
                condition=Q(confidence__in=values(Confidence)), name="limit_confidence_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parameter}, {self.grade}"
