"""Calls: one row for each session of a telephone with the menu."""

from django.db import models
from django.db.models import F, Q


class UssdSession(models.Model):
    """Where a call stands. What was typed lies nowhere but in the sealed state and the draft.

    Emptied when the call ends or is too old.
    """

    # The network's name for the call, under a key: the same request again gets the same answer.
    key = models.CharField(max_length=64, unique=True)
    number_digest = models.CharField(max_length=64)
    # State of the menu and the last answer, under the draft key, bound to this call.
    sealed = models.BinaryField(null=True)
    # How many inputs were taken, and a keyed digest of all of them.
    steps = models.PositiveSmallIntegerField(default=0)
    text_digest = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["number_digest", "opened_at"], name="calls_of_a_number")]
        constraints = [
            # A call ends after it began.
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("opened_at")),
                name="call_ends_after_it_began",
            )
        ]
