"""What lifts a sample to the next grade, and nothing less does."""

from hypothesis import given
from hypothesis import strategies as st

from produce.rules.facts import Kind
from produce.rules.grading import grade
from produce.rules.lifting import lift
from tests.produce.facts import limit, table

PERCENT = st.decimals(min_value=0, max_value=40, places=2)
TOTAL = {"kind": Kind.CALCULATED, "components": ("BROKEN", "ROTTEN")}
TABLE = table(
    *(
        [
            limit(high=dry),
            limit("BROKEN", high=part),
            limit("ROTTEN", high=part),
            limit("DEFECTS", high=total, **TOTAL),
            limit("PROTEIN", low=protein),
        ]
        for dry, part, total, protein in (("12", "4", "5", "11"), ("14", "8", "10", "9"))
    )
)


def sample(**changes):
    best = {"MOISTURE": "11", "BROKEN": "1", "ROTTEN": "1", "PROTEIN": "12"}
    return grade(TABLE, best | changes)


def test_the_best_grade_lacks_nothing():
    assert lift(TABLE, sample()) is None


def test_each_parameter_that_keeps_it_down_is_named_with_its_distance():
    found = lift(TABLE, sample(MOISTURE="12.75", PROTEIN="10.5"))
    assert found.grade.name == "Grade 1"
    assert [lack.words for lack in found.lacks] == [
        "Moisture: at most 12 %; here it is 12.75 %, 0.75 % too much",
        "Protein: at least 11 %; here it is 10.5 %, 0.5 % too little",
    ]


def test_a_total_can_keep_down_what_each_part_would_allow():
    found = lift(TABLE, sample(BROKEN="3", ROTTEN="3"))
    assert [lack.limit.code for lack in found.lacks] == ["DEFECTS"]


def test_a_rejected_sample_is_told_the_way_into_the_last_grade():
    found = lift(TABLE, sample(MOISTURE="20"))
    assert (found.grade.name, [x.limit.code for x in found.lacks]) == ("Grade 2", ["MOISTURE"])


@given(values=st.fixed_dictionaries(dict.fromkeys(("MOISTURE", "BROKEN", "PROTEIN"), PERCENT)))
def test_mending_what_is_named_lifts_the_sample(values):
    given_values = {"ROTTEN": "0", **values}
    way = lift(TABLE, grade(TABLE, given_values))
    if way is None:
        return
    for lack in way.lacks:
        if not lack.limit.components:
            given_values[lack.limit.code] = lack.limit.maximum or lack.limit.minimum
    mended = grade(TABLE, given_values)
    assert mended.grade and mended.grade.rank <= way.grade.rank
