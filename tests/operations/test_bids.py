from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.accounts.models import Membership, Organization
from marketplace.accounts.roles import Role
from marketplace.errors import NotPermitted
from marketplace.ledger.models import Entry
from procurement.models import SealedBid
from procurement.operations import bids
from procurement.operations.awards import has_valid_bid
from procurement.queries.bids import standing
from procurement.rules import rulesets, sealing
from procurement.rules.bidding import Attachment, Declaration
from procurement.rules.documents import BadDocument
from produce.rules.facts import Confidence, Direction, Kind
from produce.rules.limits import LimitFact
from produce.rules.specification import AddLimit
from tests.factories import DEADLINE, START, Market, again, content, item, offer, tender_at

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


@pytest.fixture
def market():
    return Market()


@pytest.fixture
def tender(market):
    return tender_at("open", market, prices=())


def submit(tender, market, price="300", at=START + timedelta(days=1), who=0, **changes):
    user, firm = market.tenderers[who]
    bid = replace(offer(tender, price), **changes)
    return bids.submit(tender=tender, tenderer=firm, content=bid, by=user, received_at=at, now=at)


def test_a_bid_a_microsecond_before_the_deadline_is_in_time(tender, market):
    assert submit(tender, market, at=DEADLINE - TICK).revision == 1


def test_a_bid_at_the_deadline_is_late(tender, market):
    with pytest.raises(bids.LateBid):
        submit(tender, market, at=DEADLINE)
    assert not SealedBid.objects.exists()


def test_a_bid_that_arrived_in_time_is_recorded_during_the_drain(tender, market):
    user, firm = market.tenderers[0]
    bid = bids.submit(
        tender=tender,
        tenderer=firm,
        content=offer(tender, "300"),
        by=user,
        received_at=DEADLINE - TICK,
        now=DEADLINE + timedelta(seconds=30),
    )
    assert bid.recorded_at > DEADLINE > bid.received_at


def test_after_close_no_bid_is_recorded_however_early_it_arrived(market):
    closed = tender_at("closed", market, prices=())
    with pytest.raises(bids.BidsNotAccepted):
        submit(closed, market, at=DEADLINE - TICK)


def test_a_second_bid_replaces_the_first(tender, market):
    submit(tender, market, "300")
    second = submit(tender, market, "290")
    assert list(standing(tender)) == [second] and second.revision == 2


def test_a_withdrawn_bid_does_not_stand_and_another_may_follow(tender, market):
    submit(tender, market)
    user, firm = market.tenderers[0]
    at = START + timedelta(days=2)
    bids.withdraw(tender=tender, tenderer=firm, by=user, received_at=at, now=at)
    assert not standing(tender).exists()
    assert submit(tender, market, at=at).revision == 2
    assert standing(tender).count() == 1


def test_a_withdrawal_at_the_deadline_is_late(tender, market):
    submit(tender, market)
    user, firm = market.tenderers[0]
    with pytest.raises(bids.LateBid):
        bids.withdraw(tender=tender, tenderer=firm, by=user, received_at=DEADLINE, now=DEADLINE)


def test_nobody_bids_for_an_organisation_that_is_not_his(tender, market):
    user, _ = market.tenderers[0]
    _, other = market.tenderers[1]
    with pytest.raises(NotPermitted):
        bids.submit(
            tender=tender,
            tenderer=other,
            content=offer(tender, "300"),
            by=user,
            received_at=START,
            now=START,
        )


def test_an_incomplete_bid_is_refused_with_every_gap(tender, market):
    line = offer(tender, "300").lines[0]
    with pytest.raises(bids.IncompleteBid) as refused:
        submit(tender, market, lines=(replace(line, quantity=Decimal(99)),))
    assert [gap.where for gap in refused.value.gaps] == ["lot 1, item 1"]
    assert not Entry.objects.filter(event="BidSubmitted").exists()


def test_who_bid_is_for_the_opening_only(tender, market):
    submit(tender, market)
    assert Entry.objects.get(event="BidSubmitted").visibility == "opening"


def test_bids_that_differ_in_price_have_equal_length(tender, market):
    cheap, dear = submit(tender, market, "1"), submit(tender, market, "123456789.123456", who=1)
    lengths = {len(sealing.SealedEnvelope.from_bytes(b.envelope).ciphertext) for b in (cheap, dear)}
    assert len(lengths) == 1


