"""Dates as files write them: a format with the parts of strptime, read without a locale."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Final

EARLIEST_YEAR: Final = 1900
MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_PARTS: Final = {
    "Y": ("year", "[0-9]{4}"),
    "y": ("short_year", "[0-9]{2}"),
    "m": ("month", "[0-9]{1,2}"),
    "d": ("day", "[0-9]{1,2}"),
    "b": ("month_name", "[A-Za-z]{3}"),
    "B": ("month_name", "[A-Za-z]{3,9}"),
    "H": ("hour", "[0-9]{1,2}"),
    "M": ("minute", "[0-9]{2}"),
    "S": ("second", "[0-9]{2}"),
}
_OFFSET = re.compile(r"([+-])([0-9]{2}):([0-9]{2})")


class BadFormat(ValueError):
    """A date format that cannot be used; the message says why."""


@dataclass(frozen=True)
class Calendar:
    """What all dates of a file share. Two-digit years mean the hundred years from the pivot on."""

    two_digit_years_from: int | None
    zone: timezone


def zone(text: str) -> timezone:
    """+09:00 as a time zone. Raises BadFormat."""
    found = _OFFSET.fullmatch(text)
    if not found or int(found[2]) > 14 or int(found[3]) > 59:
        raise BadFormat(f'"{text}" is not an offset from UTC such as +02:00')
    minutes = int(found[2]) * 60 + int(found[3])
    return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))


@cache
def pattern(format: str) -> re.Pattern[str]:
    """The format as a pattern with named groups. Raises BadFormat."""
    tokens = re.findall(r"%.|[^%]+|%", format)
    parts = [_PARTS[t[1:]] if t[:1] == "%" and t[1:] in _PARTS else None for t in tokens]
    made = []
    for index, token in enumerate(tokens):
        part = parts[index]
        if part is None:
            made.append(_literal(token))
            continue
        name, digits = part
        beside = parts[max(index - 1, 0) : index] + parts[index + 1 : index + 2]
        # Where digits touch digits, one digit or two could not be told apart.
        fixed = digits.replace("{1,2}", "{2}") if any(beside) else digits
        made.append(f"(?P<{name}>{fixed})")
    _check_parts(format, {part[0] for part in parts if part}, len([p for p in parts if p]))
    return re.compile("".join(made))


def _literal(token: str) -> str:
    if token.startswith("%") and token != "%%":
        known = ", ".join(f"%{letter}" for letter in _PARTS)
        raise BadFormat(f'"{token}" is not a part of a date; known: {known}, %%')
    return re.escape("%" if token == "%%" else token)


def _check_parts(format: str, names: set[str], count: int) -> None:
    if count != len(names):
        raise BadFormat(f'"{format}" names a part of the date twice')
    if not names & {"year", "short_year"} or not names & {"month", "month_name"}:
        raise BadFormat(f'"{format}" needs a year (%Y or %y) and a month (%m, %b or %B)')
    if "day" not in names:
        raise BadFormat(f'"{format}" needs a day (%d)')


def read(text: str, format: str, calendar: Calendar) -> datetime:
    """The instant that `text` says. Raises ValueError with the reason in plain words."""
    found = pattern(format).fullmatch(text)
    if not found:
        raise ValueError(f"is not a date written as {format}")
    parts = found.groupdict()
    month = parts.get("month") or _month(parts["month_name"])
    year = parts.get("year") or parts["short_year"]
    clock = [int(parts.get(name) or 0) for name in ("hour", "minute", "second")]
    return build(year, month, parts["day"], calendar, *clock)


def _month(name: str) -> str:
    for number, month in enumerate(MONTHS, 1):
        if name.lower() in (month, month[:3]):
            return str(number)
    raise ValueError(f'has "{name}" where the English name of a month is needed')


def build(
    year: str,
    month: str,
    day: str,
    calendar: Calendar,
    hour: int = 0,
    minute: int = 0,
    second: int = 0,
) -> datetime:
    """The instant of these parts. Raises ValueError with the reason in plain words."""
    for name, part in (("year", year), ("month", month), ("day", day)):
        if not re.fullmatch("[0-9]{1,4}", part):
            raise ValueError(f'has "{part}" where the {name} should be a number')
    whole = _year(year, calendar)
    if whole < EARLIEST_YEAR:
        raise ValueError(f"is before {EARLIEST_YEAR}")
    try:
        return datetime(whole, int(month), int(day), hour, minute, second, tzinfo=calendar.zone)
    except ValueError as error:
        raise ValueError("is a date that does not exist") from error


def _year(text: str, calendar: Calendar) -> int:
    if len(text) == 4:
        return int(text)
    pivot = calendar.two_digit_years_from
    if len(text) != 2 or pivot is None:
        raise ValueError(f'has the year "{text}", which is not one of four digits')
    return pivot + (int(text) - pivot) % 100
