"""Bids: drafted (encrypted at rest), sealed, and, after the opening, read out."""

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import Organization, User
from marketplace.fields import ExactDecimalField
from procurement.models.lot import CriterionOption, Item, Lot
from procurement.models.tender import Tender


class BidDraft(models.Model):
    """What a tenderer has typed so far, unreadable without a key outside the database."""

    tender = models.ForeignKey(Tender, models.CASCADE, related_name="drafts")
    tenderer = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    ciphertext = models.BinaryField()
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            # A tenderer drafts one bid a tender.
            models.UniqueConstraint(fields=["tender", "tenderer"], name="one_draft_per_tenderer")
        ]


class SealedBid(models.Model):
    """One revision of a bid as it was received. Never changed; replaced by a later revision."""

    public_id = models.CharField(max_length=16, unique=True)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="sealed_bids")
    tenderer = models.ForeignKey(Organization, models.PROTECT, related_name="sealed_bids")
    revision = models.PositiveSmallIntegerField()
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # When the last byte of the request had arrived; compared strictly with the deadline.
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    terms_hash = models.CharField(max_length=64)
    envelope = models.BinaryField()
    envelope_hash = models.CharField(max_length=64)
    # The position of the BidSubmitted or BidReplaced entry in the ledger.
    sequence = models.PositiveBigIntegerField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["tender", "id"]
        constraints = [
            # Two submissions at once cannot both be revision n.
            models.UniqueConstraint(
                fields=["tender", "tenderer", "revision"], name="one_bid_per_revision"
            ),
            # What was recorded had been received.
            models.CheckConstraint(
                condition=Q(recorded_at__gte=F("received_at")), name="recorded_after_received"
            ),
        ]


class Bid(models.Model):
    """A bid after the opening (or from an imported history): readable, and never changed."""

    public_id = models.CharField(max_length=16, unique=True)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="bids")
    tenderer = models.ForeignKey(Organization, models.PROTECT, related_name="bids")
    sealed_bid = models.OneToOneField(SealedBid, models.PROTECT, null=True, related_name="bid")
    # Null in histories that do not tell.
    submitted_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    # The published key of the envelope, with which auditors decrypt offline.
    dek = models.CharField(max_length=64, blank=True)
    # Why the envelope could not be opened or read: published, never dropped.
    failure = models.TextField(blank=True)
    # The most that the tenderer can deliver of all divided lots together; null: all of it.
    capacity = ExactDecimalField(null=True)

    class Meta:
        ordering = ["tender", "id"]
        constraints = [
            # A tenderer has one bid in a tender.
            models.UniqueConstraint(fields=["tender", "tenderer"], name="one_bid_per_tenderer")
        ]


class BidLine(models.Model):
    """The price and quantity that a bid offers for one item."""

    bid = models.ForeignKey(Bid, models.PROTECT, related_name="lines")
    item = models.ForeignKey(Item, models.PROTECT, related_name="bid_lines")
    unit_price = ExactDecimalField()
    quantity = ExactDecimalField()
    stated_total = ExactDecimalField(null=True)

    class Meta:
        constraints = [
            # A bid names an item once.
            models.UniqueConstraint(fields=["bid", "item"], name="one_line_per_item"),
            # Prices are text (exact); this catches a sign, the rules check the value.
            models.CheckConstraint(
                condition=~Q(unit_price__startswith="-") & ~Q(quantity__startswith="-"),
                name="bid_line_not_negative",
            ),
        ]


class BidPart(models.Model):
    """The least and the most that a bid would deliver of a divided lot."""

    bid = models.ForeignKey(Bid, models.PROTECT, related_name="parts")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="bid_parts")
    minimum = ExactDecimalField()
    maximum = ExactDecimalField()

    class Meta:
        ordering = ["bid", "lot"]
        constraints = [
            # A bid says once how much it offers of a lot.
            models.UniqueConstraint(fields=["bid", "lot"], name="one_part_per_bid_and_lot"),
            # Quantities are text (exact); this catches a sign, the rules check the value.
            models.CheckConstraint(
                condition=~Q(minimum__startswith="-") & ~Q(maximum__startswith="-"),
                name="bid_part_not_negative",
            ),
        ]


class DeclaredValue(models.Model):
    """What the bid declares about a parameter of the quality specification."""

    bid = models.ForeignKey(Bid, models.PROTECT, related_name="declared_values")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    parameter = models.CharField(max_length=60)
    value = models.CharField(max_length=60)

    class Meta:
        constraints = [
            # A bid declares a parameter of an item once.
            models.UniqueConstraint(
                fields=["bid", "item", "parameter"], name="one_declared_value_per_parameter"
            )
        ]


class RequirementResponse(models.Model):
    """The option that the bid chooses for a quality criterion."""

    bid = models.ForeignKey(Bid, models.PROTECT, related_name="responses")
    option = models.ForeignKey(CriterionOption, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            # An option is chosen once; that one option a criterion is chosen the rules check.
            models.UniqueConstraint(fields=["bid", "option"], name="one_response_per_option")
        ]


class BidDocument(models.Model):
    """A file that was sealed inside the bid."""

    bid = models.ForeignKey(Bid, models.PROTECT, related_name="documents")
    title = models.CharField(max_length=200)
    filename = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="bids/")
