"""What must hold for every load: worse never pays more, and splitting a load gains nothing."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from produce.rules.adjustmentfacts import Outcome
from produce.rules.bands import BadSchedule
from produce.rules.facts import Rounding
from tests.produce.adjustment_cases import PUBLISHED, amounts, case, paid, schedule
from tests.reference import adjustment_twin as twin

SCHEDULES = st.sampled_from(sorted(PUBLISHED))
PERCENT = st.decimals("0", "99", places=2)
MODES = st.sampled_from([m.value for m in Rounding if m is not Rounding.NOT_STATED])
WEIGHTS = st.integers(1, 40_000_000).map(lambda grams: Decimal(grams) / 1000)
# Where more is better.
GOOD = {"TEST_WEIGHT", "PROTEIN"}


def parameters(published):
    return sorted({s["parameter"] for s in published["steps"] if "parameter" in s})


MEASURED = [key for key in sorted(PUBLISHED) if parameters(PUBLISHED[key])]


def value(name, percent):
    """A drawn number on the scale of the parameter."""
    scale = {"TPC": 5000, "LIVE_INSECTS": 1}
    return str(int(percent) * scale[name]) if name in scale else str(percent)


@settings(max_examples=150, deadline=None)
@given(key=st.sampled_from(MEASURED), data=st.data(), mode=MODES)
def test_a_worse_value_never_pays_more(key, data, mode):
    published = PUBLISHED[key]
    name = data.draw(st.sampled_from(parameters(published)))
    better, worse = sorted(data.draw(st.tuples(PERCENT, PERCENT)), reverse=name in GOOD)
    rounding = {"mode": mode, "decimals": 2}
    first, second = (
        amounts(paid(case(published, {name: value(name, drawn)}, rounding=rounding)))
        for drawn in (better, worse)
    )
    for currency, amount in second.items():
        assert amount <= first.get(currency, 0)


@settings(max_examples=100, deadline=None)
@given(key=SCHEDULES, data=st.data(), mode=MODES, one=WEIGHTS, other=WEIGHTS)
def test_splitting_a_load_never_pays_more_beyond_rounding(key, data, mode, one, other):
    published = PUBLISHED[key]
    measured = {n: value(n, data.draw(PERCENT)) for n in parameters(published)}
    whole, first, second = (
        amounts(
            paid(
                case(
                    published,
                    measured,
                    net_weight=str(weight),
                    rounding={"mode": mode, "decimals": 2},
                )
            )
        )
        for weight in (one + other, one, other)
    )
    for currency, amount in whole.items():
        assert abs(first[currency] + second[currency] - amount) <= Decimal("0.01")


@settings(max_examples=200, deadline=None)
@given(key=SCHEDULES, data=st.data(), mode=MODES, weight=WEIGHTS)
def test_the_literal_twin_pays_every_load_alike(key, data, mode, weight):
    published = PUBLISHED[key]
    measured = {n: value(n, data.draw(PERCENT)) for n in parameters(published)}
    rounding = {"mode": mode, "decimals": data.draw(st.integers(0, 4))}
    given_case = case(published, measured, net_weight=str(weight), rounding=rounding)
    found = paid(given_case)
    outcome, paid_weight, price, payments = twin.pay(given_case)
    assert (outcome, paid_weight, price) == (
        *(found.outcome.value, found.payable_weight, found.price_after),
    )
    assert payments == amounts(found)


BANDS = st.lists(st.integers(0, 4), min_size=2, max_size=5)


@settings(max_examples=150, deadline=None)
@given(costs=BANDS, per=st.sampled_from(["once", "point"]), low=PERCENT, high=PERCENT)
def test_a_schedule_is_either_refused_or_never_pays_more_for_worse(costs, per, low, high):
    """Bands of ten points each, with any deductions: a table that rewards worse is not applied."""
    steps = [
        {
            "parameter": "MOISTURE",
            "parameter_unit": "% m/m",
            "from": str(10 * i),
            "below": str(10 * i + 10),
            "effect": "weight_deduction_percent",
            "value": str(cost),
            "unit": "% of weight",
            **({"per": per} if i else {}),
        }
        for i, cost in enumerate(costs)
    ]
    low, high = sorted((low, high))
    try:
        first, second = (paid(case(schedule(*steps), {"MOISTURE": str(v)})) for v in (low, high))
    except BadSchedule:
        return
    # A table may say that more is better; then the greater value must not pay less.
    amount = [f.after[0].exact for f in (first, second)]
    upwards = costs[0] <= costs[-1] or per == "point"
    assert amount == sorted(amount, reverse=upwards)


@pytest.mark.parametrize("key", sorted(PUBLISHED), ids=" ".join)
def test_the_best_load_is_never_rejected(key):
    assert paid(case(PUBLISHED[key])).outcome is not Outcome.REJECT
