from decimal import Decimal

import pytest

from produce.rules.changes import read_changes
from produce.rules.conformance import Outcome, check, conforms
from produce.rules.facts import Change, Direction, Kind
from produce.rules.limits import BadLimit
from produce.rules.specification import (
    AddLimit,
    BadChange,
    RemoveLimit,
    SetLimit,
    active,
    adjust,
    differences,
    summary,
)
from tests.produce.facts import limit

MOISTURE = limit(high="13.5")
WEIGHT = limit("WEIGHT", low="70", unit="kg/hl")
COLOUR = limit("COLOUR", text="White", unit="")
DENSITY = limit("DENSITY", low="1.028", high="1.036", unit="g/ml")


@pytest.mark.parametrize(
    ("base", "change", "expected"),
    [
        (MOISTURE, SetLimit(code="MOISTURE", maximum=Decimal("12.5")), Change.TIGHTENED),
        (MOISTURE, SetLimit(code="MOISTURE", maximum=Decimal("14")), Change.LOOSENED),
        (MOISTURE, SetLimit(code="MOISTURE", maximum=Decimal("13.50")), Change.SAME),
        (WEIGHT, SetLimit(code="WEIGHT", minimum=Decimal("72")), Change.TIGHTENED),
        (WEIGHT, SetLimit(code="WEIGHT", minimum=Decimal("60")), Change.LOOSENED),
        (COLOUR, SetLimit(code="COLOUR", text="Yellow"), Change.CHANGED),
        (MOISTURE, RemoveLimit("MOISTURE"), Change.REMOVED),
        (
            DENSITY,
            SetLimit(code="DENSITY", minimum=Decimal("1.02"), maximum=Decimal("1.03")),
            Change.CHANGED,
        ),
    ],
)
def test_each_difference_from_the_grade_is_named(base, change, expected):
    assert [d.change for d in adjust([base], [change])] == [expected]


def test_an_added_limit_stands_last_and_has_no_base():
    demands = adjust([MOISTURE], [AddLimit(WEIGHT)])
    assert [(d.limit.code, d.change) for d in demands] == [
        ("MOISTURE", Change.SAME),
        ("WEIGHT", Change.ADDED),
    ]
    assert demands[1].base is None


def test_a_removed_limit_is_shown_but_binds_nobody():
    demands = adjust([MOISTURE, WEIGHT], [RemoveLimit("MOISTURE")])
    assert active(demands) == (WEIGHT,)
    assert differences(demands) == ["Moisture: not demanded here (the grade: at most 13.5 %)"]


def test_the_difference_says_what_the_grade_says():
    demands = adjust([MOISTURE], [SetLimit(code="MOISTURE", maximum=Decimal("12.5"))])
    assert differences(demands) == [
        "Moisture: at most 12.5 %, stricter than the grade (at most 13.5 %)"
    ]


def test_the_summary_is_plain_for_every_kind():
    insects = limit("INSECTS", high="0", unit="count", kind=Kind.COUNT)
    mould = limit("MOULD", text="absent", unit="", kind=Kind.BOOLEAN)
    assert summary([MOISTURE, WEIGHT, DENSITY, COLOUR, insects, mould]) == [
        "Moisture: at most 13.5 %",
        "Weight: at least 70 kg/hl",
        "Density: between 1.028 and 1.036 g/ml",
        "Colour: White",
        "Insects: none allowed",
        "Mould: none allowed",
    ]


@pytest.mark.parametrize(
    "change",
    [
        SetLimit(code="MOISTURE", minimum=Decimal("14"), maximum=Decimal("13")),
        SetLimit(code="MOISTURE", minimum=Decimal("1")),
        SetLimit(code="MOISTURE", maximum=Decimal("101")),
        SetLimit(code="MOISTURE", maximum=Decimal("-1")),
        SetLimit(code="MOISTURE", text="dry"),
        AddLimit(limit("lower case", high="1")),
        AddLimit(limit("DIRT", high="1", direction=Direction.EQUALS)),
    ],
)
def test_a_limit_that_contradicts_itself_is_refused(change):
    with pytest.raises(BadLimit):
        adjust([MOISTURE], [change])


@pytest.mark.parametrize(
    "changes",
    [
        [SetLimit(code="DIRT", maximum=Decimal(1))],
        [RemoveLimit("DIRT")],
        [AddLimit(MOISTURE)],
        [RemoveLimit("MOISTURE"), RemoveLimit("MOISTURE")],
    ],
)
def test_a_change_of_the_wrong_parameter_is_refused(changes):
    with pytest.raises(BadChange):
        adjust([MOISTURE], changes)


def test_a_part_cannot_leave_while_its_total_stays():
    total = limit("TOTAL", high="5", kind=Kind.CALCULATED, components=("MOISTURE",))
    with pytest.raises(BadChange, match="is part of TOTAL"):
        adjust([MOISTURE, total], [RemoveLimit("MOISTURE")])
    assert active(adjust([MOISTURE, total], [RemoveLimit("MOISTURE"), RemoveLimit("TOTAL")])) == ()


def test_conformance_gives_one_reasoned_finding_per_limit():
    findings = check([MOISTURE, WEIGHT, COLOUR], {"MOISTURE": "13.6", "COLOUR": "white"})
    assert [f.outcome for f in findings] == [Outcome.FAILS, Outcome.MISSING, Outcome.CONFORMS]
    assert findings[0].reason == "Moisture is 13.6 %; demanded: at most 13.5 %"
    assert not conforms(findings)


def test_a_missing_value_alone_does_not_conform():
    assert not conforms(check([MOISTURE], {}))
    assert conforms(check([MOISTURE], {"MOISTURE": "13.5"}))


def test_changes_are_read_from_rows_as_a_form_writes_them():
    rows = [
        {"action": "set", "code": "MOISTURE", "maximum": "12.5"},
        {"action": "remove", "code": "COLOUR"},
        {"action": "add", "code": "DIRT", "name": "Dirt", "unit": "% m/m", "kind": "numeric"}
        | {"direction": "lower_is_better", "maximum": "1"},
    ]
    demands = adjust([MOISTURE, COLOUR], read_changes(rows))
    assert [d.change.value for d in demands] == ["tightened", "removed", "added"]


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ({"action": "drop", "code": "X"}, "changes[1].action"),
        ({"action": "remove", "code": "X", "maximum": "1"}, "changes[1].maximum"),
        ({"action": "set", "code": "X", "maximum": "much"}, "changes[1].maximum"),
        ({"action": "add", "code": "X", "kind": "colour"}, "changes[1].kind"),
    ],
)
def test_a_change_that_cannot_be_read_is_refused_at_its_place(row, where):
    with pytest.raises(Exception) as refused:
        read_changes([row])
    assert refused.value.where == where
