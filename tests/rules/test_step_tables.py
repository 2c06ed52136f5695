"""Published step tables: from a number to points, money or quality."""

from fractions import Fraction

import pytest

from procurement.rules.case import from_json
from procurement.rules.explain import explain
from procurement.rules.reading import InvalidCase
from tests.rules import cases as make
from tests.rules.cases import bid, by_name, case_json, failures, result

BANDS = (("7", "10"), ("14", "5"), (None, None))


def _points(answer, edge="lower", bands=BANDS):
    terms = make.price_points("1", "11", "1", "9")
    return result(
        bid("A", "9", responses=[("days", Fraction(answer))]),
        method="fixed_bounds_points",
        criteria=[make.table("days", "points", *bands, edge=edge)],
        price_points=terms,
    )


@pytest.mark.parametrize(
    ("answer", "edge", "points"),
    [
        ("-3", "lower", 10),
        ("7", "lower", 10),
        ("7.000001", "lower", 5),
        ("6.999999", "upper", 10),
        ("7", "upper", 5),
        ("14", "lower", 5),
    ],
)
def test_a_value_on_an_edge_belongs_where_the_terms_say(answer, edge, points):
    assert _points(answer, edge).bids[0].points.exact == points


@pytest.mark.parametrize(("answer", "edge"), [("14", "upper"), ("14.1", "lower")])
def test_an_answer_that_is_not_accepted_disqualifies(answer, edge):
    found = _points(answer, edge)
    assert failures(found.bids[0]) == [("response", "days")]
    assert f"Days: {answer} days is not accepted" in explain(found, "A")


def test_the_working_names_the_answer_and_its_band():
    step = next(s for s in _points("9").bids[0].working if s.label == "band of days")
    assert (step.formula, step.value.exact) == ("published step table", 5)
    assert [(one.name, one.value) for one in step.inputs] == [("answer", 9)]


def test_a_step_table_can_be_worth_quality():
    table = make.table("grade", "quality", ("1", "0.3"), (None, "0"))
    bids = [bid(n, "1000", responses=[("grade", Fraction(g))]) for n, g in (("A", 1), ("B", 2))]
    found = by_name(result(*bids, method="price_per_quality", criteria=[table]))
    assert found["A"].evaluated_price.exact == 700
    assert found["B"].evaluated_price.exact == 1000
    assert found["A"].working[2].label == "band of grade"


def test_a_bid_without_an_answer_is_told_so():
    terms = make.price_points("1", "11", "1", "9")
    criteria = [make.table("days", "points", *BANDS)]
    found = result(
        bid("A", "5"), method="fixed_bounds_points", criteria=criteria, price_points=terms
    )
    assert "Days: no answer was given" in found.bids[0].gates[1].reason


def _refused(bands=BANDS, responses=(("days", Fraction(7)),), **more):
    criteria = [make.table("days", "points", *bands) | more]
    value = case_json(
        bid("A", "5", responses=responses),
        method="fixed_bounds_points",
        criteria=criteria,
        price_points=make.price_points("1", "11", "1", "9"),
    )
    with pytest.raises(InvalidCase) as refused:
        from_json(value)
    return refused.value.message


@pytest.mark.parametrize(
    ("bands", "message"),
    [
        ((), "criteria[0].steps.bands: the last band must have no end"),
        ((("7", "10"),), "the last band must have no end"),
        (((None, None),), "steps.bands: no band is accepted"),
        ((("7", "1"), ("7", "0"), (None, "0")), "bands[1].up_to: must rise from band to band"),
        ((("7", "1"), ("6", "0"), (None, "0")), "bands[1].up_to: must rise from band to band"),
        (((None, "1"), (None, "0")), "bands[0].up_to: must rise from band to band"),
        ((("7", "-1"), (None, "0")), "bands[0].value: -1 is below zero"),
        ((("7", "9"), (None, "0")), "price_points.total: is 11, but the weights add up to 10"),
    ],
)
def test_a_table_that_is_no_table_is_refused(bands, message):
    assert message in _refused(bands)


@pytest.mark.parametrize(
    ("responses", "message"),
    [
        ([("days", "7")], "responses[0].value: this criterion is answered by a number in value"),
        ([("x", Fraction(7))], 'there is no criterion with options "x"'),
    ],
)
def test_an_answer_of_another_kind_is_refused(responses, message):
    assert message in _refused(responses=responses)


def test_an_answer_with_both_an_option_and_a_number_is_refused():
    both = make.response("days", Fraction(7)) | {"option": "a"}
    value = case_json(
        bid("A", "5") | {"responses": [both]},
        method="fixed_bounds_points",
        criteria=[make.table("days", "points", *BANDS)],
        price_points=make.price_points("1", "11", "1", "9"),
    )
    with pytest.raises(InvalidCase, match=r"option: this criterion has a step table; write null"):
        from_json(value)


def test_a_number_where_options_are_asked_for_is_refused():
    value = case_json(
        bid("A", "5", responses=[("grade", Fraction(1))]),
        method="price_per_quality",
        criteria=[make.quality("grade", "0", "0.1")],
    )
    with pytest.raises(InvalidCase, match="this criterion is answered by an option and no value"):
        from_json(value)


def test_options_and_a_table_together_are_refused():
    option = {"option": "a", "label": "a", "value": "1"}
    assert "steps: a criterion has options or a step table, not both" in _refused(options=[option])


@pytest.mark.parametrize("kind", ["gate", "rated"])
def test_a_gate_and_a_rated_criterion_have_no_table(kind):
    assert "it has no options" in _refused(kind=kind)


def test_an_edge_is_lower_or_upper():
    steps = make.table("days", "points", *BANDS, edge="middle")["steps"]
    assert '"middle" is not one of: lower, upper' in _refused(steps=steps)


def test_the_working_of_one_table_leaves_the_answers_to_others_out():
    criteria = [make.table(name, "points", ("7", "10"), (None, "0")) for name in ("days", "km")]
    found = result(
        bid("A", "9", responses=[("days", Fraction(5)), ("km", Fraction(6))]),
        method="fixed_bounds_points",
        criteria=criteria,
        price_points=make.price_points("1", "21", "1", "9"),
    )
    steps = {one.label: one.inputs for one in found.bids[0].working}
    assert [one.value for one in steps["band of days"]] == [5]
    assert [one.value for one in steps["band of km"]] == [6]
