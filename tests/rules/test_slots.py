"""A depot's day and hour: full is refused with the next slot that is free."""

from datetime import date
from decimal import Decimal

import pytest

from procurement.rules import slots
from procurement.rules.slots import Booked, DepotFacts, OutsideWindow, Slot, SlotTaken, Window

DAY = date(2026, 5, 4)
DEPOT = DepotFacts(
    name="Gwanda", daily_capacity=Decimal(60_000), loads_per_hour=2, opens=7, closes=16
)
WINDOW = Window(DAY, date(2026, 5, 6))
FIRST = Slot(DAY, 7)


def check(slot, weight=30_000, taken=(), window=WINDOW, earliest=FIRST):
    slots.check(DEPOT, slot, Decimal(weight), list(taken), window, earliest)


def full(day=DAY):
    return [Booked(Slot(day, 9), Decimal(60_000))]


def test_a_load_fits_while_the_day_has_room():
    check(Slot(DAY, 9), taken=[Booked(Slot(DAY, 8), Decimal(30_000))])


def test_the_last_kilogram_of_the_day_is_the_limit():
    taken = [Booked(Slot(DAY, 8), Decimal(30_001))]
    with pytest.raises(SlotTaken, match="room for 29999 kg more") as refused:
        check(Slot(DAY, 9), taken=taken)
    assert refused.value.remedy == "The next free slot is 2026-05-05, 7:00."


def test_an_hour_takes_as_many_loads_as_it_has_gates():
    taken = [Booked(Slot(DAY, 9), Decimal(1)), Booked(Slot(DAY, 9), Decimal(1))]
    with pytest.raises(SlotTaken, match="takes 2 loads in that hour") as refused:
        check(Slot(DAY, 9), weight=1, taken=taken)
    assert "2026-05-04, 7:00" in refused.value.remedy


@pytest.mark.parametrize("day", [date(2026, 5, 3), date(2026, 5, 7)])
def test_a_day_outside_the_window_is_refused_with_the_window(day):
    with pytest.raises(OutsideWindow, match="2026-05-04 to 2026-05-06"):
        check(Slot(day, 9), earliest=Slot(date(2026, 5, 1), 7))


@pytest.mark.parametrize("day", [DAY, date(2026, 5, 6)])
def test_both_ends_of_the_window_belong_to_it(day):
    check(Slot(day, 9))


def test_an_hour_that_has_passed_cannot_be_booked():
    with pytest.raises(SlotTaken, match="has passed"):
        check(Slot(DAY, 9), earliest=Slot(DAY, 10))


@pytest.mark.parametrize("hour", [6, 16])
def test_a_closed_gate_is_refused_with_its_hours(hour):
    with pytest.raises(SlotTaken, match="from 7:00 to 16:00"):
        check(Slot(DAY, hour), earliest=Slot(date(2026, 5, 1), 0))


def test_a_load_heavier_than_a_whole_day_names_no_slot():
    with pytest.raises(SlotTaken, match="at most 60000 kg in one day") as refused:
        check(Slot(DAY, 9), weight=60_001)
    assert "No slot is free" in refused.value.remedy


def test_a_full_window_names_no_slot():
    taken = [booked for n in (4, 5, 6) for booked in full(date(2026, 5, n))]
    with pytest.raises(SlotTaken) as refused:
        check(Slot(DAY, 9), taken=taken)
    assert "No slot is free" in refused.value.remedy
