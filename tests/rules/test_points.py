"""Points: for the price by three formulas, and what a relative one lets a loser do."""

from fractions import Fraction

import pytest

from procurement.rules.case import from_json, terms_digest, to_json
from procurement.rules.explain import explain
from procurement.rules.reading import InvalidCase
from tests.rules.cases import bid, by_name, case, case_json, quality, ranks, result


def _terms(method, weight, total, lowest=None, highest=None, criteria=()):
    points = {"weight": weight, "total": total, "lowest": lowest, "highest": highest}
    return {"method": method, "price_points": points, "criteria": list(criteria)}


def points(name, *values):
    return quality(name, *values) | {"kind": "points"}


RELATIVE = _terms("relative_points", "50", "100", criteria=[points("q", "50", "45", "36", "5")])
A, B, C = (
    bid(n, p, responses=[("q", q)])
    for n, p, q in (("A", "100", "45"), ("B", "80", "36"), ("C", "50", "5"))
)
FIXED = _terms("fixed_bounds_points", "60", "60", "80", "120")


def _points(outcome):
    return {found.bid: found.points.exact for found in outcome.bids}


def test_relative_points_are_in_proportion_to_the_lowest_price():
    bids = [bid("A", "20"), bid("B", "40"), bid("C", "60")]
    found = result(*bids, **_terms("relative_points", "100", "100"))
    assert _points(found) == {"A": 100, "B": 50, "C": Fraction(100, 3)}
    assert found.bids[2].points.decimal == "33.3333333333…"
    assert found.bids[2].evaluated_price is None


def test_a_losing_bid_can_change_the_winner_of_a_relative_method_and_is_named():
    assert ranks(result(A, B, **RELATIVE)) == {"B": 1, "A": 2}
    found = result(A, B, C, **RELATIVE)
    assert _points(found) == {"A": 70, "B": Fraction("67.25"), "C": 55}
    assert [(r.bid, r.winners) for r in found.removals] == [("C", ("B",))]
    assert "Without the losing bid C, B would have won and not A." in explain(found, "A")


def test_a_losing_bid_that_changes_nothing_is_not_named():
    assert result(A, B, **RELATIVE).removals == ()
    harmless = bid("C", "79", responses=[("q", "5")])
    assert result(A, B, harmless, **RELATIVE).removals == ()


def test_the_same_losing_bid_changes_nothing_under_an_absolute_method():
    terms = _terms("fixed_bounds_points", "50", "100", "40", "120", RELATIVE["criteria"])
    with_it, without = result(A, B, C, **terms), result(A, B, **terms)
    assert with_it.removals == ()
    assert [_points(with_it)[n] for n in "AB"] == [_points(without)[n] for n in "AB"]


def test_a_trial_that_would_need_a_draw_without_a_seed_names_the_equals_together():
    terms = _terms("relative_points", "50", "100", criteria=[points("q", "50", "46", "36", "5")])
    level_without_c = bid("A", "100", responses=[("q", "46")])
    found = result(level_without_c, B, C, **terms)
    assert found.winners == ("A",)
    assert [(r.bid, r.winners) for r in found.removals] == [("C", ("A", "B"))]


def test_a_disqualified_bid_does_not_set_the_measure():
    bounds = {"reserve_price": None, "minimum_price": "60"}
    assert ranks(result(A, B, C, **RELATIVE, bounds=bounds)) == {"B": 1, "A": 2, "C": None}


def test_twice_the_lowest_price_earns_nothing_by_the_linear_formula():
    terms = _terms("relative_points_linear", "80", "80")
    bids = [bid("A", "100"), bid("B", "110"), bid("C", "200"), bid("D", "300")]
    assert _points(result(*bids, **terms, tie_break=[])) == {"A": 80, "B": 72, "C": 0, "D": 0}


@pytest.mark.parametrize(
    ("price", "earned"),
    [("79", "60"), ("80", "60"), ("90", "45"), ("120", "0"), ("121", "0"), ("119.99", "0.015")],
)
def test_fixed_bounds_earn_from_nothing_to_all(price, earned):
    assert _points(result(bid("A", price), **FIXED)) == {"A": Fraction(earned)}


def test_the_most_points_come_first_and_ties_go_by_the_list():
    late, early = bid("A", "70", at="2026-03-01T09:00:00Z"), bid("B", "80")
    found = result(late, early, bid("C", "100"), **FIXED)
    assert ranks(found) == {"B": 1, "A": 2, "C": 3}
    assert found.ties[0].value.exact == 60
    assert "exactly 60 points" in by_name(found)["A"].behind.words
    assert by_name(found)["C"].behind.words == (
        "30.00 points, bid A 60.00: 30 fewer. A price of 80 USD would have been level with bid A."
    )
    assert by_name(found)["C"].behind.by == "points"


def test_points_that_differ_only_beyond_what_is_shown_are_told_apart():
    found = result(bid("A", "100"), bid("B", "100.001"), **FIXED)
    assert ranks(found) == {"A": 1, "B": 2}
    assert "look equal only when rounded" in by_name(found)["B"].behind.words


