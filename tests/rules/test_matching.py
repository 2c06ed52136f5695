"""Price-matching preferences: who is invited, and who supplies what."""

from fractions import Fraction

import pytest

from procurement.rules.case import from_json
from procurement.rules.explain import explain
from procurement.rules.money import plain
from procurement.rules.reading import InvalidCase
from tests.rules import cases as make
from tests.rules.cases import bid, case_json, item, line, result

LOT = [item(quantity="100") | {"quantum": "1"}]
HALF = make.matching("half", "local", "0.2", "0.5")
QUARTER = make.matching("quarter", "small", "0.15", "0.25", "all_within")
TERMS = {
    "items": LOT,
    "groups": [make.group("local"), make.group("small")],
    "tie_break": ["earliest_submission"],
}


def _bid(name, price, *groups, at="2026-03-01T08:00:00Z", **answers):
    return bid(
        name,
        line(price, "100"),
        at=at,
        groups=[make.member(group) for group in groups],
        answers=[make.answer(rule, agrees) for rule, agrees in answers.items()],
    )


FIRST = _bid("F", "100")


def _found(*bids, rules=(HALF,), **changes):
    return result(*bids, **(TERMS | {"matching": list(rules)} | changes))


def _invited(found):
    return [(one.bid, one.answer) for one in found.invitations]


def _portions(found):
    return {(one.bid, one.why): plain(one.quantity) for one in found.portions}


def test_the_band_belongs_to_those_invited():
    inside, outside = _bid("A", "120", "local"), _bid("B", "120.000001", "local")
    assert _invited(_found(FIRST, inside)) == [("A", "open")]
    assert _invited(_found(FIRST, outside)) == []
    assert _portions(_found(FIRST, outside)) == {("F", "first"): "100"}


def test_one_is_asked_after_the_other_in_order_of_rank():
    near, far = _bid("A", "110", "local"), _bid("B", "105", "local")
    assert _invited(_found(FIRST, near, far)) == [("B", "open")]
    declined = _bid("B", "105", "local", half=False)
    assert _invited(_found(FIRST, near, declined)) == [("B", "declined"), ("A", "open")]
    agreed = _bid("A", "110", "local", half=True)
    found = _found(FIRST, agreed, declined)
    assert _portions(found) == {("A", "half"): "50", ("F", "first"): "50"}


def test_nothing_is_divided_while_an_invitation_is_open():
    assert _found(FIRST, _bid("A", "110", "local")).portions == ()


def test_nobody_agreed_and_the_first_supplies_all():
    found = _found(FIRST, _bid("A", "110", "local", half=False))
    assert _portions(found) == {("F", "first"): "100"}


def test_nobody_is_invited_where_the_first_is_of_the_group():
    found = _found(_bid("F", "100", "local"), _bid("A", "110", "local"))
    assert _invited(found) == []
    assert _portions(found) == {("F", "first"): "100"}


def test_nobody_is_invited_while_several_are_first():
    found = _found(FIRST, _bid("G", "100"), _bid("A", "110", "local"), tie_break=[])
    assert _invited(found) == []
    assert found.portions == ()


def test_a_local_bid_behind_an_equal_first_is_invited():
    late = _bid("A", "100", "local", at="2026-03-01T09:00:00Z")
    assert _invited(_found(FIRST, late)) == [("A", "open")]


def test_all_who_agree_share_in_whole_steps_and_the_better_ranked_get_the_rest():
    bids = [_bid(n, p, "small", quarter=True) for n, p in (("A", "103"), ("B", "102"))]
    found = _found(FIRST, *bids, _bid("C", "115", "small", quarter=False), rules=[QUARTER])
    assert _portions(found) == {
        ("B", "quarter"): "13",
        ("A", "quarter"): "12",
        ("F", "first"): "75",
    }


def test_a_share_that_is_no_whole_number_of_steps_is_rounded_down():
    lot = [item(quantity="100") | {"quantum": "8"}]
    taker = _bid("A", "110", "local", half=True)
    assert _portions(_found(FIRST, taker, items=lot)) == {("A", "half"): "48", ("F", "first"): "52"}


def test_a_share_of_less_than_a_step_for_each_goes_to_the_better_ranked():
    lot = [item(quantity="100") | {"quantum": "20"}]
    bids = [_bid(n, p, "small", quarter=True) for n, p in (("A", "103"), ("B", "102"))]
    found = _found(FIRST, *bids, rules=[QUARTER], items=lot)
    assert _portions(found) == {("B", "quarter"): "20", ("F", "first"): "80"}


def test_two_rules_both_apply_and_the_band_stays_that_of_the_original_first():
    both = _bid("A", "115", "local", "small", half=True, quarter=True)
    small = _bid("B", "115", "small", quarter=True)
    found = _found(FIRST, both, small, rules=[HALF, QUARTER], tie_break=[])
    assert _portions(found) == {
        ("A", "half"): "50",
        ("A", "quarter"): "13",
        ("B", "quarter"): "12",
        ("F", "first"): "25",
    }
    assert {plain(one.limit.exact) for one in found.invitations} == {"12000", "11500"}


