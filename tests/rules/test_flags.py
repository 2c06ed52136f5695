"""Abnormally low prices are flagged by published tests and never rejected for it."""

from fractions import Fraction

import pytest

from procurement.rules.flags import (
    below_mean_minus_deviations,
    below_mean_of_others,
    below_next,
    prices,
)
from tests.rules.cases import bid, by_name, result

TESTS = [
    {"test": "below_mean_of_others", "threshold": "0.4"},
    {"test": "below_next", "threshold": "0.3"},
]
FORTY, THIRTY = Fraction("0.4"), Fraction("0.3")


def _of(*values):
    return prices(Fraction(value) for value in values)


def _flagged(*values, **changes):
    bids = [bid(f"b{i}", str(v)) for i, v in enumerate(values)]
    found = result(*bids, **({"abnormally_low": TESTS} | changes))
    return {b.bid: [f.test for f in b.flags] for b in found.bids if b.flags}


def test_ordinary_prices_raise_no_flag():
    assert _flagged(1100, 1000, 1200) == {}


def test_a_price_far_below_the_others_is_flagged_by_both_tests_and_still_wins():
    assert _flagged(500, 1000, 1100) == {"b0": ["below_mean_of_others", "below_next"]}
    found = result(*(bid(f"b{p}", str(p)) for p in (500, 1000, 1100)), abnormally_low=TESTS)
    assert found.winners == ("b500",)


def test_without_published_tests_nothing_is_flagged():
    assert _flagged(1, 1000, 1100, abnormally_low=[]) == {}


@pytest.mark.parametrize(("price", "flags"), [("60", True), ("60.000001", False)])
def test_exactly_at_the_threshold_is_flagged(price, flags):
    among = _of(price, 80, 120)
    assert bool(below_mean_of_others(Fraction(price), among, FORTY)) is flags
    among = _of(price, Fraction(600, 7))
    assert bool(below_next(Fraction(price), among, THIRTY)) is flags


def test_the_words_give_the_share_and_the_price_compared_with():
    assert below_next(Fraction(50), _of(50, 100), THIRTY) == "50 is 50 % below the next price, 100"
    words = below_mean_of_others(Fraction(40), _of(40, 90, 110), FORTY)
    assert words == "40 is 60 % below the mean of the others, 100"


def test_a_lone_bid_has_nothing_to_be_compared_with():
    assert _flagged(1) == {}


def test_one_other_bid_is_mean_enough():
    assert below_mean_of_others(Fraction(60), _of(60, 100), FORTY)


def test_only_the_lowest_of_distinct_prices_has_a_next_far_above():
    among = _of(50, 100, 300)
    assert below_next(Fraction(100), among, THIRTY)
    assert below_next(Fraction(300), among, THIRTY) is None


def test_two_equal_prices_are_each_others_next():
    assert below_next(Fraction(50), _of(50, 50, 100), THIRTY) is None


def test_disqualified_bids_do_not_enter_the_comparison():
    bounds = {"reserve_price": "500", "minimum_price": None}
    assert _flagged(100, 110, 9000, bounds=bounds) == {}


def test_the_deviation_test_needs_five_bids():
    assert below_mean_minus_deviations(Fraction(1), _of(1, 100, 100, 100), Fraction(1)) is None
    assert below_mean_minus_deviations(Fraction(1), _of(1, 100, 100, 100, 100), Fraction(1))


@pytest.mark.parametrize(("deviations", "flags"), [("2", True), ("2.000001", False)])
def test_exactly_so_many_deviations_below_the_mean_is_flagged(deviations, flags):
    # Mean 90, variance (50² + 4 · 12.5²) / 5 = 625: the lowest is 50 = 2 · 25 below.
    among = _of(40, "102.5", "102.5", "102.5", "102.5")
    assert bool(below_mean_minus_deviations(Fraction(40), among, Fraction(deviations))) is flags


def test_five_equal_bids_are_not_flagged():
    assert below_mean_minus_deviations(Fraction(7), _of(7, 7, 7, 7, 7), Fraction(1)) is None


def test_a_price_far_above_the_mean_is_not_low():
    among = _of(100, 100, 100, 100, 900)
    assert below_mean_minus_deviations(Fraction(900), among, Fraction(1)) is None


def test_the_flag_carries_its_test_and_threshold():
    terms = {"abnormally_low": [{"test": "below_mean_minus_deviations", "threshold": "1"}]}
    found = result(*(bid(f"b{p}", str(p)) for p in (1, 96, 97, 98, 99)), **terms)
    flag = by_name(found)["b1"].flags[0]
    assert (flag.flag, flag.test, flag.threshold) == (
        "abnormally-low",
        "below_mean_minus_deviations",
        1,
    )


def test_the_words_of_the_deviations_name_the_mean_and_their_number():
    words = below_mean_minus_deviations(Fraction(40), _of(40, 100, 100, 100, 100), Fraction(2))
    assert words == "40 is 54.5454545454… % below the mean, 88: 2 standard deviations or more"


def test_the_threshold_of_deviations_is_squared_like_the_distance():
    # The distance is exactly 2 deviations.
    among = _of(40, 100, 100, 100, 100)
    assert below_mean_minus_deviations(Fraction(40), among, Fraction("2.1")) is None
    assert below_mean_minus_deviations(Fraction(40), among, Fraction("1.9")) is not None
