"""Times and money as people read them: the same words in mails, letters and pages.

Pure: the zone is passed in, and so is the translation of the names of months and days.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

HUNDREDTH = Decimal("0.01")
MINUTE = timedelta(minutes=1)


def _same(text: str) -> str:
    return text


def grouped(value: Decimal) -> str:
    """Thousands by comma, decimals as they stand: 1234.50 -> 1,234.50."""
    return f"{value:,f}"


def at_least_cents(value: Decimal) -> Decimal:
    """Give two decimals to whole amounts and keep longer unit prices (0.3175) as they are."""
    exponent = value.as_tuple().exponent
    return value.quantize(HUNDREDTH) if isinstance(exponent, int) and exponent > -2 else value


def money(amount: Decimal, currency: str) -> str:
    """`USD 12,345.00`: every decimal that was given, two at the least."""
    return f"{currency} {grouped(at_least_cents(amount))}"


def sums(sentence: str, currency: str) -> str:
    """The engine's sentences name sums as `31000.00 USD`: the same as `USD 31,000.00`."""
    found = rf"(?<![\w.])(\d+(?:\.\d+)?) {re.escape(currency)}\b"
    return re.sub(found, lambda sum_: money(Decimal(sum_[1]), currency), sentence)


def amount(value: Decimal, unit: str = "") -> str:
    """`1,250 kg`: grouped, without zeros after the point that say nothing."""
    shown = grouped(value)
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    return f"{shown} {unit}".rstrip()


def zone_name(local: datetime) -> str:
    """`CAT` where the zone has letters, else `UTC+05:45`."""
    name = local.tzname() or "UTC"
    return name if name[:1].isalpha() else f"UTC{name}"


def day(at: datetime, zone: tzinfo, say: Callable[[str], str] = _same) -> str:
    """`2 June 2026`."""
    local = at.astimezone(zone)
    return f"{local.day} {say(local.strftime('%B'))} {local.year}"


def instant(at: datetime, zone: tzinfo, say: Callable[[str], str] = _same) -> str:
    """`Tuesday 2 June 2026, 10:00 CAT`; seconds are cut, never rounded up."""
    local = at.astimezone(zone)
    weekday = say(local.strftime("%A"))
    return f"{weekday} {day(at, zone, say)}, {local:%H:%M} {zone_name(local)}"


def short(at: datetime, zone: tzinfo, say: Callable[[str], str] = _same) -> str:
    """`2 Jun 2026, 10:00 CAT`, for tables."""
    local = at.astimezone(zone)
    return f"{local.day} {say(local.strftime('%b'))} {local.year}, {local:%H:%M} {zone_name(local)}"


def after(span: timedelta) -> str:
    """How long something took, in the largest units that matter: `2 minutes`, `0.004 seconds`."""
    seconds = Decimal(span // timedelta(microseconds=1)) / 1_000_000
    if seconds < 60:
        return f"{amount(seconds)} {'second' if seconds == 1 else 'seconds'}"
    parts = (
        (span.days, "day"),
        (span.seconds // 3600, "hour"),
        (span.seconds // 60 % 60, "minute"),
    )
    told = [f"{n} {name}{'' if n == 1 else 's'}" for n, name in parts if n]
    return " ".join(told[:2])


def next_minute(at: datetime) -> datetime:
    """The first whole minute at or after `at`: what can be typed into a form that takes minutes."""
    cut = at.replace(second=0, microsecond=0)
    return cut if cut == at else cut + MINUTE
