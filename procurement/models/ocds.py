"""Open data as published: releases that never change, the record of each process, files."""

from django.db import models
from django.db.models import Q

from procurement.models.tender import Tender


class OcdsProcess(models.Model):
    """One contracting process: its record is the releases and what they come to together."""

    ocid = models.CharField(max_length=120, unique=True)
    tender = models.OneToOneField(Tender, models.PROTECT, related_name="ocds")
    # The compiled release, one canonical JSON text.
    compiled = models.TextField()
    digest = models.CharField(max_length=64)
    # Positions in the ledger of the first and the last release.
    first_sequence = models.BigIntegerField(unique=True)
    last_sequence = models.BigIntegerField(unique=True)
    first_published_at = models.DateTimeField(db_index=True)
    last_published_at = models.DateTimeField(db_index=True)
    last_date = models.DateTimeField()
    changed_at = models.DateTimeField()
    last_release = models.CharField(max_length=160)

    class Meta:
        ordering = ["last_sequence"]
        constraints = [
            # The last release is not before the first.
            models.CheckConstraint(
                condition=Q(last_sequence__gte=models.F("first_sequence")),
                name="ocds_last_after_first",
            )
        ]

    def __str__(self) -> str:
        return self.ocid


class OcdsRelease(models.Model):
    """One release, as it was published from one entry of the ledger; never changed."""

    process = models.ForeignKey(OcdsProcess, models.PROTECT, related_name="releases")
    # The entry of the ledger: one release an entry, so that making them again adds nothing.
    sequence = models.BigIntegerField(unique=True)
    release_id = models.CharField(max_length=160, unique=True)
    tags = models.CharField(max_length=200)
    date = models.DateTimeField()
    # When the entry was recorded; files are cut by it, so that a month that is over stays so.
    published_at = models.DateTimeField(db_index=True)
    # When the release was made of it: what a page was last changed by.
    made_at = models.DateTimeField()
    text = models.TextField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["sequence"]
        constraints = [
            # Within a process dates tell the order, so no two are the same.
            models.UniqueConstraint(fields=["process", "date"], name="one_ocds_release_per_date"),
            # A release has a text.
            models.CheckConstraint(condition=~Q(text=""), name="ocds_release_has_a_text"),
        ]

    def __str__(self) -> str:
        return self.release_id


class OcdsWatermark(models.Model):
    """How far the ledger has been read: every entry below `upto` has its release, or needs none."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    upto = models.BigIntegerField(default=0)
    # Counted up whenever a release is made; every answer that lists releases is known by it.
    releases = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # There is one.
            models.CheckConstraint(condition=Q(id=1), name="one_ocds_watermark")
        ]


class OcdsFile(models.Model):
    """A bulk file of a year or a month in one form, and how far its making is."""

    class Form(models.TextChoices):
        RELEASES_JSONL = "releases-jsonl", "Changes (releases), JSON lines (gzip)"
        RELEASES_JSON = "releases-json", "Changes (releases), JSON (ZIP)"
        RECORDS_JSONL = "records-jsonl", "Records, JSON lines (gzip)"
        RECORDS_JSON = "records-json", "Records, JSON (ZIP)"
        CSV = "csv", "Tables, CSV (ZIP)"
        XLSX = "xlsx", "Tables, Excel (XLSX)"

    # 2026 or 2026-03, in UTC.
    period = models.CharField(max_length=7)
    form = models.CharField(max_length=16, choices=Form)
    # The last release that the file tells of, and when that was published.
    upto = models.BigIntegerField(default=-1)
    modified_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    file = models.FileField(upload_to="ocds/", blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-period", "form"]
        constraints = [
            # One file a period and form; a later one takes its place.
            models.UniqueConstraint(fields=["period", "form"], name="one_ocds_file_per_period")
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.form}"


class OcdsSource(models.Model):
    """A process that was imported as open data: its compiled release, cleaned, as it was kept."""

    ocid = models.CharField(max_length=120, unique=True)
    tender = models.OneToOneField(Tender, models.PROTECT, related_name="ocds_source")
    text = models.TextField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.ocid
