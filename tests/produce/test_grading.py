from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from produce.rules.conformance import TotalDoesNotAdd, UnknownParameters
from produce.rules.facts import Direction, Kind
from produce.rules.grading import BadTable, MeasurementMissing, grade
from produce.rules.limits import BadValue
from produce.rules.numbers import NotANumber
from tests.produce.facts import limit, moisture_table, table

PERCENT = st.decimals(min_value=0, max_value=100, places=3)


def rank(grades, **measured):
    found = grade(grades, measured).grade
    return found.rank if found else None


@pytest.mark.parametrize(
    ("measured", "expected"),
    [("0", 1), ("12", 1), ("12.001", 2), ("13", 2), ("14", 3), ("14.001", None), ("99", None)],
)
def test_a_limit_holds_exactly_and_not_a_hair_beyond(measured, expected):
    assert rank(moisture_table("12", "13", "14"), MOISTURE=measured) == expected


def test_the_worst_parameter_decides():
    good, poor = (
        [limit(high="12"), limit("DIRT", high="1")],
        [limit(high="14"), limit("DIRT", high="2")],
    )
    result = grade(table(good, poor), {"MOISTURE": "11", "DIRT": "1.5"})
    assert result.grade.rank == 2
    assert result.reasons == ("Dirt is 1.5 %: Grade 2 (at most 2 %)",)


def test_beyond_the_last_grade_is_rejected_and_names_every_parameter():
    rows = [[limit(high="12"), limit("DIRT", high="1"), limit("HUSK", high="1")]]
    result = grade(table(*rows), {"MOISTURE": "40", "DIRT": "3", "HUSK": "0"})
    assert result.is_rejected
    assert [reason.split(" is ")[0] for reason in result.reasons] == ["Moisture", "Dirt"]


def test_a_safety_parameter_rejects_outright_and_is_named_first():
    insects = limit("LIVE_INSECTS", high="0", unit="count", kind=Kind.COUNT, is_safety=True)
    result = grade(table([limit(high="12"), insects]), {"MOISTURE": "13", "LIVE_INSECTS": "1"})
    assert result.is_rejected
    assert result.reasons[0].startswith("Live insects is a safety limit: rejected outright")


def test_a_missing_measurement_is_an_error_that_names_it():
    with pytest.raises(MeasurementMissing, match="Not measured: Dirt"):
        grade(table([limit(high="12"), limit("DIRT", high="1")]), {"MOISTURE": "11"})


@pytest.mark.parametrize("measured", ["4.05", "4.0999"])
def test_a_value_between_two_printed_bands_falls_into_the_worse_one(measured):
    lower = Direction.LOWER
    bands = table(
        [limit(low="0", high="4.0", direction=lower)],
        [limit(low="4.1", high="5.0", direction=lower)],
    )
    # As printed the second band begins at 4.1 and nothing would hold.
    assert rank(bands, MOISTURE=measured) == 2


def test_printed_bands_where_more_is_better_leave_no_gap_either():
    higher = Direction.HIGHER
    bands = table(
        [limit("WEIGHT", low="54", unit="lb/bu", direction=higher)],
        [limit("WEIGHT", low="53", high="53.9", unit="lb/bu", direction=higher)],
    )
    assert rank(bands, WEIGHT="53.95") == 2
    assert rank(bands, WEIGHT="52.99") is None


def test_stated_decimals_round_the_measurement_before_it_is_compared():
    grades = table([limit(high="4", decimals=1)])
    assert rank(grades, MOISTURE="4.049") == 1
    assert rank(grades, MOISTURE="4.05") is None


def defective(high, total):
    parts = [limit("PESTS", high=high), limit("ROT", high=high)]
    kind = {"kind": Kind.CALCULATED, "components": ("PESTS", "ROT")}
    return [*parts, limit("DEFECTIVE", high=total, **kind)]


def test_each_part_may_hold_while_the_total_does_not():
    grades = table(defective("2", "3"), defective("2", "3.5"))
    assert rank(grades, PESTS="1.5", ROT="1.5") == 1
    assert rank(grades, PESTS="1.75", ROT="1.75") == 2
    assert rank(grades, PESTS="2", ROT="2") is None


def test_a_stated_total_that_is_not_the_sum_is_refused():
    with pytest.raises(TotalDoesNotAdd, match="add up to 2 %"):
        grade(table(defective("2", "3")), {"PESTS": "1", "ROT": "1", "DEFECTIVE": "1.5"})


def test_a_range_is_worse_on_both_sides():
    grades = table([limit("DENSITY", low="1.028", high="1.036", unit="g/ml")])
    assert [rank(grades, DENSITY=x) for x in ("1.027", "1.028", "1.036", "1.037")] == [
        None,
        1,
        1,
        None,
    ]


@pytest.mark.parametrize("value", [12.5, "NaN", "Infinity", "12,5", "", None, True, "1e400"])
def test_what_is_no_exact_number_is_refused(value):
    with pytest.raises(NotANumber):
        grade(moisture_table("12"), {"MOISTURE": value})


@pytest.mark.parametrize("value", ["-1", "100.01"])
def test_an_impossible_percentage_is_refused(value):
    with pytest.raises(BadValue):
        grade(moisture_table("12"), {"MOISTURE": value})


def test_a_misspelt_parameter_is_refused():
    with pytest.raises(UnknownParameters, match="MOISTUR"):
        grade(moisture_table("12"), {"MOISTUR": "11"})


@pytest.mark.parametrize(
    "grades",
    [
        (),
        moisture_table("13", "12"),
        table([limit(high="12")], [limit("DIRT", high="12")]),
        table([]),
        tuple(replace(g, rank=g.rank + 1) for g in moisture_table("12")),
        table([limit("TOTAL", high="1", kind=Kind.CALCULATED, components=("NOBODY",))]),
    ],
)
def test_a_broken_table_grades_nothing(grades):
    with pytest.raises(BadTable):
        grade(grades, {"MOISTURE": "1"})


@given(st.lists(PERCENT, min_size=1, max_size=5), PERCENT, PERCENT)
def test_a_better_measurement_never_gives_a_worse_grade(maxima, a, b):
    grades = moisture_table(*sorted(maxima))
    better, worse = (rank(grades, MOISTURE=x) for x in sorted((a, b)))
    assert worse is None or (better is not None and better <= worse)


@given(st.lists(PERCENT, min_size=1, max_size=5), PERCENT)
def test_more_is_better_never_gives_a_worse_grade_for_more(minima, value):
    rows = [[limit(low=x, direction=Direction.HIGHER)] for x in sorted(minima, reverse=True)]
    here, above = (rank(table(*rows), MOISTURE=x) for x in (value, Decimal(100)))
    assert above == 1
    assert here is None or here >= above


@given(st.lists(PERCENT, min_size=1, max_size=5), PERCENT)
def test_a_value_beyond_the_last_limit_is_never_graded(maxima, value):
    result = grade(moisture_table(*sorted(maxima)), {"MOISTURE": value})
    assert result.is_rejected == (value > max(maxima))
    assert result.is_rejected == any("beyond the last grade" in r for r in result.reasons)
