"""The rows of the ledger: entries, the inner nodes of their tree, the head, signed checkpoints.

Written by `record` and `signer` alone; triggers refuse any change (see `triggers`).
"""

from django.db import models
from django.db.models import F, Q


class Entry(models.Model):
    """One event. Its leaf in the tree holds only sequence, time and a blinded commitment."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", "Public now"
        OPENING = "opening", "Public once the bids are open"
        AUDITOR = "auditor", "For auditors"

    # From 0 without a gap: the index of the leaf in the tree.
    sequence = models.BigIntegerField(primary_key=True)
    # Never earlier than that of the entry before it; the caller's own instant is `at` in the body.
    recorded_at = models.DateTimeField()
    event = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    visibility = models.CharField(max_length=8, choices=Visibility)
    # Canonical JSON; empty, like the nonce, only after an erasure.
    body = models.TextField(blank=True)
    nonce = models.CharField(max_length=64, blank=True)
    commitment = models.CharField(max_length=64)
    leaf_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["sequence"]
        indexes = [
            models.Index(fields=["subject", "sequence"], name="entry_by_subject"),
            # Finds the last entry of a class in one step, when the next one is linked to it.
            models.Index(fields=["subject", "visibility", "sequence"], name="entry_by_class"),
        ]
        constraints = [
            # A leaf has an index.
            models.CheckConstraint(condition=Q(sequence__gte=0), name="entry_sequence_from_zero"),
            # Nobody invents a class of visibility.
            models.CheckConstraint(
                condition=Q(visibility__in=["public", "opening", "auditor"]),
                name="entry_visibility_known",
            ),
            # A body can be checked only with its nonce: both are there, or both were erased.
            models.CheckConstraint(
                condition=Q(body="", nonce="") | (~Q(body="") & ~Q(nonce="")),
                name="entry_body_with_nonce",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.event} {self.subject}"


class Node(models.Model):
    """The root of a complete subtree of two leaves or more, so that proofs cost O(log n).

    Derived from the leaves; a proof made from it is checked against the root before it is given.
    """

    # In-order number of the node: see merkle.node_number.
    number = models.BigIntegerField(primary_key=True)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number}"


class Head(models.Model):
    """The one row that every append locks."""

    size = models.BigIntegerField(default=0)
    frontier = models.TextField(default="[]")
    last_recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # One ledger, one head.
            models.CheckConstraint(condition=Q(pk=1), name="one_ledger_head"),
        ]

    def __str__(self) -> str:
        return f"{self.size} entries"


class Checkpoint(models.Model):
    """A signed size and root, in the C2SP checkpoint format."""

    size = models.BigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    # The subtrees that make up `root`: later leaves are added to these when the next is signed.
    frontier = models.TextField()
    note = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["size"]

    def __str__(self) -> str:
        return f"{self.size} {self.root[:12]}"


class Epoch(models.Model):
    """A new beginning after signed entries were lost. The first epoch has no row."""

    number = models.PositiveIntegerField(primary_key=True)
    # Entries that were left, and so the sequence of the first entry of this epoch.
    kept = models.BigIntegerField()
    # Size of the old signed head: places `kept` to `lost_size` - 1 were lost.
    lost_size = models.BigIntegerField()
    old_note = models.TextField()
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            # The first epoch begins with the ledger, not with a loss.
            models.CheckConstraint(condition=Q(number__gte=2), name="epoch_after_the_first"),
            # Where nothing was lost there is nothing to recover from.
            models.CheckConstraint(condition=Q(lost_size__gt=F("kept")), name="epoch_lost_some"),
        ]

    def __str__(self) -> str:
        return f"epoch {self.number}, from entry {self.kept}"


class Cosignature(models.Model):
    """A witness's signature on a checkpoint, as it came, after it had been checked."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="cosignatures")
    witness = models.CharField(max_length=200)
    line = models.CharField(max_length=400)
    cosigned_at = models.DateTimeField()

    class Meta:
        ordering = ["checkpoint", "witness"]
        constraints = [
            # A witness says once what it saw.
            models.UniqueConstraint(
                fields=["checkpoint", "witness"], name="one_cosignature_per_witness"
            )
        ]

    def __str__(self) -> str:
        return f"{self.witness} on {self.checkpoint}"
