"""A quality table in one edition for one commodity, and its grades."""

from django.db import models
from django.db.models import F, Q

from produce.models.choices import choices, values
from produce.models.commodity import Commodity
from produce.rules.facts import Confidence


class Standard(models.Model):
    """One edition of a published table. In force on the half-open days [valid_from, valid_to)."""

    code = models.CharField(max_length=40)
    edition = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    issuer = models.CharField(max_length=120)
    jurisdiction = models.CharField(max_length=40, blank=True)
    commodity = models.ForeignKey(Commodity, models.PROTECT, related_name="standards")
    # Null: the first day is not known to us; the table is then taken as always having been there.
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=400)
    confidence = models.CharField(max_length=16, choices=choices(Confidence))
    note = models.TextField(blank=True)
    sampling_method = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["commodity_id", "code", "edition"]
        constraints = [
            # One table per edition and commodity.
            models.UniqueConstraint(
                fields=["code", "edition", "commodity"], name="one_standard_per_edition"
            ),
            # A table is in force for at least a day.
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lt=F("valid_to")),
                name="standard_ends_after_it_begins",
            ),
            # Nothing is called a standard without where it was read.
            models.CheckConstraint(condition=~Q(source=""), name="standard_source_given"),
            # How well it is known is one of our words.
            models.CheckConstraint(
                condition=Q(confidence__in=values(Confidence)), name="standard_confidence_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.edition})"


class Grade(models.Model):
    """A class of quality inside a standard; rank 1 is the best."""

    standard = models.ForeignKey(Standard, models.CASCADE, related_name="grades")
    rank = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["standard_id", "rank"]
        constraints = [
            # Two grades of a standard never share a rank.
            models.UniqueConstraint(fields=["standard", "rank"], name="one_grade_per_rank"),
            # Two grades of a standard never share a code.
            models.UniqueConstraint(fields=["standard", "code"], name="one_grade_per_code"),
            # Ranks count from one.
            models.CheckConstraint(condition=Q(rank__gte=1), name="grade_rank_from_one"),
        ]

    def __str__(self) -> str:
        return self.name
