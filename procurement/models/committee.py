"""The opening committee: who must come together to open the bids of a tender."""

from django.db import models
from django.db.models import Q

from marketplace.accounts.models import Organization, User
from procurement.models.tender import Tender


class CommitteeMember(models.Model):
    """An opener with a key pair made for this tender alone.

    The private key is stored only under the opener's passphrase (Argon2id, AES-GCM).
    """

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="committee")
    user = models.ForeignKey(User, models.PROTECT, related_name="committee_seats")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    appointed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    appointed_at = models.DateTimeField()
    public_key = models.CharField(max_length=130, blank=True)
    locked_private_key = models.TextField(blank=True)
    enrolled_at = models.DateTimeField(null=True)
    # The tie-break draw: a hash published with the tender, its nonce revealed when acting.
    draw_commitment = models.CharField(max_length=64, blank=True)
    draw_nonce = models.CharField(max_length=64, blank=True)
    # When this member released the shares of every bid, after the close.
    acted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["tender", "position"]
        constraints = [
            # One seat a person.
            models.UniqueConstraint(fields=["tender", "user"], name="one_seat_per_person"),
            # One person a seat.
            models.UniqueConstraint(fields=["tender", "position"], name="one_person_per_seat"),
            # Enrolled means that both halves of the key are there.
            models.CheckConstraint(
                condition=(Q(enrolled_at=None) & Q(public_key=""))
                | (~Q(enrolled_at=None) & ~Q(public_key="") & ~Q(locked_private_key="")),
                name="enrolled_member_has_keys",
            ),
        ]


class ReleasedShare(models.Model):
    """A member's share of one bid's key, released after the close."""

    member = models.ForeignKey(CommitteeMember, models.PROTECT, related_name="shares")
    sealed_bid = models.ForeignKey(
        "procurement.SealedBid", models.PROTECT, related_name="released_shares"
    )
    share = models.CharField(max_length=64)

    class Meta:
        constraints = [
            # A member releases a share of a bid once.
            models.UniqueConstraint(
                fields=["member", "sealed_bid"], name="one_share_per_member_and_bid"
            )
        ]
