"""Lowest evaluated price: what is added to a price, and the margin of preference."""

from fractions import Fraction

import pytest

from procurement.rules.case import from_json
from procurement.rules.explain import explain
from procurement.rules.reading import InvalidCase
from tests.rules import cases as make
from tests.rules.cases import bid, by_name, case_json, item, line, ranks, result

LOCAL = {"groups": [make.group("local")], "method": "lowest_evaluated_price"}


def _bids(**home):
    """A at home for 110, B abroad for 100, each with 10 of transport."""
    added = [make.addition("transport", "10")]
    return (
        bid("A", "110", additions=added, groups=[make.member("local")], **home),
        bid("B", "100", additions=added),
    )


def _margin(margin, base="price", listed=(), way="added_to_others"):
    rule = make.preference(margin, base, listed, way, of="local")
    return LOCAL | {"preference": rule, "components": [make.component("transport")]}


@pytest.mark.parametrize(
    ("base", "listed", "margin"),
    [("price", (), "10"), ("price_and_components", ["transport"], "11"), ("offer", (), "11")],
)
def test_the_margin_is_added_to_the_others_on_its_base(base, listed, margin):
    found = by_name(result(*_bids(), **_margin("0.1", base, listed), tie_break=[]))
    assert found["A"].evaluated_price.exact == 120
    assert found["B"].evaluated_price.exact == 110 + Fraction(margin)


@pytest.mark.parametrize(
    ("base", "listed", "margin"),
    [("price", (), "11"), ("price_and_components", ["transport"], "12"), ("offer", (), "12")],
)
def test_the_margin_is_deducted_from_the_group_on_its_base(base, listed, margin):
    terms = _margin("0.1", base, listed, "deducted_from_group")
    found = by_name(result(*_bids(), **terms))
    assert found["A"].evaluated_price.exact == 120 - Fraction(margin)
    assert found["B"].evaluated_price.exact == 110


def test_components_that_are_not_listed_stay_out_of_the_base():
    terms = _margin("0.1", "price_and_components", ["transport"])
    terms["components"] = [make.component("transport"), make.component("fee")]
    added = [make.addition("transport", "10"), make.addition("fee", "1000")]
    found = result(bid("B", "100", additions=added), **terms).bids[0]
    assert found.evaluated_price.exact == 1110 + 11


def test_the_margin_tells_its_base_and_the_evidence():
    found = by_name(result(*_bids(), **_margin("0.15", "offer")))
    steps = {name: entry.working[-2] for name, entry in found.items()}
    assert steps["A"].formula == "none, belongs to local: Certificate 7"
    assert steps["A"].inputs == ()
    assert steps["B"].formula == "0.15 · (whole offer), outside local"
    assert [(one.name, one.value) for one in steps["B"].inputs] == [
        ("margin", Fraction("0.15")),
        ("base", 110),
    ]


def test_a_deducted_margin_tells_its_sign():
    found = by_name(result(*_bids(), **_margin("0.1", way="deducted_from_group")))
    assert found["A"].working[-2].formula == "−0.1 · (price), belongs to local: Certificate 7"
    assert found["A"].working[-2].value.exact == -11
    assert found["B"].working[-2].formula == "none, outside local"


def test_the_difference_is_told_part_by_part():
    found = result(*_bids(), **_margin("0.3", "offer"))
    behind = by_name(found)["B"].behind
    assert {part.name: part.value for part in behind.parts} == {
        "price": -10,
        "transport": 0,
        "margin of preference": 33,
    }
    words = explain(found, "B")
    assert "Part by part, in USD: price -10, margin of preference +33." in words
    assert behind.price.exact == (120 - 10 - 3) / Fraction("1.3")


def test_a_price_at_which_the_margin_would_have_been_made_up_is_told():
    found = by_name(result(*_bids(), **_margin("0.3")))["B"]
    assert found.break_even.price.exact == Fraction(110) / Fraction("1.3")


def test_no_price_makes_up_for_what_is_added():
    added = [make.addition("transport", "150")]
    found = result(
        bid("A", "100", additions=[make.addition("transport", "0")]),
        bid("B", "100", additions=added),
        **_margin("0.3"),
    )
    assert by_name(found)["B"].break_even is None
    assert by_name(found)["B"].behind.price is None


def test_what_is_stated_per_unit_and_per_line_is_reckoned_by_line():
    terms = {
        "method": "lowest_evaluated_price",
        "items": [item("1", "10"), item("2", "4")],
        "components": [make.component("haul", "unit"), make.component("fee", "line")],
    }
    additions = [make.addition("haul", a, n) for n, a in (("1", "1.5"), ("2", "2"))]
    additions += [make.addition("fee", a, n) for n, a in (("1", "7"), ("2", "9"))]
    found = result(bid("A", line("1", "10"), line("1", "4", "2"), additions=additions), **terms)
    parts = {step.label: step.value.exact for step in found.bids[0].working}
    assert (parts["haul"], parts["fee"]) == (15 + 8, 16)
    assert found.bids[0].evaluated_price.exact == 14 + 23 + 16
    haul = next(step for step in found.bids[0].working if step.label == "haul")
    assert (haul.formula, haul.inputs[1].name) == (
        "sum of amount × quantity",
        "quantity of line 1",
    )


def test_partial_bids_are_compared_with_transport_of_the_full_quantity():
    terms = {
        "method": "lowest_evaluated_price",
        "items": [item("1", "10")],
        "partial": {"minimum_share": "0.5"},
        "components": [make.component("haul", "unit")],
    }
    half = bid("A", line("1", "5"), additions=[make.addition("haul", "2", "1")])
    assert result(half, **terms).bids[0].evaluated_price.exact == 10 + 20


