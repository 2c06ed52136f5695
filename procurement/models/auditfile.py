"""An auditor's file: a sample that can be drawn again, with notes and findings. His alone."""

from django.db import models
from django.db.models import Q

from marketplace.accounts.models import User
from procurement.models.lot import Lot
from procurement.models.tender import Tender


class AuditFile(models.Model):
    """A sample of awarded lots: how it was drawn, out of how many, and with which seed."""

    class Method(models.TextChoices):
        RANDOM = "random", "Random, by a seed"
        RISK = "risk", "Most open red flags first"
        VALUE = "value", "Highest value first"

    public_id = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=200)
    method = models.CharField(max_length=8, choices=Method)
    # Also of the other methods: it decides between equals.
    seed = models.CharField(max_length=64)
    # Of how many lots it was drawn, and the digest of their list.
    population = models.PositiveIntegerField()
    population_digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="audit_files")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            # Without a seed nobody can draw it again.
            models.CheckConstraint(condition=~Q(seed=""), name="audit_file_has_a_seed"),
        ]

    def __str__(self) -> str:
        return self.title


class AuditFileLot(models.Model):
    """A lot in the sample, at its place, and why it is there in a number."""

    file = models.ForeignKey(AuditFile, models.CASCADE, related_name="lots")
    position = models.PositiveIntegerField()
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    # The number of open flags, the value, or the draw, as text.
    measure = models.CharField(max_length=80)

    class Meta:
        ordering = ["file", "position"]
        constraints = [
            # A place holds one lot.
            models.UniqueConstraint(fields=["file", "position"], name="one_lot_per_place"),
            # A lot is drawn once.
            models.UniqueConstraint(fields=["file", "lot"], name="one_place_per_lot"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.lot_id}"


class AuditNote(models.Model):
    """A note or a finding in a file; rows are only added."""

    class Kind(models.TextChoices):
        NOTE = "note", "Note"
        FINDING = "finding", "Finding"

    file = models.ForeignKey(AuditFile, models.PROTECT, related_name="notes")
    # Null: about the whole file.
    tender = models.ForeignKey(Tender, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField()
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            # A note says something.
            models.CheckConstraint(condition=~Q(text=""), name="audit_note_has_text"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.text[:40]}"
