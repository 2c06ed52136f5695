"""Between which weights the first rank holds."""

from fractions import Fraction

import pytest

from procurement.rules.explain import explain
from tests.rules import cases as make
from tests.rules.cases import bid, result

TERMS = {
    "method": "relative_points",
    "criteria": [make.points("q", "30", "15", "0"), make.rated("taste", "30")],
    "price_points": make.price_points("40", "100"),
    "tie_break": ["earliest_submission"],
}


def _bid(name, price, quality, mark, **more):
    return bid(name, price, responses=[("q", quality)], marks=make.marks("taste", mark), **more)


def _ranges(found):
    return {
        one.part: (one.lowest.exact, one.highest.exact, one.below, one.above)
        for one in found.weights
    }


def test_the_others_keep_their_proportions():
    found = result(_bid("A", "200", "30", "10"), _bid("B", "100", "15", "5"), **TERMS)
    # A: 60 + 20; B: 30 + 40. Lead at t: (100 − t) / 2 − t / 2, level at 50.
    assert _ranges(found)["price points"] == (0, 50, (), ("B",))
    # At weight t of q the price weighs 4/7 and taste 3/7 of the rest: the lead is
    # t / 2 + (100 − t) (3/14 − 4/14), level at 100/8.
    assert _ranges(found)["q"] == (Fraction(25, 2), 100, ("B",), ())
    assert _ranges(found)["taste"] == _ranges(found)["q"]


def test_a_bid_that_leads_in_everything_leads_whatever_the_weights():
    found = result(_bid("A", "100", "30", "10"), _bid("B", "101", "15", "9"), **TERMS)
    assert set(_ranges(found).values()) == {(0, 100, (), ())}


def test_the_nearest_of_several_others_sets_the_end():
    third = _bid("C", "160", "30", "6")
    found = result(_bid("A", "200", "30", "10"), _bid("B", "100", "15", "5"), third, **TERMS)
    # C: 30 + 18 + 25 = 73 against 80. Lead at price weight t: (100 − t) / 5 − t / 8.
    assert _ranges(found)["price points"] == (0, 50, (), ("B",))
    dearer = _bid("B", "180", "15", "5")
    found = result(_bid("A", "200", "30", "10"), dearer, third, **TERMS)
    # Now C has the lowest price: its lead is (100 − t) / 5 − t / 5.
    assert _ranges(found)["price points"] == (0, 50, (), ("C",))


def test_nobody_passes_whom_no_weight_tells_apart():
    later = _bid("B", "100", "30", "10", at="2026-03-02T08:00:00Z")
    terms = {
        "method": "fixed_bounds_points",
        "price_points": make.price_points("40", "100", "200", "300"),
    }
    found = result(_bid("A", "200", "30", "10"), later, **(TERMS | terms))
    assert found.winners == ("A",)
    assert set(_ranges(found).values()) == {(0, 100, (), ())}


def test_the_ranges_are_told_in_words():
    found = result(_bid("A", "200", "30", "10"), _bid("B", "100", "15", "5"), **TERMS)
    price = "Bid A stays first while the weight of price points is 0 to 50 (published: 40)"
    assert f"{price}; above that B would pass it." in explain(found, "A")
    assert f"{price}; above that B would pass it." in explain(found, "B")
    quality = "the weight of q is 12.5 to 100 (published: 30); below that B would pass it."
    assert quality in explain(found, "A")


def test_a_bid_that_passes_nobody_is_told_no_range():
    bids = _bid("A", "200", "30", "10"), _bid("B", "100", "15", "5"), _bid("C", "300", "0", "0")
    assert "stays first" not in explain(result(*bids, **TERMS), "C")


@pytest.mark.parametrize(
    "bids",
    [
        [],
        [_bid("A", "100", "30", "10")],
        [_bid("A", "100", "30", "10"), _bid("B", "100", "30", "10")],
    ],
)
def test_there_is_no_range_without_one_first_bid_among_several(bids):
    assert result(*bids, **TERMS).weights == ()


def test_there_is_no_range_where_nothing_but_the_price_counts():
    terms = {"method": "relative_points", "price_points": make.price_points("100", "100")}
    assert result(bid("A", "1"), bid("B", "2"), **terms).weights == ()


def test_a_criterion_that_is_worth_nothing_has_no_range():
    terms = TERMS | {"criteria": [make.points("q", "0"), make.rated("taste", "60")]}
    found = result(_bid("A", "200", "0", "10"), _bid("B", "100", "0", "5"), **terms)
    assert set(_ranges(found)) == {"price points", "taste"}


def test_weights_of_parts_of_one_have_their_ranges():
    terms = {
        "method": "relative_points",
        "criteria": [make.points("q", "0.6", "0")],
        "price_points": make.price_points("0.4", "1"),
    }
    bids = [bid(n, p, responses=[("q", q)]) for n, p, q in (("A", "2", "0.6"), ("B", "1", "0"))]
    found = _ranges(result(*bids, **terms))
    # A leads by (1 − t) − t / 2 where the price weighs t.
    assert found["price points"] == (0, Fraction(2, 3), (), ("B",))
    assert found["q"] == (Fraction(1, 3), 1, ("B",), ())


def test_methods_by_price_have_no_weights():
    assert result(bid("A", "1"), bid("B", "2")).weights == ()
