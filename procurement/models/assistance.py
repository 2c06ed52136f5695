"""A shop or an extension officer helps a farmer to bid. Nothing here can hold a payment."""

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import Organization, User, public_id
from procurement.models.bid import SealedBid
from procurement.models.tender import Tender


class Assistance(models.Model):
    """One helped bid: what was written, until the farmer's code seals it or it ends."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id, editable=False)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="assistances")
    agent = models.ForeignKey(User, models.PROTECT, related_name="assistances")
    shop = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    farmer = models.ForeignKey(User, models.PROTECT, related_name="+")
    tenderer = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # What was written, as a draft is kept; emptied at the seal and at the end.
    ciphertext = models.BinaryField(null=True)
    # Of the code that was sent, bound to what was written when it was sent.
    code_digest = models.CharField(max_length=64, blank=True)
    code_sent_at = models.DateTimeField(null=True)
    codes = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    sealed_at = models.DateTimeField(null=True)
    bid = models.OneToOneField(SealedBid, models.PROTECT, null=True, related_name="assistance")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            # Nobody helps himself.
            models.CheckConstraint(condition=~Q(agent=F("farmer")), name="nobody_assists_himself"),
            # A session ends.
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("started_at")), name="assistance_has_an_end"
            ),
            # Once it is sealed or over, nothing of what was written is left.
            models.CheckConstraint(
                condition=Q(ciphertext=None) | Q(sealed_at=None, ended_at=None),
                name="assistance_leaves_nothing_written",
            ),
            # Sealed is sealed: there is a bid then, and only then.
            models.CheckConstraint(
                condition=Q(sealed_at=None, bid=None)
                | Q(sealed_at__isnull=False, bid__isnull=False),
                name="assistance_seals_a_bid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} for {self.tenderer_id} in {self.tender_id}"
