"""The outbox: every message that a change owes to somebody, written with the change."""

from django.db import models
from django.db.models import Q

from marketplace.accounts.models import User


class Message(models.Model):
    """One e-mail to send. The row is the duty; the worker only carries it out."""

    # The same duty queued twice is one message.
    key = models.CharField(max_length=160, unique=True)
    recipient = models.ForeignKey(User, models.PROTECT, related_name="messages")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    queued_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(sent_at=None), name="outbox_waiting"
            )
        ]
