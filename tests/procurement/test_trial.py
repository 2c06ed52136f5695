"""Imagined bids go through the published rules and through nothing else."""

from decimal import Decimal

import pytest

from procurement.queries import terms
from procurement.rules.bidding import BidContent, LineOffer
from procurement.rules.published import published_digest
from procurement.rules.trial import ASSUMED, trial
from tests.factories import Market, tender_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def tender(db):
    return tender_at("open", Market(), prices=())


def at_price(price: str) -> BidContent:
    return BidContent(lines=(LineOffer(1, 1, Decimal(price), Decimal(100)),))


def tried(tender, **prices):
    offers = {name: at_price(price) for name, price in prices.items()}
    return trial(terms.frozen(tender), tender.terms_hash, 1, offers)


def test_the_cheaper_of_two_imagined_bids_is_first(tender):
    result = tried(tender, mine="310", other="300.5")
    assert [(bid.bid, bid.rank, bid.price.shown) for bid in result.bids] == [
        ("other", 1, "30050.00"),
        ("mine", 2, "31000.00"),
    ]


def test_what_evaluators_must_judge_is_assumed_and_said_to_be(tender):
    gates = tried(tender, mine="310").bids[0].gates
    assert {gate.name for gate in gates if gate.reason == ASSUMED} == {"1", "eligible"}


def test_in_an_exact_tie_the_one_named_first_came_first(tender):
    assert tried(tender, other="300", mine="300").winners == ("other",)


def test_a_bid_without_a_price_for_the_item_does_not_pass(tender):
    result = trial(terms.frozen(tender), tender.terms_hash, 1, {"mine": BidContent()})
    assert not result.bids[0].qualified


def test_the_rules_are_those_that_were_published(tender):
    published = published_digest(terms.frozen(tender), tender.terms_hash, 1)
    assert tried(tender, mine="310").terms_digest == published
