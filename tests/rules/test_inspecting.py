"""A verdict rests on every demanded value, each with its method and in its unit."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from procurement.rules import inspecting
from procurement.rules.inspecting import BadMeasurement, Measured, NotMeasured
from produce.rules.conformance import UnknownParameters
from produce.rules.facts import Confidence, Direction, Kind
from produce.rules.limits import LimitFact

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


def limit(code, maximum, **changes):
    return LimitFact(
        code=code,
        name=code.capitalize(),
        unit="% m/m",
        kind=Kind.NUMERIC,
        direction=Direction.LOWER,
        maximum=Decimal(maximum),
        source="Test",
        confidence=Confidence.VERIFIED,
        **changes,
    )


LIMITS = (limit("MOISTURE", "12.5"), limit("AFLATOXIN", "10", is_safety=True))


def measured(code, value, **changes):
    given = {"unit": "% m/m", "method": "ISO 712", "measured_at": NOW, **changes}
    return Measured(code=code, value=value, **given)


def judge(moisture="12.5", aflatoxin="10", **changes):
    values = [measured("MOISTURE", moisture, **changes), measured("AFLATOXIN", aflatoxin)]
    return inspecting.judge(LIMITS, values)


def test_a_value_on_the_limit_conforms():
    assert judge().conforms


def test_beyond_the_limit_it_fails_with_safety_first():
    verdict = judge("12.6", "11")
    assert not verdict.conforms
    assert [reason.split()[0] for reason in verdict.reasons] == ["Aflatoxin", "Moisture"]


def test_what_was_not_measured_is_never_a_pass():
    with pytest.raises(NotMeasured, match="Aflatoxin"):
        inspecting.judge(LIMITS, [measured("MOISTURE", "12")])


def test_a_value_without_a_method_is_refused_at_its_place():
    with pytest.raises(BadMeasurement, match="no method") as refused:
        judge(method=" ")
    assert refused.value.where == "MOISTURE"


def test_a_value_in_another_unit_is_refused():
    with pytest.raises(BadMeasurement, match="the limit is in"):
        judge(unit="g/kg")


def test_per_cent_is_understood_as_the_limit_means_it():
    assert judge(unit="%").conforms


def test_what_nobody_asked_for_is_refused_by_its_name():
    with pytest.raises(UnknownParameters, match="COLOUR"):
        inspecting.judge(LIMITS, [measured("COLOUR", "1")])


def test_a_device_whose_clock_is_ahead_is_flagged_once():
    late = NOW + timedelta(hours=1)
    values = [measured(code, "1", measured_at=late, device="M-1") for code in ("A", "B")]
    assert [flag.code for flag in inspecting.flags(values, NOW)] == ["device-clock-ahead"]
