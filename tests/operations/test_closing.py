"""Between close and opening: nobody is told how many bids there are, and none comes or goes."""

import json

import pytest

from marketplace.errors import Conflict
from marketplace.ledger.models import Entry
from procurement.models import SealedBid
from procurement.operations import openings
from tests.factories import AFTER, PASSPHRASE, Market, tender_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return Market()


def said(tender, event):
    return json.loads(Entry.objects.get(subject=tender.reference, event=event).body)


def refused_release(tender, market):
    opener, _ = market.openers[0]
    with pytest.raises(Conflict) as refused:
        openings.release(tender=tender, passphrase=PASSPHRASE, by=opener, now=AFTER)
    return refused.value.code


@pytest.mark.parametrize("prices", [(), ("310", "300", "320")])
def test_the_close_says_nothing_but_the_deadline_and_a_digest(market, prices):
    body = said(tender_at("closed", market, prices=prices), "TenderClosed")
    own = set(body) - {"at", "by", "event", "previous", "subject", "visibility"}
    assert own == {"deadline", "bids_digest"} and len(body["bids_digest"]) == 64


def test_the_same_list_has_another_digest_in_every_tender(market):
    tenders = [tender_at("closed", market, prices=()) for _ in range(2)]
    assert len({said(tender, "TenderClosed")["bids_digest"] for tender in tenders}) == 2


def test_the_opening_reveals_the_list_of_the_close(market):
    tender = tender_at("opened", market)
    revealed = said(tender, "BidsOpened")["closed"]
    assert [row["sequence"] for row in revealed["bids"]] == list(
        tender.sealed_bids.order_by("sequence").values_list("sequence", flat=True)
    )
    assert revealed["nonce"] == tender.close_nonce


def test_a_bid_removed_after_the_close_stops_the_opening(market):
    tender = tender_at("closed", market)
    tender.sealed_bids.first().delete()
    assert refused_release(tender, market) == "bids-changed-since-close"


def test_a_bid_added_after_the_close_stops_the_opening(market):
    tender = tender_at("closed", market)
    late = SealedBid.objects.get(pk=tender.sealed_bids.first().pk)
    late.pk, late.public_id, late.sequence = None, "late", 10_000
    late.tenderer = market.tenderer("Late Comers")[1]
    late.save()
    assert refused_release(tender, market) == "bids-changed-since-close"
    assert not tender.committee.exclude(acted_at=None).exists()
