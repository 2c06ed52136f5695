"""Imports of history, and exports that people ask for."""

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import Organization, User
from produce.models import Commodity


class ImportBatch(models.Model):
    """One file of past tenders read into the marketplace."""

    source = models.CharField(max_length=64)
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    mapping = models.TextField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    rows_read = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    tenders_added = models.PositiveIntegerField(default=0)
    bids_added = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]


class ImportLock(models.Model):
    """Held while an import runs, so that a second one at the same time is refused."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    batch = models.OneToOneField(ImportBatch, models.CASCADE)
    holder = models.CharField(max_length=100)
    held_since = models.DateTimeField()

    class Meta:
        constraints = [
            # There is one lock.
            models.CheckConstraint(condition=Q(id=1), name="one_import_lock")
        ]


class RecordedOutcome(models.Model):
    """What an imported history says the outcome was, kept apart from our own evaluation of it."""

    lot = models.OneToOneField("procurement.Lot", models.PROTECT, related_name="recorded_outcome")
    winner = models.ForeignKey("procurement.Bid", models.PROTECT, null=True, related_name="+")
    no_winner = models.BooleanField(default=False)
    refused_rows = models.PositiveIntegerField(default=0)
    agrees = models.BooleanField(null=True)
    explanation = models.TextField(blank=True)


class Export(models.Model):
    """A file that somebody asked for; made by a worker, downloaded when finished."""

    class Kind(models.TextChoices):
        HISTORY_JSONL = "history_jsonl", "Tender history (JSON lines)"
        HISTORY_CSV = "history_csv", "Tender history (CSV)"
        BIDS_CSV = "bids_csv", "Bids (CSV)"
        BIDS_XLSX = "bids_xlsx", "Bids (XLSX)"
        BIDS_JSONL = "bids_jsonl", "Bids (JSON lines)"
        BIDS_PARQUET = "bids_parquet", "Bids (Parquet)"
        DOSSIER = "dossier", "Dossier for auditors (ZIP)"
        DOSSIER_PUBLIC = "dossier_public", "Dossier for everybody (ZIP)"

    public_id = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=16, choices=Kind)
    tender = models.ForeignKey("procurement.Tender", models.PROTECT, null=True, related_name="+")
    # What else a bid history is narrowed by; the period is half-open and counts the opening.
    buyer = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    tenderer = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    commodity = models.ForeignKey(Commodity, models.PROTECT, null=True, related_name="+")
    opened_from = models.DateTimeField(null=True)
    opened_before = models.DateTimeField(null=True)
    # Null: what everybody may read, asked for from the tender's page.
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="exports")
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # Whoever asked does not want it any more; the worker stops at its next look.
    cancelled_at = models.DateTimeField(null=True)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(null=True)
    file = models.FileField(upload_to="exports/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            # What was given up is not finished as well.
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(cancelled_at=None),
                name="export_finished_or_cancelled",
            ),
            # A period has a length.
            models.CheckConstraint(
                condition=Q(opened_from=None)
                | Q(opened_before=None)
                | Q(opened_before__gt=F("opened_from")),
                name="export_period_has_a_length",
            ),
        ]

    @property
    def form(self) -> str:
        """Of a bid history: one of its four forms; empty for any other file."""
        return self.kind.removeprefix("bids_") if self.kind.startswith("bids_") else ""

    @property
    def in_work(self) -> bool:
        return not (self.finished_at or self.cancelled_at or self.error)
