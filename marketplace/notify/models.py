"""The outbox: every message that a change owes to somebody, written with the change."""

from django.db import models
from django.db.models import Q

from marketplace.accounts.models import User
from marketplace.notify.kinds import Channel, Kind, When


def _named(words: type) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]  # type: ignore[attr-defined]


class Webhook(models.Model):
    """An address of a person's program, which is told what he asked to be told."""

    user = models.ForeignKey(User, models.CASCADE, related_name="webhooks")
    url = models.URLField(max_length=300)
    # The secret that signs, sealed: shown once, when the row is made.
    sealed_secret = models.BinaryField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            # One address is told once.
            models.UniqueConstraint(
                fields=["user", "url"], condition=Q(ended_at=None), name="one_webhook_per_address"
            )
        ]

    def __str__(self) -> str:
        return self.url


class Message(models.Model):
    """One message to send over one channel. The row is the duty; the worker carries it out."""

    # The same duty queued twice is one message.
    key = models.CharField(max_length=160, unique=True)
    recipient = models.ForeignKey(User, models.PROTECT, related_name="messages")
    channel = models.CharField(max_length=8, choices=_named(Channel), default=Channel.EMAIL)
    kind = models.CharField(max_length=12, choices=_named(Kind), default=Kind.DUTY)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    # Of a text: number (if not the person's own) and words, sealed; emptied once it is sent.
    sealed = models.BinaryField(null=True)
    hook = models.ForeignKey(Webhook, models.CASCADE, null=True, related_name="messages")
    queued_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    gave_up_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    provider_id = models.CharField(max_length=100, blank=True)
    # Waits for the daily mail; which one took it in.
    daily = models.BooleanField(default=False)
    collected_in = models.ForeignKey("self", models.CASCADE, null=True, related_name="collected")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(sent_at=None), name="outbox_waiting"
            )
        ]
        constraints = [
            # A text has sealed words and no open ones.
            models.CheckConstraint(
                condition=~Q(channel="sms") | Q(body="", subject=""), name="texts_are_sealed"
            ),
            # A webhook's message names the webhook, and no other does.
            models.CheckConstraint(
                condition=Q(channel="webhook", hook__isnull=False)
                | (~Q(channel="webhook") & Q(hook=None)),
                name="webhook_message_has_a_webhook",
            ),
            # What was sent was not given up.
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(gave_up_at=None), name="sent_or_given_up"
            ),
        ]


class Attempt(models.Model):
    """One try to deliver a message, and what came of it."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="log")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    provider_id = models.CharField(max_length=100, blank=True)
    # Empty: it was taken.
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["message", "number"]
        constraints = [
            # Each try counts once.
            models.UniqueConstraint(fields=["message", "number"], name="one_attempt_per_number")
        ]


class Preference(models.Model):
    """How a person wants to be told of a kind over a channel, where he said so."""

    user = models.ForeignKey(User, models.CASCADE, related_name="preferences")
    kind = models.CharField(max_length=12, choices=_named(Kind))
    channel = models.CharField(max_length=8, choices=_named(Channel))
    when = models.CharField(max_length=8, choices=_named(When))

    class Meta:
        constraints = [
            # One word a kind and channel.
            models.UniqueConstraint(
                fields=["user", "kind", "channel"], name="one_preference_per_kind_and_channel"
            )
        ]


class SimulatedText(models.Model):
    """A text message that the simulated network delivered, readable with the key alone."""

    number_digest = models.CharField(max_length=64)
    sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["number_digest"], name="texts_by_number")]
