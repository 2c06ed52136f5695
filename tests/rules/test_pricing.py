"""The price of the whole lot: the unit price prevails, and every correction is listed."""

from fractions import Fraction

import pytest

from tests.rules.cases import bid, by_name, item, line, ranks, result


def test_the_unit_price_prevails_over_the_stated_total():
    offer = bid("a", line("2.50", "100", stated_total="205.00"))
    found = result(offer, items=[item(quantity="100")]).bids[0]
    assert found.price.exact == 250
    correction = found.corrections[0]
    assert correction.item == "1"
    assert (correction.stated_total, correction.corrected_total) == (205, 250)
    assert correction.difference == 45


def test_a_correction_can_change_who_comes_first():
    swapped = bid("a", line("2.50", "100", stated_total="205.00"))
    honest = bid("b", line("2.40", "100", stated_total="240.00"))
    assert ranks(result(swapped, honest, items=[item(quantity="100")])) == {"a": 2, "b": 1}


@pytest.mark.parametrize("stated", ["0.999", "1.00", None])
def test_a_total_that_is_right_or_only_rounded_is_not_corrected(stated):
    offer = bid("a", line("0.333", "3", stated_total=stated))
    found = result(offer, items=[item(quantity="3")]).bids[0]
    assert found.corrections == ()
    assert found.price.exact == Fraction(999, 1000)


def test_a_total_rounded_in_another_way_than_published_is_corrected():
    offer = bid("a", line("0.333", "3", stated_total="0.99"))
    found = result(offer, items=[item(quantity="3")]).bids[0]
    assert len(found.corrections) == 1


def test_the_working_shows_each_line_and_their_sum():
    offer = bid("a", line("1.5", "2", "1"), line("0.1", "3", "2"))
    found = result(offer, items=[item("1", "2"), item("2", "3")]).bids[0]
    steps = [(step.label, step.value.exact) for step in found.working]
    assert steps[:3] == [("line 1", 3), ("line 2", Fraction("0.3")), ("price", Fraction("3.3"))]
    assert [(i.name, i.value) for i in found.working[0].inputs] == [
        ("unit price", Fraction("1.5")),
        ("quantity", 2),
    ]


def test_partial_bids_are_compared_at_the_full_quantity():
    small_but_dear = bid("a", line("3", "40"))
    whole_and_cheap = bid("b", line("2", "100"))
    terms = {"items": [item(quantity="100")], "partial": {"minimum_share": "0.4"}}
    found = by_name(result(small_but_dear, whole_and_cheap, **terms))
    assert found["a"].price.exact == 300
    assert found["a"].working[0].formula == "unit price × quantity asked for"
    assert found["b"].rank == 1


def test_a_correction_in_a_partial_lot_is_of_the_quantity_offered():
    offer = bid("a", line("3", "40", stated_total="130"))
    terms = {"items": [item(quantity="100")], "partial": {"minimum_share": "0.4"}}
    correction = result(offer, **terms).bids[0].corrections[0]
    assert (correction.quantity, correction.corrected_total) == (40, 120)


def test_prices_with_many_decimals_are_multiplied_without_loss():
    offer = bid("a", line("0.000000000000000001", "999999999999999999.9"))
    found = result(offer, items=[item(quantity="999999999999999999.9")]).bids[0]
    assert found.price.exact == Fraction(9999999999999999999, 10**19)
