"""What a schedule prices need not conform, unless it is a matter of safety."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from procurement.rules import adjusting, inspecting
from produce.rules.adjustmentfile import ScheduleEntry, StepEntry
from produce.rules.facts import Confidence, Effect, Per, Rounding
from tests.rules.test_inspecting import LIMITS, judge, measured

DRY = StepEntry(
    parameter_code="MOISTURE",
    parameter_unit="% m/m",
    lower=None,
    lower_inclusive=False,
    upper=None,
    upper_inclusive=True,
    relative_to_limit=False,
    delivered_by=None,
    effect=Effect.DRY_MATTER_WEIGHT,
    value=Decimal("12.5"),
    unit="% m/m",
    per=Per.ONCE,
    step_size=None,
)
SCHEDULE = ScheduleEntry(
    code="DRY",
    edition="1",
    name="Dry matter",
    commodity=None,
    valid_from=None,
    valid_to=None,
    rounding=Rounding.NOT_STATED,
    rounding_decimals=None,
    source="Test",
    confidence=Confidence.VERIFIED,
    note="",
    steps=(DRY,),
)


def applied(verdict):
    terms = {"received": Decimal(30), "unit": "t", "unit_price": Decimal(300)}
    return adjusting.apply(
        SCHEDULE, verdict, currency="USD", delivered_on=date(2026, 5, 2), **terms
    )


def test_a_wet_load_is_paid_by_its_dry_weight_exactly():
    found = applied(judge("14"))
    assert found.adjusted.payable * 875 == 30 * 860
    assert adjusting.reasons(judge("14"), SCHEDULE, found.reasons) == []


def test_what_the_schedule_does_not_price_is_still_refused():
    assert adjusting.reasons(judge("14"), None, ()) != []


def test_a_safety_limit_is_not_bought_off_by_a_lower_price():
    risky = tuple(replace(limit, is_safety=True) for limit in LIMITS)
    values = [measured("MOISTURE", "14"), measured("AFLATOXIN", "1")]
    verdict = inspecting.judge(risky, values)
    assert adjusting.reasons(verdict, SCHEDULE, ()) == list(verdict.reasons)


def test_a_schedule_fits_only_what_is_measured_and_paid_in_one_currency():
    adjusting.check_fits(SCHEDULE, LIMITS, "USD")
    with pytest.raises(adjusting.ScheduleDoesNotFit, match="MOISTURE"):
        adjusting.check_fits(SCHEDULE, LIMITS[1:], "USD")