def test_the_break_even_price_of_fixed_bounds_earns_the_points_that_were_missing():
    terms = _terms("fixed_bounds_points", "60", "80", "80", "120", [points("q", "20", "1")])
    best, own = bid("A", "90", responses=[("q", "20")]), bid("B", "95", responses=[("q", "1")])
    found = by_name(result(best, own, **terms))["B"]
    assert found.break_even is None
    best = bid("A", "100", responses=[("q", "20")])
    found = by_name(result(best, own, **terms))["B"]
    # The first has 50 points, so 49 are needed: 49 · 40 / 60 below the highest price.
    assert found.break_even.price.exact == 120 - Fraction(98, 3)


def test_a_relative_method_has_no_break_even_price():
    assert {found.break_even for found in result(A, B, **RELATIVE).bids} == {None}


def test_the_working_adds_the_points_up():
    step = by_name(result(A, B, C, **RELATIVE))["A"].working[-1]
    assert (step.label, step.formula, step.value.exact) == ("points", "sum of the points", 70)
    assert [(i.name, i.value) for i in step.inputs] == [("price points", 25), ("q", 45)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"price_points": None}, "price_points: the method relative_points needs it"),
        (_terms("relative_points", "50", "90"), "total: is 90, but the weights add up to 50"),
        (_terms("relative_points", "50", "50", "1"), "measures by the lowest bid; write null"),
        (_terms("relative_points_linear", "50", "50", None, "1"), "write null for both"),
        (_terms("fixed_bounds_points", "50", "50", "1"), "needs a lowest and a highest price"),
        (_terms("fixed_bounds_points", "50", "50", None, "1"), "needs a lowest and a highest"),
        (_terms("fixed_bounds_points", "50", "50", "2", "2"), "lowest: must be below the highest"),
        (_terms("fixed_bounds_points", "0", "50", "1", "2"), "weight: must be above zero"),
        (_terms("lowest_price", "50", "50"), "lowest_price gives no points; leave it out"),
        ({"criteria": [quality("q", "0.1")]}, "relative_points uses no quality criteria"),
        ({"criteria": [points("q")]}, "a points criterion needs at least one option"),
        ({"price_points": {"weight": "1"}}, 'price_points: the key "total" is missing'),
    ],
)
def test_weights_and_bounds_that_do_not_fit_are_refused(change, message):
    value = case_json(**(_terms("relative_points", "50", "50") | change))
    with pytest.raises(InvalidCase) as refused:
        from_json(value)
    assert message in refused.value.message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            _terms("fixed_bounds_points", "50", "50"),
            "price_points: fixed_bounds_points needs a lowest and a highest price",
        ),
        (
            _terms("fixed_bounds_points", "50", "50", "2", "1"),
            "price_points.lowest: must be below the highest price",
        ),
        (
            _terms("relative_points", "50", "50", "1"),
            "price_points: relative_points measures by the lowest bid; write null for both",
        ),
        (
            {"method": "relative_points"},
            "price_points: the method relative_points needs it",
        ),
        (
            _terms("relative_points", "50", "90"),
            "price_points.total: is 90, but the weights add up to 50",
        ),
        (
            _terms("lowest_price", "50", "50"),
            "price_points: the method lowest_price gives no points; leave it out",
        ),
        (
            {"method": "price_per_quality"},
            "criteria: the method price_per_quality needs at least one quality criterion",
        ),
        (
            {"method": "price_per_quality", "criteria": [quality("q", "1")]},
            "criteria: the highest values add up to 1; it must be below 1",
        ),
    ],
)
def test_a_refusal_of_the_terms_is_one_whole_sentence(change, message):
    with pytest.raises(InvalidCase) as refused:
        from_json(case_json(**change))
    assert refused.value.message == message


def test_highest_values_just_below_one_are_allowed():
    from_json(case_json(method="price_per_quality", criteria=[quality("q", "0.999999")]))


def test_a_trial_draws_with_the_seed_that_is_there():
    # Without C, A and B are level with 86 points each, and the draw decides between them.
    criteria = [points("q", "50", "46", "36", "5")]
    terms = _terms("relative_points", "50", "100", criteria=criteria) | {"tie_break": ["draw"]}
    level_without_c = bid("A", "100", responses=[("q", "46")])
    drawn = {}
    for seed in (f"{number:032x}" for number in range(8)):
        found = result(level_without_c, B, C, **terms, draw_seed=seed)
        alone = result(level_without_c, B, **terms, draw_seed=seed)
        drawn[alone.winners] = [r.winners for r in found.removals]
    assert drawn == {("A",): [], ("B",): [("B",)]}


def test_price_points_are_part_of_the_terms():
    published = terms_digest(case(**_terms("relative_points", "50", "50")))
    assert terms_digest(case(**_terms("relative_points", "60", "60"))) != published


def test_a_case_without_points_is_written_without_the_key():
    assert "price_points" not in to_json(case())
    assert to_json(case(price_points=None)) == to_json(case())
