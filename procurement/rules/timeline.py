"""What a tender's recorded facts mean at a given instant.

Nothing here is stored: a status is derived from facts and the clock each time it is asked for, so
that no job has to tick it over. Every period is half-open: its first instant belongs to it, its
last does not. Instants are brought to UTC before they are compared, because Python compares two
times of one zone by the wall clock, which is wrong in the hour that a zone repeats.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from marketplace.errors import Invalid

DRAIN_SECONDS = 60


class InvalidTimetable(Invalid):
    """The instants of a tender contradict each other, or one has no UTC offset."""

    code = "invalid-timetable"


class TenderStatus(StrEnum):
    """Where a tender, or one of its lots, stands; listed in the order in which it happens."""

    DRAFT = "draft"
    PLANNED = "planned"
    OPEN = "open"
    CLOSING = "closing"
    AWAITING_OPENING = "awaiting_opening"
    IN_EVALUATION = "in_evaluation"
    EVALUATED = "evaluated"
    STANDSTILL = "standstill"
    AWARDED = "awarded"
    CONTRACTED = "contracted"
    DELIVERED = "delivered"
    PAID = "paid"
    UNSUCCESSFUL = "unsuccessful"
    CANCELLED = "cancelled"


def instant(value: datetime, where: str = "instant") -> datetime:
    """The same instant in UTC. Raises InvalidTimetable for a time without an offset."""
    if value.tzinfo is None or value.utcoffset() is None:
        raise InvalidTimetable(
            f"{where}: {value.isoformat()} has no UTC offset.",
            where=where,
            remedy="Give the time with its offset, for instance 2026-03-01T10:00:00+02:00.",
        )
    return value.astimezone(UTC)


class _InUtc:
    """Brings every instant of a frozen dataclass to UTC when it is made."""

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if isinstance(value, datetime):
                object.__setattr__(self, field.name, instant(value, field.name))


@dataclass(frozen=True, kw_only=True)
class LotFacts(_InUtc):
    """What has been recorded about one lot. None: it has not happened."""

    lot: str = ""
    evaluated_at: datetime | None = None
    awarded_at: datetime | None = None
    standstill_ends_at: datetime | None = None
    award_cancelled_at: datetime | None = None
    unsuccessful_at: datetime | None = None
    contract_signed_at: datetime | None = None
    delivered_at: datetime | None = None
    paid_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TenderFacts(_InUtc):
    """What has been recorded about a tender, and its timetable.

    `closed_at` is the instant of the CLOSE entry in the ledger. `drain_seconds` is the time after
    the deadline in which bids that had fully arrived may still be committed; until `held_until`
    CLOSE waits because the service was down (procurement.rules.outages).
    """

    published_at: datetime | None = None
    tender_period_start: datetime | None = None
    enquiry_end: datetime | None = None
    deadline: datetime | None = None
    drain_seconds: int = DRAIN_SECONDS
    held_until: datetime | None = None
    cancelled_at: datetime | None = None
    closed_at: datetime | None = None
    opened_at: datetime | None = None
    evaluated_at: datetime | None = None
    lots: tuple[LotFacts, ...] = ()


def status(facts: TenderFacts, now: datetime) -> TenderStatus:
    """The tender's status at `now`; a fact dated after `now` has not happened yet.

    With several lots it is that of the lot that is furthest behind; unsuccessful lots count only
    when all of them are.
    """
    now = instant(now, "now")
    if _happened(facts.cancelled_at, now):
        return TenderStatus.CANCELLED
    if not _happened(facts.published_at, now):
        return TenderStatus.DRAFT
    return _status_by_clock(facts, now) or _status_by_lots(facts, now)


def _status_by_clock(facts: TenderFacts, now: datetime) -> TenderStatus | None:
    if facts.tender_period_start is not None and now < facts.tender_period_start:
        return TenderStatus.PLANNED
    if now < _deadline(facts):
        return TenderStatus.OPEN
    if not _happened(facts.closed_at, now):
        return TenderStatus.CLOSING
    return None


def _status_by_lots(facts: TenderFacts, now: datetime) -> TenderStatus:
    lots = [lot_status(lot, now) for lot in facts.lots]
    if lots and all(lot is TenderStatus.UNSUCCESSFUL for lot in lots):
        return TenderStatus.UNSUCCESSFUL
    if not _happened(facts.opened_at, now):
        return TenderStatus.AWAITING_OPENING
    live = [lot for lot in lots if lot is not TenderStatus.UNSUCCESSFUL]
    if live:
        return min(live, key=_ORDER.__getitem__)
    evaluated = _happened(facts.evaluated_at, now)
    return TenderStatus.EVALUATED if evaluated else TenderStatus.IN_EVALUATION


def lot_status(lot: LotFacts, now: datetime) -> TenderStatus:
    """The status at `now` of one lot of a tender whose bids have been opened."""
    now = instant(now, "now")
    if _happened(lot.unsuccessful_at, now):
        return TenderStatus.UNSUCCESSFUL
    if not _happened(lot.evaluated_at, now):
        return TenderStatus.IN_EVALUATION
    if not _award_stands(lot, now):
        return TenderStatus.EVALUATED
    return _status_after_award(lot, now)


def once_all(instants: Sequence[datetime | None]) -> datetime | None:
    """When the last of several parts came so far; None while one has not, or without parts."""
    known = [at for at in instants if at is not None]
    return max(known) if known and len(known) == len(instants) else None


def latest(instants: Sequence[datetime | None]) -> datetime | None:
    """The last of the instants that are known."""
    return max((at for at in instants if at is not None), default=None)


def _status_after_award(lot: LotFacts, now: datetime) -> TenderStatus:
    steps = (
        (lot.paid_at, TenderStatus.PAID),
        (lot.delivered_at, TenderStatus.DELIVERED),
        (lot.contract_signed_at, TenderStatus.CONTRACTED),
    )
    for at, reached in steps:
        if _happened(at, now):
            return reached
    running = lot.standstill_ends_at is not None and now < lot.standstill_ends_at
    return TenderStatus.STANDSTILL if running else TenderStatus.AWARDED


def _award_stands(lot: LotFacts, now: datetime) -> bool:
    if lot.awarded_at is None or not _happened(lot.awarded_at, now):
        return False
    cancelled = lot.award_cancelled_at
    # A lot can be awarded again after a cancellation: only a later cancellation undoes an award.
    return cancelled is None or cancelled < lot.awarded_at or not _happened(cancelled, now)


def in_time(facts: TenderFacts, received_at: datetime) -> bool:
    """Whether a bid whose last byte arrived at `received_at` falls within the tender period."""
    received_at = instant(received_at, "received_at")
    started = facts.tender_period_start is None or facts.tender_period_start <= received_at
    return started and received_at < _deadline(facts)


def accepts_bids(facts: TenderFacts, received_at: datetime) -> bool:
    """Whether a bid received at that instant may be recorded.

    It must be in time, of a published tender that has not been cancelled. After CLOSE nothing is
    recorded any more, however early it arrived: the drain time exists so that this never bites.
    """
    received_at = instant(received_at, "received_at")
    if facts.closed_at is not None or not _happened(facts.published_at, received_at):
        return False
    return facts.cancelled_at is None and in_time(facts, received_at)


def accepts_enquiries(facts: TenderFacts, received_at: datetime) -> bool:
    """Whether a question that arrived at that instant must be answered."""
    received_at = instant(received_at, "received_at")
    if facts.cancelled_at is not None or not _happened(facts.published_at, received_at):
        return False
    end = facts.enquiry_end
    return received_at < (_deadline(facts) if end is None else end)


def closes_at(facts: TenderFacts) -> datetime:
    """The first instant at which CLOSE may be recorded: deadline and drain time, and any hold."""
    drained = _deadline(facts) + timedelta(seconds=facts.drain_seconds)
    return drained if facts.held_until is None else max(drained, facts.held_until)


def may_close(facts: TenderFacts, now: datetime) -> bool:
    """Whether CLOSE may be recorded at `now`: once, of a published tender that still stands."""
    if facts.published_at is None or facts.cancelled_at is not None or facts.closed_at is not None:
        return False
    return instant(now, "now") >= closes_at(facts)


def may_open(facts: TenderFacts, now: datetime) -> bool:
    """Whether bids may be opened at `now`: after CLOSE, once, of a tender that still stands."""
    if facts.cancelled_at is not None or facts.opened_at is not None:
        return False
    return _happened(facts.closed_at, instant(now, "now"))


def check_timetable(facts: TenderFacts, now: datetime) -> None:
    """Refuse a timetable that cannot be published at `now`. Raises InvalidTimetable."""
    start = facts.tender_period_start or instant(now, "now")
    end = facts.enquiry_end or _deadline(facts)
    rules = (
        (_deadline(facts) > instant(now, "now"), "deadline", "The deadline must lie ahead."),
        (start < _deadline(facts), "deadline", "The tender period must start before its deadline."),
        (start < end, "enquiry_end", "The enquiry period must end after the tender period starts."),
        (end <= _deadline(facts), "enquiry_end", "The enquiry period must end by the deadline."),
        (facts.drain_seconds >= 0, "drain_seconds", "The drain time must not be negative."),
    )
    for holds, where, message in rules:
        if not holds:
            raise InvalidTimetable(message, where=where, remedy="Correct the timetable.")


def _happened(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now


def _deadline(facts: TenderFacts) -> datetime:
    if facts.deadline is None:
        raise InvalidTimetable(
            "A published tender needs a deadline.",
            where="deadline",
            remedy="Set the deadline before publication.",
        )
    return facts.deadline


_ORDER = {member: position for position, member in enumerate(TenderStatus)}
