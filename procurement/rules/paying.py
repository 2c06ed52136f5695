"""The payment clock, and which invoice a bank's line pays."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from procurement.rules.timeline import instant


@dataclass(frozen=True)
class Open:
    """An invoice on which `owed` is still to be paid."""

    number: str
    currency: str
    owed: Decimal


@dataclass(frozen=True)
class Line:
    """One line of a file of confirmations."""

    reference: str
    text: str
    amount: Decimal
    currency: str
    paid_on: date


@dataclass(frozen=True)
class Match:
    """The number of the one invoice that a line pays, or why a person has to look."""

    invoice: str = ""
    waits: str = ""


def due_at(received_at: datetime, days: int) -> datetime:
    """The instant from which what was received then is overdue."""
    return received_at + timedelta(days=days)


def is_overdue(due: datetime, owed: Decimal, now: datetime) -> bool:
    return owed > 0 and instant(now) >= instant(due)


def match(line: Line, invoices: Sequence[Open]) -> Match:
    """The invoice that a line names, if it owes that much; else the only one that owes just that.

    A line that fits two invoices, or none, waits for a person: money is never guessed.
    """
    same = [one for one in invoices if one.currency == line.currency]
    named = [one for one in same if _names(line, one.number)]
    if len(named) == 1:
        return _named(line, named[0])
    fits = [one for one in (named or same) if one.owed == line.amount]
    if len(fits) == 1 and not named:
        return Match(invoice=fits[0].number)
    if fits or named:
        numbers = ", ".join(one.number for one in (fits or named))
        return Match(waits=f"It fits several invoices: {numbers}."[:300])
    return Match(waits=f"No open invoice owes {line.amount:f} {line.currency}.")


def _named(line: Line, one: Open) -> Match:
    if line.amount > one.owed:
        said = f"It names {one.number}, which owes only {one.owed:f} {one.currency}."
        return Match(waits=said)
    return Match(invoice=one.number)


def _names(line: Line, number: str) -> bool:
    """Whether the number stands there whole: I1 is not named by I12."""
    pattern = rf"(?<![A-Z0-9-]){re.escape(number.upper())}(?![A-Z0-9-])"
    return re.search(pattern, f"{line.reference} {line.text}".upper()) is not None


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One goods received note of a buyer: when its money was due, and when it had come."""

    received_at: datetime
    due_at: datetime
    paid_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class DaysToPay:
    """Days are whole and begun days after the note; the middle one of an even number is halved."""

    paid: int
    median: Decimal | None
    longest: int | None
    late: int
    waiting: int
    overdue: int


def days_to_pay(rows: Iterable[Clock], now: datetime) -> DaysToPay:
    notes = list(rows)
    paid = [note for note in notes if note.paid_at is not None]
    days = [_days(note.received_at, note.paid_at) for note in paid if note.paid_at]
    late = sum(1 for note in paid if note.paid_at and note.paid_at >= note.due_at)
    overdue = sum(1 for note in notes if note.paid_at is None and now >= note.due_at)
    return DaysToPay(
        paid=len(paid),
        median=_median(days),
        longest=max(days, default=None),
        late=late,
        waiting=len(notes) - len(paid),
        overdue=overdue,
    )


def _days(since: datetime, until: datetime) -> int:
    return (instant(until) - instant(since)).days


def _median(days: Sequence[int]) -> Decimal | None:
    if not days:
        return None
    ordered, half = sorted(days), len(days) // 2
    low = ordered[half] if len(days) % 2 else ordered[half - 1]
    return Decimal(low + ordered[half]) / 2
