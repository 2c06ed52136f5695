"""Nobody judges a bid of his own organisation; and before the opening nobody learns of one."""

from datetime import timedelta

import pytest

from marketplace.accounts.models import Membership
from marketplace.accounts.roles import Role
from marketplace.errors import NotPermitted
from procurement import permissions, visibility
from procurement.operations import (
    award_cancellations,
    awards,
    bids,
    cancellations,
    evaluations,
    openings,
)
from procurement.rules.visibility import Fact
from tests.factories import AFTER, PASSPHRASE, START, Market, again, offer, tender_at

pytestmark = pytest.mark.django_db
LONG_AGO = START - timedelta(days=400)


@pytest.fixture
def market():
    return Market()


def stake(user, market, firm=0, revoked_at=None):
    Membership.objects.create(
        user=user,
        organization=market.tenderers[firm][1],
        role=Role.TENDERER,
        granted_at=LONG_AGO,
        revoked_at=revoked_at,
    )
    return again(user)


def refusal(act, **kwargs):
    with pytest.raises(NotPermitted) as refused:
        act(**kwargs, now=AFTER)
    return refused.value.code


def gate_of(lot, user):
    return {
        "bid": lot.tender.bids.first(),
        "criterion": lot.criteria.get(),
        "passed": True,
        "reason": "",
        "by": user,
    }


def test_an_evaluator_with_a_stake_judges_and_evaluates_nothing(market):
    lot = tender_at("opened", market).lots.get()
    user = stake(market.evaluator, market)
    assert refusal(evaluations.decide_gate, **gate_of(lot, user)) == "conflict-of-interest"
    assert refusal(evaluations.evaluate, lot=lot, by=user) == "conflict-of-interest"


def test_an_evaluator_with_a_stake_does_not_confirm(market):
    lot = tender_at("opened", market).lots.get()
    for bid in lot.tender.bids.all():
        evaluations.decide_gate(**gate_of(lot, market.evaluator) | {"bid": bid}, now=AFTER)
    evaluation = evaluations.evaluate(lot=lot, by=market.evaluator, now=AFTER)
    user = stake(market.evaluator, market)
    code = refusal(evaluations.confirm, evaluation=evaluation, by=user)
    assert code == "conflict-of-interest"


def test_an_officer_with_a_stake_does_not_recommend(market):
    lot = tender_at("evaluated", market).lots.get()
    user = stake(market.officer, market)
    assert refusal(awards.recommend, lot=lot, reason="Ours.", by=user) == "conflict-of-interest"


def test_an_accounting_officer_with_a_stake_decides_and_cancels_nothing(market):
    award = tender_at("recommended", market).lots.get().awards.get()
    user = stake(market.accountant, market)
    for act in (awards.decide, award_cancellations.propose):
        assert refusal(act, award=award, reason="Ours.", by=user) == "conflict-of-interest"


def test_an_approver_with_a_stake_confirms_no_cancellation(market):
    tender = tender_at("opened", market)
    proposal = cancellations.propose(tender=tender, reason="x", by=market.officer, now=AFTER)
    user = stake(market.approver, market)
    assert refusal(cancellations.confirm, proposal=proposal, by=user) == "conflict-of-interest"


def test_a_role_given_up_for_the_day_is_a_stake_and_an_old_one_is_none(market):
    tender = tender_at("opened", market)
    assert permissions.has_stake(stake(market.evaluator, market, 0, AFTER), tender)
    assert not permissions.has_stake(stake(market.officer, market, 0, LONG_AGO), tender)


def test_a_role_with_somebody_who_did_not_bid_is_no_stake(market):
    tender = tender_at("opened", market, prices=("310",))
    assert not permissions.has_stake(stake(market.evaluator, market, 2), tender)


def test_who_has_a_stake_does_not_read_the_files_of_the_others(market):
    tender = tender_at("opened", market)
    assert visibility.sees(market.evaluator, Fact.WORKING, tender)
    assert not visibility.sees(stake(market.evaluator, market), Fact.WORKING, tender)


@pytest.mark.parametrize("stage", ["open", "closed"])
def test_before_the_opening_a_stake_changes_nothing_that_could_tell_of_a_bid(market, stage):
    """With a role in a firm that has bid and in one that has not: the same answers."""
    tender = tender_at(stage, market, prices=("310",))
    at = START + timedelta(days=2) if stage == "open" else AFTER
    for firm in (0, 2):
        Membership.objects.filter(user=market.officer, role=Role.TENDERER).delete()
        user = stake(market.officer, market, firm)
        assert not permissions.has_stake(user, tender)
        assert permissions.judges_bids(user, tender)
        proposal = cancellations.propose(tender=tender, reason="x", by=user, now=at)
        cancellations.decline(proposal=proposal, by=user, now=at)


def test_an_officer_does_not_bid_to_his_own_buyer(market):
    tender = tender_at("open", market, prices=())
    user, firm = stake(market.officer, market), market.tenderers[0][1]
    at = START + timedelta(days=1)
    bid = {"tenderer": firm, "content": offer(tender, "1"), "received_at": at, "now": at}
    with pytest.raises(NotPermitted) as refused:
        bids.submit(tender=tender, by=user, **bid)
    assert refused.value.code == "conflict-of-interest"


def test_an_opener_does_not_bid_where_he_sits(market):
    tender = tender_at("open", market, prices=())
    outsider = market.openers[1][0]
    user, firm = stake(outsider, market), market.tenderers[0][1]
    at = START + timedelta(days=1)
    bid = {"tenderer": firm, "content": offer(tender, "1"), "received_at": at, "now": at}
    with pytest.raises(NotPermitted) as refused:
        bids.submit(tender=tender, by=user, **bid)
    assert refused.value.code == "conflict-of-interest"


def test_an_opener_with_a_stake_still_opens_because_a_refusal_would_tell(market):
    tender = tender_at("closed", market)
    opener = stake(market.openers[1][0], market)
    openings.release(tender=tender, passphrase=PASSPHRASE, by=opener, now=AFTER)
    assert tender.committee.exclude(acted_at=None).count() == 1
