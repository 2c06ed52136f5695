"""What people are told about, over which channel by default, and how urgent it is. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"


class When(StrEnum):
    AT_ONCE = "at_once"
    DAILY = "daily"
    NEVER = "never"


class Kind(StrEnum):
    RECEIPT = "receipt"
    REMINDER = "reminder"
    CHANGE = "change"
    ENQUIRY = "enquiry"
    OPENING = "opening"
    LETTER = "letter"
    ALERT = "alert"
    DUTY = "duty"
    CODE = "code"
    DIGEST = "digest"


@dataclass(frozen=True)
class Habit:
    """How a kind is told unless the person says otherwise.

    `calm`: it may wait for the daily mail. `urgent`: a text goes out at night too.
    """

    email: When = When.AT_ONCE
    sms: When = When.AT_ONCE
    calm: bool = False
    urgent: bool = False


HABITS = {
    Kind.RECEIPT: Habit(urgent=True),
    Kind.REMINDER: Habit(urgent=True),
    Kind.CHANGE: Habit(),
    Kind.ENQUIRY: Habit(sms=When.NEVER, calm=True),
    Kind.OPENING: Habit(),
    Kind.LETTER: Habit(),
    Kind.ALERT: Habit(calm=True),
    Kind.DUTY: Habit(sms=When.NEVER),
    Kind.CODE: Habit(email=When.NEVER, urgent=True),
    Kind.DIGEST: Habit(sms=When.NEVER),
}
# A code is asked for, a digest is made of what was chosen: neither is a choice of its own.
CHOSEN = tuple(kind for kind in Kind if kind not in (Kind.CODE, Kind.DIGEST))

QUIET_FROM, QUIET_UNTIL = time(21), time(6)
DIGEST_AT = time(6)


def choices(kind: Kind, channel: Channel) -> tuple[When, ...]:
    """What a person can choose for a kind; a text is never collected."""
    if channel is Channel.EMAIL and HABITS[kind].calm:
        return (When.AT_ONCE, When.DAILY, When.NEVER)
    return (When.AT_ONCE, When.NEVER)


def default(kind: Kind, channel: Channel) -> When:
    habit = HABITS[kind]
    return habit.email if channel is Channel.EMAIL else habit.sms


def due(kind: Kind, channel: Channel, now: datetime, zone: ZoneInfo) -> datetime:
    """When a message may go out first: texts that are not urgent leave the night alone."""
    if channel is not Channel.SMS or HABITS[kind].urgent:
        return now
    local = now.astimezone(zone)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return now
    day = local.date() + timedelta(days=1 if local.time() >= QUIET_FROM else 0)
    return datetime.combine(day, QUIET_UNTIL, zone).astimezone(now.tzinfo)


def digest_day(now: datetime, zone: ZoneInfo) -> str:
    """The day of the daily mail that is due at `now`: today's from six o'clock on, else none."""
    local = now.astimezone(zone)
    return f"{local:%Y-%m-%d}" if local.time() >= DIGEST_AT else ""
