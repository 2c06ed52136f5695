"""The only writer of the outbox: queue inside the business transaction, send after commit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F

from marketplace.accounts.models import User
from marketplace.notify.models import Message

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)


@dataclass(frozen=True)
class Letter:
    """What is owed to one person, once for each key."""

    key: str
    recipient: User
    subject: str
    body: str
    now: datetime


def queue(key: str, recipients: Iterable[User], *, subject: str, body: str, now: datetime) -> None:
    """Owe one message to each recipient; a key already queued for a person is left as it is."""
    queue_many([Letter(key, person, subject, body, now) for person in recipients])


def queue_many(letters: Iterable[Letter]) -> None:
    """The same for letters that differ."""
    rows = [
        Message(
            key=f"{one.key}:{one.recipient.public_id}",
            recipient=one.recipient,
            subject=one.subject[:200],
            body=one.body,
            queued_at=one.now,
            next_attempt_at=one.now,
        )
        for one in letters
    ]
    Message.objects.bulk_create(rows, ignore_conflicts=True)


def waiting(now: datetime) -> list[int]:
    due = Message.objects.filter(sent_at=None, next_attempt_at__lte=now)
    return list(due.order_by("id").values_list("id", flat=True)[:500])


def count_as_sent(before: datetime) -> int:
    """Take what was queued before that instant as sent; for a seed, which tells a past.

    Whoever is in an invented past needs no mail about it. Returns how many messages it was.
    """
    past = Message.objects.filter(sent_at=None, queued_at__lt=before)
    return past.update(sent_at=F("queued_at"))


def deliver(message_id: int, *, now: datetime) -> bool:
    """Send one message; on failure push the next attempt out, doubling up to six hours."""
    with transaction.atomic():
        rows = Message.objects.select_for_update().select_related("recipient")
        message = rows.filter(id=message_id, sent_at=None).first()
        if message is None:
            return False
        message.attempts += 1
        _send(message, now)
        message.save(update_fields=["attempts", "sent_at", "last_error", "next_attempt_at"])
        return message.sent_at is not None


def _send(message: Message, now: datetime) -> None:
    try:
        EmailMessage(message.subject, message.body, to=[message.recipient.email]).send()
    except Exception as error:  # Any failure of a mail server is a reason to try again later.
        message.last_error = f"{type(error).__name__}: {error}"
        message.next_attempt_at = now + min(
            FIRST_RETRY * 2 ** (message.attempts - 1), LONGEST_RETRY
        )
    else:
        message.sent_at = now
        message.last_error = ""
