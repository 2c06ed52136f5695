"""The daily mail: what waits for it, collected once a day for each person."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.notify.kinds import Channel, Kind, digest_day
from marketplace.notify.models import Message


def collect(*, now: datetime) -> int:
    """Make the daily mails that are due; harmless to repeat. Returns how many were made."""
    day = digest_day(now, timezone.get_default_timezone())
    if not day:
        return 0
    waiting = Message.objects.filter(daily=True, collected_in=None, sent_at=None)
    people = User.objects.filter(pk__in=waiting.order_by().values("recipient")).order_by("pk")
    return sum(_for(person, day, now) for person in people)


@transaction.atomic
def _for(person: User, day: str, now: datetime) -> int:
    rows = Message.objects.select_for_update().filter(
        recipient=person, daily=True, collected_in=None, sent_at=None
    )
    waiting = list(rows.order_by("id"))
    key = f"digest:{day}:{person.public_id}"
    if not waiting or Message.objects.filter(key=key).exists():
        return 0
    with translation.override(person.language):
        subject = _("Musika: your news of the day (%(count)s)") % {"count": len(waiting)}
    mail = Message.objects.create(
        key=key,
        recipient=person,
        kind=Kind.DIGEST,
        channel=Channel.EMAIL,
        subject=subject,
        body="\n\n-----\n\n".join(f"{row.subject}\n\n{row.body}" for row in waiting),
        queued_at=now,
        next_attempt_at=now,
    )
    Message.objects.filter(pk__in=[row.pk for row in waiting]).update(
        collected_in=mail, sent_at=now
    )
    return 1