def test_a_bid_for_one_lot_of_many_is_as_long_as_one_for_all(market):
    lot = content().lots[0]
    many = tuple(replace(lot, title=f"Lot {n}", items=(item(),) * 5, criteria=()) for n in range(9))
    tender = tender_at("open", market, prices=(), lots=many)
    user, firm = market.tenderers[0]
    lengths = set()
    for lots in ((1,), None):
        bid = bids.submit(
            tender=tender,
            tenderer=firm,
            content=offer(tender, "300", lots),
            by=user,
            received_at=START,
            now=START,
        )
        lengths.add(len(sealing.SealedEnvelope.from_bytes(bid.envelope).ciphertext))
    assert len(lengths) == 1


def test_no_plaintext_of_a_bid_is_in_any_column(tender, market):
    """The canary: a number that occurs nowhere else."""
    bid = submit(tender, market, "987.654321")
    raw = bytes(bid.envelope)
    assert b"987.654321" not in raw
    for entry in Entry.objects.all():
        assert "987.654321" not in entry.body
    assert Organization.objects.count() > 0


def graded():
    """A lot whose maize must meet a limit."""
    limit = LimitFact(
        code="MOISTURE",
        name="Moisture",
        unit="%",
        kind=Kind.NUMERIC,
        direction=Direction.LOWER,
        maximum=Decimal("12.5"),
        source="set by the buyer for this tender",
        confidence=Confidence.VERIFIED,
    )
    lot = content().lots[0]
    return (replace(lot, items=(item(changes=(AddLimit(limit),)),), criteria=()),)


@pytest.mark.parametrize("value", ["thirteen", "1e5", "+5", "13,5", "-1", "9" * 60])
def test_a_declared_value_that_the_evaluation_cannot_read_is_refused(market, value):
    """One such bid would stop the evaluation of everybody else's."""
    tender = tender_at("open", market, prices=(), lots=graded())
    with pytest.raises(bids.IncompleteBid):
        submit(tender, market, declared=(Declaration(1, 1, "MOISTURE", value),))


def test_a_declared_value_that_is_a_number_is_taken(market):
    tender = tender_at("open", market, prices=(), lots=graded())
    assert submit(tender, market, declared=(Declaration(1, 1, "MOISTURE", "12.5"),))


def test_nobody_bids_to_the_buyer_for_whom_he_works(tender, market):
    firm = market.tenderers[0][1]
    Membership.objects.create(
        user=market.officer, organization=firm, role=Role.TENDERER, granted_at=START
    )
    with pytest.raises(NotPermitted) as refused:
        bids.submit(
            tender=tender,
            tenderer=firm,
            content=offer(tender, "300"),
            by=again(market.officer),
            received_at=START,
            now=START,
        )
    assert refused.value.code == "conflict-of-interest"


def test_a_document_that_is_not_what_it_says_is_refused(tender, market):
    page = Attachment("Plan", "plan.pdf", "application/pdf", b"<script>alert(1)</script>")
    with pytest.raises(BadDocument):
        submit(tender, market, documents=(page,))


def test_a_lot_whose_only_bid_was_replaced_and_withdrawn_has_no_bid(tender, market):
    submit(tender, market)
    submit(tender, market, "290")
    user, firm = market.tenderers[0]
    bids.withdraw(tender=tender, tenderer=firm, by=user, received_at=START, now=START)
    assert not has_valid_bid(tender.lots.get())


def test_a_bid_is_replaced_as_often_as_the_rule_set_allows_and_no_more(market, monkeypatch):
    few = replace(rulesets.RULESETS["zw"], maximum_revisions=2)
    monkeypatch.setitem(rulesets.RULESETS, "zw", few)
    tender = tender_at("open", market, prices=("310",))
    user, firm = market.tenderers[0]
    at = START + timedelta(days=2)
    sent = {"tender": tender, "tenderer": firm, "by": user, "received_at": at, "now": at}
    bids.submit(content=offer(tender, "309"), **sent)
    with pytest.raises(bids.TooManyRevisions) as refused:
        bids.submit(content=offer(tender, "308"), **sent)
    assert "The bid that stands counts" in refused.value.remedy
    assert standing(tender).get().revision == 2
    bids.withdraw(tender=tender, tenderer=firm, by=user, received_at=at, now=at)
    with pytest.raises(bids.TooManyRevisions):
        bids.submit(content=offer(tender, "308"), **sent)
