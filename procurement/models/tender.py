"""The tender: the invitation and the process being run. Facts only; status is derived."""

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import Organization, User


class Tender(models.Model):
    class Method(models.TextChoices):
        OPEN = "open", "Open"
        SELECTIVE = "selective", "Restricted"
        LIMITED = "limited", "Request for quotations"

    class ReservedFor(models.TextChoices):
        NOBODY = "", "Everyone"
        SMALLHOLDERS = "smallholders", "Smallholders"
        WOMEN = "women", "Women"
        YOUTH = "youth", "Youth"

    reference = models.CharField(max_length=40, unique=True)
    buyer = models.ForeignKey(Organization, models.PROTECT, related_name="tenders")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    method = models.CharField(max_length=12, choices=Method, default=Method.OPEN)
    reserved_for = models.CharField(max_length=16, choices=ReservedFor, blank=True, default="")
    jurisdiction = models.CharField(max_length=8, default="zw")
    currency = models.CharField(max_length=3)
    province = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # Everyone who changed the draft, its documents or its committee: none of them publishes it.
    drafters = models.ManyToManyField(User, related_name="+")

    # The timetable. Periods are half-open: a bid at the deadline is late.
    enquiry_deadline = models.DateTimeField(null=True, blank=True)
    deadline = models.DateTimeField(null=True, blank=True)
    standstill_days = models.PositiveSmallIntegerField(default=14)
    opening_quorum = models.PositiveSmallIntegerField(default=2)

    # Facts that move the tender on. Each is written once, by one operation.
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    terms = models.TextField(blank=True)
    terms_hash = models.CharField(max_length=64, blank=True)
    closed_at = models.DateTimeField(null=True)
    # Blinds the digest of the bids in the CLOSE entry; published with the list at the opening.
    close_nonce = models.CharField(max_length=64, blank=True)
    opened_at = models.DateTimeField(null=True)
    # Hash of the nonces that the acting openers had committed to before publication.
    draw_seed = models.CharField(max_length=64, blank=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    cancelled_reason = models.TextField(blank=True)

    historical_batch = models.ForeignKey(
        "procurement.ImportBatch", models.PROTECT, null=True, related_name="tenders"
    )

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["deadline"]),
            models.Index(fields=["-published_at", "-id"]),
        ]
        constraints = [
            # Four eyes: who drafted a tender does not publish it.
            models.CheckConstraint(
                condition=Q(published_by=None) | ~Q(published_by=F("created_by")),
                name="publisher_is_not_drafter",
            ),
            # A published tender of our own has a publisher, frozen terms and a deadline.
            models.CheckConstraint(
                condition=Q(published_at=None)
                | ~Q(historical_batch=None)
                | (~Q(published_by=None) & ~Q(terms_hash="") & ~Q(deadline=None)),
                name="published_tender_is_complete",
            ),
            # The deadline comes after the publication.
            models.CheckConstraint(
                condition=Q(published_at=None)
                | Q(deadline=None)
                | Q(deadline__gte=F("published_at"))
                | ~Q(historical_batch=None),
                name="deadline_after_publication",
            ),
            # Enquiries end before bids do.
            models.CheckConstraint(
                condition=Q(enquiry_deadline=None)
                | Q(deadline=None)
                | Q(enquiry_deadline__lte=F("deadline")),
                name="enquiries_end_before_deadline",
            ),
            # Nothing closes before its deadline and nothing opens before it is closed.
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("deadline")),
                name="closed_after_deadline",
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(opened_at__gte=F("closed_at")),
                name="opened_after_close",
            ),
            # A cancellation says why.
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | ~Q(cancelled_reason=""),
                name="cancellation_has_a_reason",
            ),
            # A quorum of one is no quorum.
            models.CheckConstraint(
                condition=Q(opening_quorum__gte=2), name="opening_quorum_of_two_or_more"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def is_historical(self) -> bool:
        return self.historical_batch_id is not None


class TenderDocument(models.Model):
    """A file that belongs to the tender; its type was read from its content, not its name."""

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="documents")
    title = models.CharField(max_length=200)
    filename = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="tenders/")
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            # The same file is attached once.
            models.UniqueConstraint(fields=["tender", "sha256"], name="one_document_per_content")
        ]


class Enquiry(models.Model):
    """A question about a tender; it is published with its answer and without its author."""

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="enquiries")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    question = models.TextField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            # An answer has text, time and author together.
            models.CheckConstraint(
                condition=(Q(answered_at=None) & Q(answer="") & Q(answered_by=None))
                | (~Q(answered_at=None) & ~Q(answer="") & ~Q(answered_by=None)),
                name="answer_is_whole",
            )
        ]


class TenderSearchText(models.Model):
    """What full-text search reads; written by the operations that publish (see search.py)."""

    tender = models.OneToOneField(
        Tender, models.CASCADE, primary_key=True, related_name="search_text"
    )
    text = models.TextField()
