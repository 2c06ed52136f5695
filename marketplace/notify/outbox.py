"""The only writer of the outbox: queue inside the business transaction, send after commit.

Words are given as text, or as a function that is called with the recipient's language active.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation

from marketplace.accounts.models import User
from marketplace.notify import channels, gsm, preferences, secrecy
from marketplace.notify.kinds import Channel, Kind, When, due
from marketplace.notify.models import Attempt, Message

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)
# With the retries' growth about four days; then the row says that it was given up.
MOST_ATTEMPTS = 24
# Longer than any delivery takes; whose worker died is due again after it.
CLAIM = timedelta(minutes=5)

Words = str | Callable[[], str]


@dataclass(frozen=True)
class Letter:
    """What is owed to one person, once for each key. Without `sms` a text says the subject."""

    key: str
    recipient: User
    subject: Words
    body: Words
    now: datetime
    kind: Kind = Kind.DUTY
    sms: Words | None = None


def queue(
    key: str,
    recipients: Iterable[User],
    *,
    subject: Words,
    body: Words,
    now: datetime,
    kind: Kind = Kind.DUTY,
    sms: Words | None = None,
) -> None:
    """Owe a message to each recipient over each channel that he wants for this kind.

    A key already queued for a person is left as it is. Without words of its own a text message
    says the subject.
    """
    queue_many([Letter(key, person, subject, body, now, kind, sms) for person in recipients])


def queue_many(letters: Iterable[Letter]) -> None:
    """The same for letters that differ."""
    letters = list(letters)
    rows: list[Message] = []
    for kind in dict.fromkeys(letter.kind for letter in letters):
        some = [letter for letter in letters if letter.kind is kind]
        wishes = preferences.of([letter.recipient for letter in some], kind)
        for letter, (_, wanted) in zip(some, wishes, strict=True):
            rows += _rows(letter, wanted)
    Message.objects.bulk_create(rows, ignore_conflicts=True)


def _rows(letter: Letter, wanted: preferences.Wanted) -> Iterator[Message]:
    """One row a channel, in the recipient's language."""
    person, kind, now = letter.recipient, letter.kind, letter.now
    key = f"{letter.key}:{person.public_id}"
    language = person.language if person.language in dict(settings.LANGUAGES) else "en"
    with translation.override(language):
        if (when := wanted[Channel.EMAIL]) is not When.NEVER:
            mail = _row(key, person, kind, Channel.EMAIL, now)
            mail.subject, mail.body = said(letter.subject)[:200], said(letter.body)
            mail.daily = when is When.DAILY
            yield mail
        if wanted[Channel.SMS] is not When.NEVER:
            text = said(letter.subject if letter.sms is None else letter.sms)
            yield _text(f"{key}:sms", person, kind, text, now)


def said(words: Words) -> str:
    return str(words() if callable(words) else words)


def queue_code(key: str, person: User, *, text: str, now: datetime, number: str = "") -> None:
    """Owe a text message with a code; to `number`, where it is not the person's proved one yet."""
    row = _text(f"{key}:{person.public_id}:sms", person, Kind.CODE, text, now, number)
    Message.objects.bulk_create([row], ignore_conflicts=True)


def _text(
    key: str, person: User, kind: Kind, text: str, now: datetime, number: str = ""
) -> Message:
    row = _row(key, person, kind, Channel.SMS, now)
    row.sealed = secrecy.seal(row.key, f"{number}\n{gsm.plain(text)}")
    return row


def _row(key: str, person: User, kind: Kind, channel: Channel, now: datetime) -> Message:
    zone = timezone.get_default_timezone()
    return Message(
        key=key,
        recipient=person,
        kind=kind,
        channel=channel,
        queued_at=now,
        next_attempt_at=due(kind, channel, now, zone),
    )


def waiting(now: datetime) -> list[int]:
    """What is due: mails and texts first, then webhooks, those that were never tried before others.

    How long a webhook takes is up to whoever runs it: nobody's letter waits behind it.
    """
    due = Message.objects.filter(
        sent_at=None, gave_up_at=None, daily=False, next_attempt_at__lte=now
    )
    hooks = Q(channel=Channel.WEBHOOK)
    letters = due.exclude(hooks).order_by("id").values_list("id", flat=True)[:500]
    calls = due.filter(hooks).order_by("attempts", "id").values_list("id", flat=True)[:500]
    return [*letters, *calls]


def count_as_sent(before: datetime) -> int:
    """Take what was queued before that instant as sent; for a seed, which tells a past.

    Whoever is in an invented past needs no mail about it. Returns how many messages it was.
    """
    past = Message.objects.filter(sent_at=None, queued_at__lt=before)
    return past.update(sent_at=F("queued_at"), sealed=None)


def deliver(message_id: int, *, now: datetime) -> bool:
    """Send one message; on failure push the next attempt out, doubling up to six hours.

    The message is claimed first and sent with no transaction open: a server that takes its time
    must not hold a lock, with SQLite the only one that bids are written under. Who dies between
    leaves a message that is due again after CLAIM.
    """
    message = _claim(message_id, now)
    if message is None:
        return False
    _send(message, now)
    with transaction.atomic():
        # Erased meanwhile, with its recipient: then there is nothing to write down.
        if not Message.objects.select_for_update().filter(pk=message.pk).exists():
            return False
        message.save(update_fields=_OUTCOME)
        Attempt.objects.create(
            message=message,
            number=message.attempts,
            at=now,
            provider_id=message.provider_id,
            error=message.last_error[:300],
        )
    return message.sent_at is not None


_OUTCOME = ["provider_id", "last_error", "next_attempt_at", "gave_up_at", "sent_at", "sealed"]


@transaction.atomic
def _claim(message_id: int, now: datetime) -> Message | None:
    """The message, counted as tried and put off for others; None if it is not to be sent now."""
    rows = Message.objects.select_for_update(of=("self",)).select_related("recipient", "hook")
    message = rows.filter(id=message_id, sent_at=None, gave_up_at=None, daily=False).first()
    # Not due: another worker has it, or its next attempt waits.
    if message is None or message.next_attempt_at > now:
        return None
    message.attempts += 1
    message.next_attempt_at = now + CLAIM
    message.save(update_fields=["attempts", "next_attempt_at"])
    return message


def _send(message: Message, now: datetime) -> None:
    try:
        message.provider_id = channels.send(message, now)
    except Exception as error:  # Any failure of a server is a reason to try again later.
        message.last_error = channels.told(error)
        message.next_attempt_at = now + min(
            FIRST_RETRY * 2 ** (message.attempts - 1), LONGEST_RETRY
        )
        if message.attempts >= MOST_ATTEMPTS or isinstance(error, channels.Pointless):
            message.gave_up_at, message.sealed = now, None
    else:
        message.sent_at, message.last_error = now, ""
        # What a text said is the recipient's alone from here on.
        message.sealed = None