@pytest.mark.parametrize(("per", "added"), [(None, "3"), ("1", "15")])
def test_published_amounts_are_due_once_or_per_unit(per, added):
    terms = {"method": "lowest_evaluated_price", "items": [item("1", "5")]}
    criteria = [make.money("grade", "0", "3", per_unit_of=per)]
    found = result(bid("A", line("1", "5"), responses=[("grade", "3")]), criteria=criteria, **terms)
    assert found.bids[0].evaluated_price.exact == 5 + Fraction(added)


def test_bounds_and_tests_take_the_price_and_not_what_is_added():
    bounds = {"reserve_price": "105", "minimum_price": None}
    found = result(*_bids(), **_margin("0.1"), bounds=bounds)
    assert ranks(found) == {"B": 1, "A": None}


def _faulty(change, **changes):
    value = case_json(*_bids(), **(_margin("0.1") | changes))
    change(value)
    with pytest.raises(InvalidCase) as refused:
        from_json(value)
    return refused.value.message


def _set(*path, to):
    def change(value):
        *way, last = path
        for step in way:
            value = value[step]
        value[last] = to

    return change


ONE = make.addition("transport", "1")


@pytest.mark.parametrize(
    ("path", "to", "message"),
    [
        (
            ("bids", 0, "additions"),
            [],
            "bids[0].additions: there is no transport; write 0 for none",
        ),
        (("bids", 0, "additions"), [ONE, ONE], 'the addition "transport of " stands here twice'),
        (("bids", 0, "additions", 0, "item"), "1", "additions[0].item: null where it is stated"),
        (("bids", 0, "additions", 0, "component"), "x", 'there is no component "x"'),
        (("bids", 0, "additions", 0, "reason"), " ", "an addition needs its reason"),
        (("bids", 0, "additions", 0, "amount"), "-1", "additions[0].amount: -1 is below zero"),
        (("bids", 0, "groups", 0, "group"), "x", 'groups[0].group: there is no group "x"'),
        (("bids", 0, "groups", 0, "evidence"), "", "belonging to a group needs its evidence"),
        (("bids", 0, "groups"), [make.member("local")] * 2, 'the group "local" stands here twice'),
        (("preference", "group"), "x", 'preference.group: there is no group "x"'),
        (("preference", "margin"), "1", "preference.margin: is a share and must be below 1"),
        (("preference", "margin"), "0", "preference.margin: must be above zero"),
        (("preference", "base"), "all", '"all" is not one of: price, price_and_components, offer'),
        (("preference", "way"), "x", "is not one of: added_to_others, deducted_from_group"),
        (("preference", "base"), "price_and_components", "name some for the base"),
        (("preference", "components"), ["transport"], "name some for the base"),
        (("components", 0, "per"), "kg", '"kg" is not one of: lot, line, unit'),
        (("components", 0, "component"), "price", '"price" names something else'),
        (("components",), [make.component("a")] * 2, 'the component "a" stands here twice'),
        (("groups",), [make.group("local")] * 2, 'the group "local" stands here twice'),
        (("method",), "lowest_price", "components: the method lowest_price does not use it"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(path, to, message):
    assert message in _faulty(_set(*path, to=to))


def test_a_base_names_components_that_exist():
    rule = make.preference("0.1", "price_and_components", ["x"], of="local")
    assert 'components[0]: there is no component "x"' in _faulty(lambda v: None, preference=rule)
    rule["components"] = ["transport", "transport"]
    assert "stands here twice" in _faulty(lambda v: None, preference=rule)


def test_a_preference_without_a_method_that_uses_it_is_refused():
    value = case_json(groups=[make.group("local")], preference=make.preference("0.1", of="local"))
    with pytest.raises(InvalidCase, match="preference: the method lowest_price does not use it"):
        from_json(value)


@pytest.mark.parametrize(
    ("criterion", "message"),
    [
        (make.money("grade"), "a money criterion needs at least one option"),
        (make.money("grade", "1", per_unit_of="9"), 'per_unit_of: there is no item "9"'),
        (make.money("price", "1"), '"price" names something else'),
        (make.money("margin of preference", "1"), "names something else"),
        (make.money("transport", "1"), '"transport" names something else'),
        (make.points("grade", "1"), "lowest_evaluated_price uses no points criteria"),
        (make.gate() | {"per_unit_of": "1"}, "only money is due per unit; leave it out"),
    ],
)
def test_criteria_that_do_not_fit_are_refused(criterion, message):
    assert message in _faulty(lambda value: None, criteria=[criterion])


def test_a_bid_of_another_group_is_not_preferred():
    terms = _margin("0.1") | {"groups": [make.group("local"), make.group("small")]}
    added = [make.addition("transport", "0")]
    found = result(bid("A", "100", additions=added, groups=[make.member("small")]), **terms)
    assert found.bids[0].evaluated_price.exact == 110


@pytest.mark.parametrize(("haul", "price"), [("100", None), ("99.5", "0.5")])
def test_a_price_above_zero_is_a_price_and_zero_is_none(haul, price):
    terms = {"method": "lowest_evaluated_price", "components": [make.component("haul")]}
    first = bid("A", "100", additions=[make.addition("haul", "0")])
    far = bid("B", "50", additions=[make.addition("haul", haul)])
    found = by_name(result(first, far, **terms))["B"]
    told = found.break_even and found.break_even.price.exact
    assert told == (None if price is None else Fraction(price))


def test_the_step_of_a_published_amount_names_what_it_is():
    criteria = [make.money("grade", "0", "3")]
    found = result(
        bid("A", "5", responses=[("grade", "3")]), method=LOCAL["method"], criteria=criteria
    )
    step = found.bids[0].working[-2]
    assert (step.formula, step.inputs[0].name) == ("published amount", "published amount")
