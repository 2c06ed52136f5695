"""The result page: what each bid was compared on, each number's working, how firm the first is."""

import re

import pytest
from django.urls import reverse

from marketplace.accounts.roles import Role
from tests.factories import declare, person, tender_at
from tests.method_lots import RELATIVE
from tests.operations import test_judging as judged
from tests.web.buyer_support import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def margin(market):
    lot = tender_at("opened", market, lots=(judged.WITHOUT_ANSWERS,)).lots.get()
    judged.passed(lot, market.evaluator)
    judged.assess(lot, market.evaluator, belongs=(True, False, False))
    judged.evaluate(lot, market.evaluator)
    return lot


@pytest.fixture
def rated(market):
    lot = tender_at("opened", market, lots=(RELATIVE,)).lots.get()
    second = person("Enos Evaluator", market.buyer, Role.EVALUATOR)
    declare(lot.tender, second)
    judged.mark_and_sign(lot, market.evaluator, 4, 8, 6)
    judged.mark_and_sign(lot, second, 6, 10, 7)
    judged.evaluate(lot, second)
    return lot


def page(market, lot, name="lot_result", *more):
    address = reverse(name, args=[lot.tender.reference, lot.number, *more])
    return text(signed_in(market.evaluator).get(address))


def test_the_margin_stands_in_its_own_column(market, margin):
    told = page(market, margin)
    assert "What each bid was compared on" in told
    for words in ("Transport to the depot", "Laboratory test", "Margin of preference"):
        assert words in told
    # 10 % of 30000 + 200, to the cent like the evaluated price beside it.
    assert "3,020.00" in told


def test_a_number_leads_to_its_working(market, margin):
    bid = margin.tender.bids.order_by("id")[1].public_id
    assert f"/bids/{bid}/#addition-1" in page(market, margin)
    told = page(market, margin, "lot_result_bid", bid)
    assert 'id="addition-1"' in told and "Transport to the depot" in told


def test_points_are_shown_with_marks_and_names(market, rated):
    told = page(market, rated)
    assert "Points for the price" in told and "Taste" in told
    bid = rated.tender.bids.order_by("id")[1].public_id
    why = page(market, rated, "lot_result_bid", bid)
    assert "mark of Eva Evaluator = 8" in why and "mark of Enos Evaluator = 10" in why


def test_what_put_a_bid_behind_is_told_by_name(market, rated):
    bid = rated.tender.bids.order_by("id")[0].public_id
    told = page(market, rated, "lot_result_bid", bid)
    assert "Part by part: Points for the price +2.11…; Taste -4.5." in told
    assert "82.74 points, Mbare Millers 85.12" in told


def test_the_page_says_what_would_have_changed_the_winner(market, rated, margin):
    assert "stays first while “Taste” is worth" in page(market, rated)
    told = page(market, margin)
    assert re.search(r"would have been level with the first at USD [\d,]+\.\d\d[….]", told)