def test_every_item_is_divided_by_its_own_step():
    lot = [item("1", "10") | {"quantum": "1"}, item("2", "3") | {"quantum": "0.5"}]
    first = bid("F", line("1", "10"), line("1", "3", "2"))
    taker = bid(
        "A",
        line("1.1", "10"),
        line("1", "3", "2"),
        groups=[make.member("local")],
        answers=[make.answer("half")],
    )
    found = _found(first, taker, items=lot)
    assert [(p.bid, p.item, plain(p.quantity)) for p in found.portions] == [
        ("A", "1", "5"),
        ("F", "1", "5"),
        ("A", "2", "1.5"),
        ("F", "2", "1.5"),
    ]


def test_the_price_to_match_makes_up_for_what_is_added():
    terms = {"method": "lowest_evaluated_price", "components": [make.component("haul")]}
    bids = [_bid("F", "100"), _bid("A", "100", "local")]
    for entry, amount in zip(bids, ("0", "500"), strict=True):
        entry["additions"] = [make.addition("haul", amount)]
    found = _found(*bids, **terms)
    assert plain(found.invitations[0].price.exact) == "9500"


def test_an_invitation_that_no_price_can_meet_says_so():
    terms = {"method": "lowest_evaluated_price", "components": [make.component("haul")]}
    bids = [_bid("F", "100"), _bid("A", "10", "local")]
    for entry, amount in zip(bids, ("0", "10500"), strict=True):
        entry["additions"] = [make.addition("haul", amount)]
    found = _found(*bids, **terms)
    assert found.invitations[0].price is None
    assert "No price above zero would match it. Answer: open." in explain(found, "A")


def test_invitation_and_portion_are_told_in_words():
    found = _found(FIRST, _bid("A", "110", "local", half=True))
    words = explain(found, "A")
    assert (
        "Bid A may match the first by half: it belongs to local and is not above 12000 USD,"
        " 20 % over the first. Its price would have to be 10000 USD. Answer: agreed." in words
    )
    assert "Bid A supplies 50 of item 1, by half, for matching the first." in words
    assert "Bid F supplies 50 of item 1, as the first." in explain(found, "F")


@pytest.mark.parametrize(
    "bids",
    [
        [FIRST, _bid("A", "121", "local", half=True)],
        [FIRST, _bid("A", "110", half=True)],
        [_bid("F", "100", half=True), _bid("A", "110", "local")],
        [FIRST, _bid("A", "105", "local", half=True), _bid("B", "110", "local", half=False)],
        [FIRST, _bid("A", "105", "local"), _bid("B", "110", "local", half=True)],
    ],
)
def test_an_answer_of_a_bid_that_was_not_invited_is_refused(bids):
    with pytest.raises(InvalidCase, match=r'answers of bid ".": half did not invite this bid'):
        _found(*bids)


def _message(*bids, **changes):
    with pytest.raises(InvalidCase) as refused:
        from_json(case_json(*bids, **(TERMS | {"matching": [HALF]} | changes)))
    return refused.value.message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"items": [item(quantity="100")]}, "items[0].quantum: matching divides the lot"),
        ({"items": [item() | {"quantum": "1.1"}]}, "items[0].quantum: is above the quantity"),
        ({"items": [item() | {"quantum": "0"}]}, "items[0].quantum: must be above zero"),
        ({"partial": {"minimum_share": "0.5"}}, "matching: every bid must offer the full quantity"),
        ({"groups": []}, 'matching[0].group: there is no group "local"'),
        ({"matching": [HALF, HALF]}, 'the rule "half" stands here twice'),
        ({"matching": [HALF | {"share": "1.1"}]}, "matching[0].share: is a share and must be at"),
        ({"matching": [HALF | {"band": "1.1"}]}, "matching[0].band: is a share and must be at"),
        (
            {"matching": [HALF, QUARTER | {"share": "0.500001"}]},
            "matching: the shares add up to more than the whole lot",
        ),
        ({"matching": [HALF | {"takers": "any"}]}, "is not one of: next_in_rank, all_within"),
        (
            {"method": "relative_points", "price_points": make.price_points("1", "1")},
            "matching: the method relative_points does not use it",
        ),
    ],
)
def test_rules_that_do_not_fit_are_refused(changes, message):
    assert message in _message(**changes)


def test_shares_of_the_whole_lot_are_allowed():
    rules = [HALF, QUARTER | {"share": "0.5"}]
    found = _found(FIRST, rules=rules)
    assert _portions(found) == {("F", "first"): "100"}


def test_answers_name_their_rule_once():
    assert 'there is no rule "x"' in _message(_bid("A", "1", "local", x=True))
    twice = _bid("A", "1", "local", half=True)
    twice["answers"] *= 2
    assert 'the answer "half" stands here twice' in _message(twice)


def test_quantities_are_exact():
    lot = [item(quantity="1") | {"quantum": "0.000001"}]
    third = HALF | {"share": "0.333333333333333333"}
    bids = [
        bid(n, p, groups=[make.member(g) for g in groups], answers=answers)
        for n, p, groups, answers in (
            ("F", "1", [], []),
            ("A", "1.1", ["local"], [make.answer("half")]),
        )
    ]
    found = _found(*bids, items=lot, rules=[third])
    assert [one.quantity for one in found.portions] == [
        Fraction("0.333333"),
        Fraction("0.666667"),
    ]


def test_an_answer_to_one_rule_is_none_to_another():
    both = _bid("A", "110", "local", "small", half=False)
    found = _found(FIRST, both, rules=[HALF, QUARTER])
    assert [(one.matching, one.answer) for one in found.invitations] == [
        ("half", "declined"),
        ("quarter", "open"),
    ]
