import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from marketplace import keys
from marketplace.errors import Conflict, NotNow, NotPermitted
from marketplace.ledger.models import Entry
from procurement.models import SealedBid
from procurement.operations import bids, openings, submissions
from procurement.operations.submissions import Submission
from procurement.queries import terms
from procurement.rules import sealing
from procurement.rules.demands import demand
from tests.factories import AFTER, DEADLINE, PASSPHRASE, START, Market, offer, person, tender_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return Market()


def release(tender, market, seat, passphrase=PASSPHRASE):
    opener, _ = market.openers[seat]
    return openings.release(tender=tender, passphrase=passphrase, by=opener, now=AFTER)


def test_nothing_closes_before_the_drain_is_over(market):
    tender = tender_at("open", market)
    with pytest.raises(NotNow):
        openings.close(tender=tender, now=DEADLINE + timedelta(seconds=59))


def test_closing_twice_records_it_once(market):
    tender = tender_at("closed", market)
    again = openings.close(tender=tender, now=AFTER + timedelta(hours=1))
    assert again.closed_at == AFTER


def test_one_officer_opens_nothing(market):
    tender = tender_at("closed", market)
    release(tender, market, 0)
    assert not tender.bids.exists()


def test_two_officers_open_every_standing_bid(market):
    tender = tender_at("opened", market)
    assert tender.bids.count() == 3
    assert {bid.failure for bid in tender.bids.all()} == {""}


def test_any_two_of_three_officers_open(market):
    tender = tender_at("closed", market)
    release(tender, market, 2)
    release(tender, market, 1)
    assert tender.bids.exclude(dek="").count() == 3


def test_the_first_officer_closes_when_the_sweep_has_not(market):
    tender = tender_at("open", market)
    release(tender, market, 0)
    tender.refresh_from_db()
    assert tender.closed_at == AFTER


def test_a_wrong_passphrase_changes_nothing(market):
    tender = tender_at("closed", market)
    with pytest.raises(sealing.WrongPassphrase):
        release(tender, market, 0, "not the passphrase")
    assert not tender.committee.exclude(acted_at=None).exists()


def test_an_officer_acts_once(market):
    tender = tender_at("closed", market)
    release(tender, market, 0)
    with pytest.raises(Conflict):
        release(tender, market, 0)


def test_only_the_committee_opens(market):
    tender = tender_at("closed", market)
    with pytest.raises(NotPermitted):
        openings.release(
            tender=tender, passphrase=PASSPHRASE, by=person("Nosy Neighbour"), now=AFTER
        )


def test_a_damaged_envelope_is_published_as_such_and_the_others_open(market):
    tender = tender_at("closed", market)
    bid = SealedBid.objects.filter(tender=tender).first()
    bid.envelope = bytes(bid.envelope)[:-40]
    bid.save()
    for seat in range(3):
        if tender.bids.count() == 0:
            release(tender, market, seat)
    assert tender.bids.exclude(failure="").get().tenderer == bid.tenderer
    assert tender.bids.filter(failure="").count() == 2


def test_an_envelope_moved_to_another_tenderer_does_not_open(market):
    tender = tender_at("closed", market)
    first, second = SealedBid.objects.filter(tender=tender)[:2]
    first.envelope = second.envelope
    first.save()
    for seat in range(2):
        release(tender, market, seat)
    assert "sealed-for-another" in tender.bids.get(tenderer=first.tenderer).failure


def test_a_lost_gate_key_refuses_the_act_and_opens_nothing(market, settings, tmp_path):
    tender = tender_at("closed", market)
    settings.KEY_DIR = tmp_path
    keys.ensure()
    try:
        with pytest.raises(Conflict) as refused:
            release(tender, market, 0)
    finally:
        keys.load.cache_clear()
    assert refused.value.code == "gate-key-changed"
    assert not tender.committee.exclude(acted_at=None).exists()


def test_a_superseded_revision_is_never_opened(market):
    tender = tender_at("open", market, prices=("310",))
    user, firm = market.tenderers[0]
    bids.submit(
        tender=tender,
        tenderer=firm,
        content=offer(tender, "305"),
        by=user,
        received_at=START,
        now=START,
    )
    for seat in range(2):
        release(tender, market, seat)
    assert tender.bids.get().sealed_bid.revision == 2


def test_a_bid_that_does_not_answer_the_terms_is_published_as_a_failure(market):
    """Whoever seals outside this server may seal anything: it is told at the opening."""
    tender = tender_at("open", market, prices=("310",))
    user, firm = market.tenderers[1]
    partial = replace(offer(tender, "1"), declared=(), lines=())
    envelope = bids._seal(tender, firm, 1, partial, demand(terms.frozen(tender)))
    with transaction.atomic():
        submissions.submit(
            Submission(tender, firm, envelope, user, START, START, check=lambda locked: None)
        )
    for seat in range(2):
        release(tender, market, seat)
    bid = tender.bids.get(tenderer=firm)
    assert bid.failure.startswith("bad-bid: ") and not bid.lines.exists()
    read = json.loads(Entry.objects.get(event="BidsOpened").body)["bids"]
    (line,) = [row for row in read if row["tenderer"] == firm.public_id]
    assert line["failure"] == bid.failure and line["lines"] == []
