"""A national table that somebody proposed, and who answered."""

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import User


class StandardProposal(models.Model):
    """A table, or a correction of one, in its published form. Never edited: another is proposed.

    Facts only: what happened to it is read from who confirmed or declined it, and when.
    """

    code = models.CharField(max_length=40)
    edition = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    # The text of the published form, as it was read and checked.
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    reason = models.TextField()
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-proposed_at", "-id"]
        constraints = [
            # A table takes two people: nobody confirms what he proposed.
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")),
                name="standard_proposer_does_not_confirm",
            ),
            # Answered is who and when, and once.
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                & (
                    Q(declined_by=None, declined_at=None)
                    | Q(declined_by__isnull=False, declined_at__isnull=False)
                )
                | Q(
                    confirmed_by__isnull=False,
                    confirmed_at__isnull=False,
                    declined_by=None,
                    declined_at=None,
                ),
                name="standard_proposal_answered_once",
            ),
            # An edition waits for an answer once.
            models.UniqueConstraint(
                fields=["code", "edition"],
                condition=Q(confirmed_by=None, declined_by=None),
                name="one_open_proposal_per_edition",
            ),
            # Nobody proposes without saying why.
            models.CheckConstraint(condition=~Q(reason=""), name="standard_proposal_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.edition})"
