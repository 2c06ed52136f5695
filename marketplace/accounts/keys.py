"""The keys with which a person's programs use the API."""

from datetime import datetime

from django.db.models import F, QuerySet

from marketplace.accounts.models import ApiKey, User


def end_all(user: User) -> None:
    """End every key of the person, as when the password, the second factor or a role changes."""
    ApiKey.objects.filter(user=user).delete()


def held(user: User) -> QuerySet[ApiKey]:
    """The person's keys, the newest first; ended ones too until they are swept."""
    return ApiKey.objects.filter(user=user).order_by("-created")


def make(user: User, name: str) -> tuple[ApiKey, str]:
    """A new key and its text, which is known at this moment only."""
    made: tuple[ApiKey, str] = ApiKey.objects.create(user=user, name=name.strip() or "Unnamed")
    return made


def remove(user: User, token_key: str) -> bool:
    """End one key of the person by its public beginning; whether there was one."""
    gone, _ = ApiKey.objects.filter(user=user, token_key=token_key).delete()
    return gone > 0


def used(key: ApiKey, now: datetime) -> None:
    """Note the day (UTC) of use, once a day."""
    if key.last_used_on != now.date():
        ApiKey.objects.filter(pk=key.pk).update(last_used_on=now.date())


def sweep(now: datetime) -> int:
    """Delete keys that ended; return how many."""
    return ApiKey.objects.filter(expiry__lte=now).delete()[0]


def end_sessions(user: User) -> None:
    """End every session of the person; whoever asks keeps his own by signing it anew."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
