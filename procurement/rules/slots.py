"""Slots at a depot: a day and an hour, as long as the day's kilograms and the hour's gates last."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from marketplace.errors import Invalid

# How far ahead a free slot is looked for.
HORIZON_DAYS = 120


class SlotTaken(Invalid):
    """The depot has no room then."""

    code = "slot-taken"


class OutsideWindow(Invalid):
    """The contract's delivery window does not hold that day."""

    code = "outside-delivery-window"


@dataclass(frozen=True, kw_only=True)
class DepotFacts:
    """`daily_capacity` in kilograms; open from the hour `opens` until before `closes`."""

    name: str
    daily_capacity: Decimal
    loads_per_hour: int
    opens: int
    closes: int


@dataclass(frozen=True, order=True)
class Slot:
    day: date
    hour: int

    def __str__(self) -> str:
        return f"{self.day.isoformat()}, {self.hour}:00"


@dataclass(frozen=True)
class Booked:
    """A load that is expected, or was received, in a slot."""

    slot: Slot
    weight: Decimal


@dataclass(frozen=True)
class Window:
    """Both days belong to it; None is open on that side."""

    starts: date | None
    ends: date | None

    def holds(self, day: date) -> bool:
        after = self.starts is None or day >= self.starts
        return after and (self.ends is None or day <= self.ends)

    def __str__(self) -> str:
        return f"{self.starts or 'now'} to {self.ends or 'any day'}"


def why_not(depot: DepotFacts, slot: Slot, weight: Decimal, taken: Sequence[Booked]) -> str:
    """Why a load of that weight does not fit into the slot; empty if it does."""
    if not depot.opens <= slot.hour < depot.closes:
        return f"{depot.name} receives from {depot.opens}:00 to {depot.closes}:00"
    if weight > depot.daily_capacity:
        return f"{depot.name} receives at most {depot.daily_capacity:f} kg in one day"
    day = sum((b.weight for b in taken if b.slot.day == slot.day), Decimal(0))
    if day + weight > depot.daily_capacity:
        left = depot.daily_capacity - day
        return f"{depot.name} has room for {max(left, Decimal(0)):f} kg more on that day"
    if sum(b.slot == slot for b in taken) >= depot.loads_per_hour:
        return f"{depot.name} takes {depot.loads_per_hour} loads in that hour, and has them"
    return ""


def next_free(
    depot: DepotFacts, weight: Decimal, taken: Sequence[Booked], window: Window, earliest: Slot
) -> Slot | None:
    """The first slot from `earliest` on, within the window, that has room; else None."""
    return next(
        (s for s in _slots(depot, window, earliest) if not why_not(depot, s, weight, taken)), None
    )


def _slots(depot: DepotFacts, window: Window, earliest: Slot) -> Iterator[Slot]:
    first = max(earliest.day, window.starts or earliest.day)
    for day in (first + timedelta(days=n) for n in range(HORIZON_DAYS)):
        if not window.holds(day):
            return
        for hour in range(depot.opens, depot.closes):
            if (slot := Slot(day, hour)) >= earliest:
                yield slot


def check(
    depot: DepotFacts,
    slot: Slot,
    weight: Decimal,
    taken: Sequence[Booked],
    window: Window,
    earliest: Slot,
) -> None:
    """Raise OutsideWindow or SlotTaken, which name the next free slot, unless the load fits."""
    free = next_free(depot, weight, taken, window, earliest)
    remedy = f"The next free slot is {free}." if free else "No slot is free: ask another depot."
    if slot < earliest:
        raise SlotTaken("That hour has passed.", where="day", remedy=remedy)
    if not window.holds(slot.day):
        raise OutsideWindow(
            f"{slot.day.isoformat()} is outside the delivery window ({window}).",
            where="day",
            remedy=remedy,
        )
    if reason := why_not(depot, slot, weight, taken):
        raise SlotTaken(f"This slot is not free: {reason}.", where="day", remedy=remedy)
