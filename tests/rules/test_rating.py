"""Rated criteria: marks of several evaluators, combined by the published rule."""

from fractions import Fraction

import pytest

from procurement.rules.case import from_json
from procurement.rules.explain import explain
from procurement.rules.reading import InvalidCase
from tests.rules import cases as make
from tests.rules.cases import bid, by_name, case_json, failures, ranks, result


def _terms(combine="mean", minimum=None, overall=None, criteria=()):
    return {
        "method": "fixed_bounds_points",
        "criteria": [make.rated("taste", "30", combine, minimum=minimum), *criteria],
        "price_points": make.price_points("70", "100", "50", "150"),
        "minimum_points": overall,
    }


def _rated(*values, name="A", **more):
    return bid(name, "100", marks=make.marks("taste", *values), **more)


@pytest.mark.parametrize(
    ("combine", "values", "mark"),
    [
        ("mean", ["7", "8", "8"], Fraction(23, 3)),
        ("mean", ["7"], 7),
        ("median", ["2", "9", "7"], 7),
        ("median", ["2", "9", "7", "8"], Fraction("7.5")),
        ("median", ["2", "7"], Fraction("4.5")),
        ("trimmed_mean", ["0", "6", "7", "10"], Fraction("6.5")),
        ("trimmed_mean", ["0", "6", "10"], 6),
        ("trimmed_mean", ["6", "6", "10"], 6),
        ("consensus", ["6", "6.0"], 6),
    ],
)
def test_marks_are_combined_by_the_declared_rule(combine, values, mark):
    found = result(_rated(*values), **_terms(combine)).bids[0]
    assert found.technical.exact == 3 * mark
    assert found.points.exact == 35 + 3 * mark


def test_the_working_shows_every_mark():
    found = result(_rated("7", "9"), **_terms("median"))
    step = next(one for one in found.bids[0].working if one.label == "taste")
    assert step.formula == "weight · median of the marks / highest mark"
    assert [(one.name, one.value) for one in step.inputs] == [
        ("mark of e0", 7),
        ("mark of e1", 9),
        ("weight", 30),
        ("highest mark", 10),
    ]
    assert step.value.exact == 24


@pytest.mark.parametrize(("marks", "failed"), [(["5", "7"], []), (["5", "6.9"], ["taste"])])
def test_a_mark_below_the_minimum_disqualifies(marks, failed):
    found = result(_rated(*marks), **_terms(minimum="6")).bids[0]
    assert [name for _, name in failures(found)] == failed


def test_a_failure_is_told_with_its_minimum():
    found = result(_rated("5", "6"), **_terms(minimum="6"))
    assert "Disqualified: Taste: 5.5 of 10 is below the minimum 6 (notice 4.2)." in explain(
        found, "A"
    )
    assert "It would have been ranked had it met what it failed." in explain(found, "A")
    passed = by_name(result(_rated("6", "6"), **_terms(minimum="6")))["A"]
    assert passed.gates[-1].reason == "Taste: 6 of 10 meets the minimum 6"
    assert by_name(result(_rated("6"), **_terms()))["A"].gates[-1].reason == "Taste: 6 of 10"


@pytest.mark.parametrize(("overall", "rank"), [("24", 1), ("24.000001", None)])
def test_the_overall_minimum_belongs_to_what_passes(overall, rank):
    found = result(_rated("8"), **_terms(overall=overall))
    assert ranks(found) == {"A": rank}
    word = "meet" if rank else "are below"
    assert found.bids[0].gates[-1].reason == f"24 points {word} the minimum {overall}"


def test_a_bid_that_fails_a_gate_may_stay_without_marks():
    terms = _terms(criteria=[make.gate()])
    out = bid("A", "100", gates=[("registered", False, "Not in the register", "")])
    found = result(out, _rated("8", name="B", gates=[("registered", True, "", "")]), **terms)
    assert ranks(found) == {"B": 1, "A": None}
    assert ("rated", "taste") in failures(by_name(found)["A"])
    assert "not rated, because the bid fails a gate" in explain(found, "A")


def _message(*bids, **changes):
    with pytest.raises(InvalidCase) as refused:
        from_json(case_json(*bids, **changes))
    return refused.value.message


@pytest.mark.parametrize(
    ("combine", "values", "message"),
    [
        ("mean", [], "bids[0].marks: taste needs the marks of the same evaluators for every bid"),
        ("consensus", ["6", "7"], "the evaluators do not agree on taste; a consensus is needed"),
        ("trimmed_mean", ["6", "7"], "taste needs 3 marks for a trimmed mean"),
        ("mean", ["10.1"], "bids[0].marks[0].mark: is above the highest mark 10"),
        ("mean", ["-1"], "bids[0].marks[0].mark: -1 is below zero"),
        ("sum", ["1"], '"sum" is not one of: mean, median, trimmed_mean, consensus'),
    ],
)
def test_marks_that_do_not_fit_are_refused(combine, values, message):
    assert message in _message(_rated(*values), **_terms(combine))


def test_every_bid_is_rated_by_the_same_evaluators():
    message = _message(_rated("5", "6"), _rated("5", name="B"), **_terms())
    assert message.startswith("bids[1].marks: taste needs the marks of the same evaluators")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reason": " "}, "marks[0].reason: a mark needs its reason"),
        ({"criterion": "smell"}, 'marks[0].criterion: there is no rated criterion "smell"'),
        ({"mark": "7,5"}, 'marks[0].mark: "7,5" is not a number; write 7.5'),
    ],
)
def test_a_mark_needs_its_parts(change, message):
    wrong = _rated("5")
    wrong["marks"][0] |= change
    assert message in _message(wrong, **_terms())


def test_one_evaluator_gives_one_mark():
    twice = _rated("5")
    twice["marks"] *= 2
    assert 'marks[1]: the mark "taste of e0" stands here twice' in _message(twice, **_terms())


@pytest.mark.parametrize(
    ("criterion", "message"),
    [
        (make.rated("taste", "30") | {"rating": None}, "rating: a rated criterion needs it"),
        (
            make.points("taste", "30") | {"rating": make.rated("x", "1")["rating"]},
            "rating: a rated criterion needs it, and no other has one",
        ),
        (make.rated("taste", "30", minimum="10.1"), "rating.minimum: is above the highest mark"),
        (make.rated("taste", "0"), "rating.weight: must be above zero"),
        (make.rated("taste", "30", highest="0"), "highest_mark: must be above zero"),
        (make.rated("price points", "30"), '"price points" names something else'),
        (make.rated("taste", "29"), "is 100, but the weights add up to 99"),
    ],
)
def test_a_rating_that_does_not_fit_is_refused(criterion, message):
    assert message in _message(**(_terms() | {"criteria": [criterion]}))


def test_an_overall_minimum_that_nobody_can_reach_is_refused():
    assert "minimum_points: is more than all criteria together" in _message(**_terms(overall="31"))


def test_an_overall_minimum_belongs_to_methods_by_points():
    assert "minimum_points: the method lowest_price does not use it" in _message(minimum_points="1")
