"""Tickets that cannot be are refused, odd ones are flagged."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from marketplace.errors import Invalid
from procurement.rules import weighing
from procurement.rules.weighing import BadTicket, Ticket

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
TODAY = date(2026, 5, 4)
GOOD = Ticket(
    device="WB-1",
    number="17",
    vehicle="ABC 1234",
    gross=Decimal(42_000),
    tare=Decimal(12_000),
    weighed_at=NOW,
    calibrated_until=TODAY,
)


def flags(**changes):
    return [f.code for f in weighing.flags(replace(GOOD, **changes), NOW, TODAY)]


def test_the_net_weight_is_gross_less_tare():
    assert weighing.check(GOOD, "ABC1234") == 30_000


@pytest.mark.parametrize(
    "changes, where",
    [
        ({"net": Decimal(42_001)}, "net"),
        ({"net": Decimal(29_999)}, "net"),
        ({"tare": Decimal(42_000)}, "tare"),
        ({"tare": Decimal(50_000)}, "tare"),
        ({"vehicle": "XYZ 9"}, "vehicle"),
        ({"gross": Decimal(5_000_000)}, "gross"),
        ({"number": ""}, "number"),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(changes, where):
    with pytest.raises(BadTicket) as refused:
        weighing.check(replace(GOOD, **changes), "ABC1234")
    assert refused.value.where == where


def test_the_tare_of_another_vehicle_names_both():
    with pytest.raises(BadTicket, match="XYZ9, but ABC1234 is at the gate"):
        weighing.check(replace(GOOD, vehicle="xyz-9"), "ABC1234")


def test_a_calibration_is_valid_on_its_last_day_and_not_the_day_after():
    assert flags() == []
    assert flags(calibrated_until=TODAY - timedelta(days=1)) == ["calibration-expired"]


def test_an_expired_calibration_stops_the_load():
    old = replace(GOOD, calibrated_until=TODAY - timedelta(days=1))
    assert next(weighing.flags(old, NOW, TODAY)).stops


def test_a_device_clock_five_minutes_ahead_is_believed_and_a_second_more_is_not():
    ahead = NOW + weighing.CLOCK_AHEAD
    assert flags(weighed_at=ahead) == []
    assert flags(weighed_at=ahead + timedelta(seconds=1)) == ["device-clock-ahead"]


@pytest.mark.parametrize("text", ["abc 1234", "ABC-1234", "A.B/C1234"])
def test_a_plate_is_compared_by_its_letters_and_digits(text):
    assert weighing.registration(text) == "ABC1234"


@pytest.mark.parametrize("text", ["", "?", "A" * 16])
def test_what_is_no_plate_is_refused(text):
    with pytest.raises(Invalid):
        weighing.registration(text)


def test_a_given_name_stands_alone():
    assert weighing.given_name(" Tendai ") == "Tendai" and weighing.given_name("") == ""
    for more in ("Tendai Moyo", "0772555019", "Tendai 63-1234"):
        with pytest.raises(Invalid, match="given name alone"):
            weighing.given_name(more)
