"""Bids written in one transaction: each is taken or refused for itself, on both databases."""

import pytest
from django.db import IntegrityError

from marketplace.errors import Conflict
from marketplace.ledger.models import Entry
from marketplace.notify.models import Message
from procurement.models import SealedBid
from procurement.operations import bids, submissions
from procurement.operations.submissions import Submission
from procurement.rules import sealing
from tests.factories import DEADLINE, START, Market, offer, tender_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rows():
    """Three tenderers of one tender, sealed and ready to be written."""
    market = Market()
    tender = tender_at("open", market, prices=())
    return [submission(tender, *who) for who in market.tenderers]


def submission(tender, user, firm, **changes):
    sealed = bids._seal(tender, firm, 1, offer(tender, "300"), bids._asked(tender))
    known = {"received_at": START, "now": START, "check": lambda locked: None} | changes
    return Submission(tender, firm, sealed, user, **known)


def late(locked):
    bids.check_accepts(locked, DEADLINE)


def changed(row, **changes):
    return Submission(**{**vars(row), **changes})


def test_a_group_has_one_entry_one_bid_and_one_letter_each(rows):
    made = submissions._grouped(rows)
    places = list(Entry.objects.filter(event="BidSubmitted").values_list("sequence", flat=True))
    assert sorted(places) == [bid.sequence for bid in made]
    assert places == list(range(places[0], places[0] + 3))
    assert Message.objects.filter(key__startswith="receipt:").count() == 3
    assert all(sealing.SealedEnvelope.from_bytes(bytes(bid.envelope)) for bid in made)


def test_a_refusal_touches_nobody_else(rows):
    rows[1] = changed(rows[1], check=late)
    first, second, third = submissions._grouped(rows)
    assert isinstance(second, bids.LateBid)
    assert set(SealedBid.objects.all()) == {first, third}


def test_what_the_database_refuses_of_one_is_written_of_the_others(rows):
    def taken(bid):
        raise IntegrityError("one_request_per_key")

    rows[1] = changed(rows[1], beside=taken)
    first, second, third = submissions._grouped(rows)
    assert isinstance(second, IntegrityError)
    assert set(SealedBid.objects.all()) == {first, third}
    assert Entry.objects.filter(event="BidSubmitted").count() == 2


def test_two_bids_of_one_tenderer_at_once_are_one_bid(rows):
    first, second = submissions._grouped([rows[0], rows[0]])
    assert isinstance(second, Conflict) and SealedBid.objects.get() == first


def test_what_is_kept_beside_a_bid_goes_with_it(rows):
    """As when the process dies before the commit: neither the bid nor what lies beside it."""
    kept = []

    def beside(bid):
        kept.append(bid.sequence)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        submissions._grouped([changed(rows[0], beside=beside)])
    assert (
        kept and not SealedBid.objects.exists() and not Entry.objects.filter(event="BidSubmitted")
    )
