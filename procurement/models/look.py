"""Who looked at bids. Rows are only added: triggers refuse every change (`ledger.triggers`)."""

from django.db import models

from marketplace.accounts.models import Organization, User
from marketplace.accounts.roles import Role
from procurement.models.bid import Bid
from procurement.models.tender import Tender


class Look(models.Model):
    """One answer that showed bids to an official or an auditor."""

    # Null: a file about every tender.
    tender = models.ForeignKey(Tender, models.PROTECT, null=True, related_name="+")
    # Null: every bid that the page shows.
    bid = models.ForeignKey(Bid, models.PROTECT, null=True, related_name="looks")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    # In which role, as it was then.
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    role = models.CharField(max_length=24, choices=[(r.value, r.value) for r in Role])
    # Name of the page or address.
    what = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["tender", "at"], name="look_by_tender")]

    def __str__(self) -> str:
        return f"{self.what} at {self.at}"


class LinkAnswer(models.Model):
    """What the accounting officer found out about one flag; the latest counts, none is changed.

    A flag itself is worked out from the digests of the day (`rules.links`) and is not stored.
    """

    class State(models.TextChoices):
        EXPLAINED = "explained", "Explained"
        CONFIRMED = "confirmed", "Confirmed"

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="link_answers")
    # SHA-256 (hex) of kind and parties: `rules.links.Link.key`.
    key = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State)
    reason = models.TextField()
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.state}: {self.key[:8]}"
