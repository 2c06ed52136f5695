"""How people want to be told: what they said, and the habit where they said nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from marketplace.accounts.models import Phone, User
from marketplace.errors import Invalid
from marketplace.notify import sms
from marketplace.notify.kinds import CHOSEN, Channel, Kind, When, choices, default
from marketplace.notify.models import Preference

PEOPLE = (Channel.EMAIL, Channel.SMS)
# Who registered by telephone has a stand-in for an e-mail address (RFC 2606).
NO_MAIL = ".invalid"
Wanted = dict[Channel, When]


def has_mail(person: User) -> bool:
    return not person.email.endswith(NO_MAIL)


def of(people: Sequence[User], kind: Kind) -> list[tuple[User, Wanted]]:
    """Each person with what he wants for a kind; never over a channel that does not reach him."""
    said = {
        (row.user_id, row.channel): When(row.when)
        for row in Preference.objects.filter(user__in=people, kind=kind)
    }
    texts = sms.gateway() is not None
    owners = Phone.objects.filter(user__in=people).values_list("user_id", flat=True)
    phones = set(owners) if texts else set()
    return [(person, _wanted(person, kind, said, person.pk in phones)) for person in people]


def _wanted(person: User, kind: Kind, said: Mapping[tuple[int, str], When], phone: bool) -> Wanted:
    found = {c: said.get((person.pk, c.value), default(kind, c)) for c in PEOPLE}
    if not has_mail(person):
        found[Channel.EMAIL] = When.NEVER
    if not phone:
        found[Channel.SMS] = When.NEVER
    return found


def table(person: User) -> dict[tuple[Kind, Channel], When]:
    """What the person chose, with the habits where he chose nothing."""
    said = {(row.kind, row.channel): When(row.when) for row in person.preferences.all()}
    return {
        (kind, channel): said.get((kind.value, channel.value), default(kind, channel))
        for kind in CHOSEN
        for channel in PEOPLE
    }


@transaction.atomic
def choose(
    *,
    person: User,
    wanted: Mapping[tuple[Kind, Channel], When],
    language: str | None = None,
    now: datetime,
) -> User:
    """Keep what the person chose. Raises Invalid for what cannot be chosen."""
    for (kind, channel), when in wanted.items():
        if kind not in CHOSEN or when not in choices(kind, channel):
            raise Invalid("This cannot be chosen.", where=f"{kind}-{channel}")
        Preference.objects.update_or_create(
            user=person, kind=kind, channel=channel, defaults={"when": when}
        )
    if language:
        person.language = language
        person.save(update_fields=["language"])
    return person
