"""The two formulas, worked by hand."""

from fractions import Fraction

import pytest

from procurement.rules.scoring import METHODS
from tests.rules.cases import bid, by_name, quality, ranks, result

TWO = [quality("q1", "0", "0.1", "0.15"), quality("q2", "0", "0.1", "0.15")]
SOME = [("q1", "0.1"), ("q2", "0.1")]


def _per_quality(*bids, criteria=TWO):
    return result(*bids, method="price_per_quality", criteria=criteria)


def test_lowest_price_ranks_by_price_alone():
    found = result(bid("a", "10.01"), bid("b", "10"), bid("c", "9.99"))
    assert ranks(found) == {"c": 1, "b": 2, "a": 3}
    assert by_name(found)["a"].evaluated_price.exact == Fraction("10.01")


def test_price_per_quality_divides_by_the_coefficient():
    found = _per_quality(bid("a", "1000", responses=SOME)).bids[0]
    assert found.working[-2].value.exact == Fraction(9, 7)
    assert found.evaluated_price.exact == Fraction(7000, 9)
    assert found.evaluated_price.shown == "777.78"


def test_the_highest_value_of_each_criterion_is_its_vmax():
    found = _per_quality(bid("a", "1000", responses=[("q1", "0.15"), ("q2", "0.15")])).bids[0]
    assert found.working[-2].value.exact == 1 + Fraction("0.3") / Fraction("0.7")


def test_without_quality_the_evaluated_price_is_the_price():
    found = _per_quality(bid("a", "1000", responses=[("q1", "0"), ("q2", "0")])).bids[0]
    assert found.evaluated_price.exact == 1000


def test_quality_can_put_a_dearer_bid_first():
    good = bid("a", "1100", responses=[("q1", "0.15"), ("q2", "0.15")])
    plain = bid("b", "1000", responses=[("q1", "0"), ("q2", "0")])
    assert ranks(_per_quality(good, plain)) == {"a": 1, "b": 2}


def test_the_cheaper_bid_wins_where_both_look_equal_once_rounded():
    # Rounding first would show 77.79 for both and let the dearer, earlier one win.
    dearer = bid("a", "100.02", at="2026-03-01T07:00:00Z", responses=SOME)
    cheaper = bid("b", "100.01", at="2026-03-01T09:00:00Z", responses=SOME)
    found = _per_quality(dearer, cheaper)
    assert ranks(found) == {"b": 1, "a": 2}
    assert {b.evaluated_price.shown for b in found.bids} == {"77.79"}
    assert "look equal only when rounded" in by_name(found)["a"].behind.words


def test_the_break_even_price_would_have_been_level_with_the_first():
    best = bid("a", "1000", responses=[("q1", "0.15"), ("q2", "0.15")])
    found = by_name(_per_quality(best, bid("b", "1000", responses=SOME)))["b"]
    # 700 · 9/7
    assert found.break_even.price.exact == 900
    again = _per_quality(best, bid("b", "900", at="2026-03-02T08:00:00Z", responses=SOME))
    assert [t.bids for t in again.ties] == [("a", "b")]


def test_every_step_names_its_formula_and_inputs():
    step = _per_quality(bid("a", "1000", responses=SOME)).bids[0].working[-2]
    assert (step.label, step.formula) == ("coefficient", "1 + Σv / (1 − Σvmax)")
    assert [(i.name, i.value) for i in step.inputs] == [
        ("v q1", Fraction("0.1")),
        ("v q2", Fraction("0.1")),
        ("vmax q1", Fraction("0.15")),
        ("vmax q2", Fraction("0.15")),
    ]


def test_floats_put_the_wrong_bid_first_and_fractions_do_not():
    earlier = bid("a", "0.1", at="2026-03-01T07:00:00Z")
    earlier["lines"].append({**earlier["lines"][0], "item": "2", "unit_price": "0.2"})
    later = bid("b", "0.15", at="2026-03-01T09:00:00Z")
    later["lines"].append({**later["lines"][0], "item": "2", "unit_price": "0.15"})
    items = [{"item": n, "quantity": "1", "unit": "t"} for n in "12"]
    items = [{"commodity": "", "description": "", "specification": [], **i} for i in items]
    # The prices are equal, but as floats the earlier bid, which wins the tie, looks dearer.
    assert 0.1 + 0.2 > 0.15 + 0.15
    assert ranks(result(earlier, later, items=items)) == {"a": 1, "b": 2}


@pytest.mark.parametrize("name", sorted(METHODS))
def test_every_method_names_its_formula_and_source(name):
    assert METHODS[name].title
    assert METHODS[name].formula
    assert METHODS[name].source
