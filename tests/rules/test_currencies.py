"""Bids in other currencies, converted at a stated rate of a stated day and source."""

from fractions import Fraction

import pytest

from procurement.rules.case import from_json, terms_digest
from procurement.rules.explain import explain
from procurement.rules.reading import InvalidCase
from tests.rules import cases as make
from tests.rules.cases import bid, by_name, case, case_json, ranks, result

ZWG = make.rate("ZWG", "26.7154", "1")


def test_a_price_is_converted_exactly_whichever_way_the_rate_is_published():
    bids = bid("A", "100", currency="ZWG"), bid("B", "100", currency="ZAR")
    found = by_name(result(*bids, rates=[ZWG, make.rate("ZAR", "1", "0.0543")]))
    assert found["A"].price.exact == Fraction(100) / Fraction("26.7154")
    assert found["B"].price.exact == Fraction("5.43")


def test_the_lot_may_be_in_zwg_and_bids_in_dollars():
    rates = [make.rate("USD", "1", "26.7154")]
    found = result(bid("A", "10", currency="USD"), bid("B", "268"), currency="ZWG", rates=rates)
    assert ranks(found) == {"A": 1, "B": 2}
    assert found.bids[0].price.exact == Fraction("267.154")


def test_the_currency_of_the_lot_may_be_named():
    assert result(bid("A", "10", currency="USD")).bids[0].price.exact == 10


def test_prices_that_differ_beyond_what_is_shown_are_told_apart():
    # 1 / 3 of a dollar and 0.333333333333333333 are not equal.
    bids = bid("A", "1", currency="ZWG"), bid("B", "0.333333333333333333")
    assert ranks(result(*bids, rates=[make.rate("ZWG", "3", "1")])) == {"B": 1, "A": 2}


def test_the_conversion_is_a_step_that_names_day_and_source():
    found = result(bid("A", "53.4308", currency="ZWG"), rates=[ZWG])
    assert (
        "price in USD = price · worth / units, ZWG of 2026-03-02"
        " (The central bank's published mid-rate) [price 53.4308, worth 1, units 26.7154] = 2\n"
    ) in explain(found, "A")


def test_bounds_take_the_converted_price():
    bounds = {"reserve_price": "4", "minimum_price": None}
    found = result(bid("A", "100", currency="ZWG"), rates=[ZWG], bounds=bounds)
    assert ranks(found) == {"A": 1}


def test_a_correction_stays_in_the_currency_of_the_bid():
    wrong = bid("A", make.line("10", "1", stated_total="11"), currency="ZWG")
    found = result(wrong, rates=[ZWG])
    assert found.bids[0].corrections[0].currency == "ZWG"
    assert "10 × 1 is 10 ZWG, not 11; the unit price prevails" in explain(found, "A")
    at_home = bid("A", make.line("10", "1", stated_total="11"))
    assert result(at_home).bids[0].corrections[0].currency == "USD"


def test_the_rate_of_the_day_is_no_part_of_the_terms_and_its_source_is():
    before = terms_digest(case(rates=[make.rate("ZWG", None, None)]))
    assert terms_digest(case(rates=[ZWG])) == before
    for change in ({"source": "Elsewhere"}, {"date": "2026-03-03"}, {"currency": "ZAR"}):
        assert terms_digest(case(rates=[ZWG | change])) != before


@pytest.mark.parametrize(
    ("currency", "rates", "message"),
    [
        ("ZAR", [ZWG], "bids[0].currency: no rate is published for ZAR"),
        ("ZWG", [make.rate("ZWG", None, None)], "the rate of ZWG of 2026-03-02 is not in the case"),
        ("ZWG", [make.rate("ZWG", "1", None)], "rates[0]: units and worth belong together"),
        ("ZWG", [make.rate("ZWG", None, "1")], "rates[0]: units and worth belong together"),
        ("ZWG", [make.rate("ZWG", "0", "1")], "rates[0].units: must be above zero"),
        ("ZWG", [ZWG, ZWG], 'the currency "ZWG" stands here twice'),
        ("USD", [make.rate("USD", "1", "1")], "rates[0].currency: is the currency of the lot"),
        ("ZWG", [ZWG | {"source": " "}], "rates[0].source: a rate needs its date and its source"),
        ("ZWG", [ZWG | {"date": "2026-02-30"}], 'rates[0].date: "2026-02-30" is not a date that'),
        ("ZWG", [ZWG | {"date": "2 March"}], 'rates[0].date: "2 March" is not a date; write'),
    ],
)
def test_a_rate_that_does_not_fit_is_refused(currency, rates, message):
    with pytest.raises(InvalidCase) as refused:
        from_json(case_json(bid("A", "1", currency=currency), rates=rates))
    assert message in refused.value.message
