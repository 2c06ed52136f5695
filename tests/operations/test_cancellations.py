"""What is published is cancelled by two people: one proposes, an approver confirms."""

import pytest
from django.db import IntegrityError, transaction

from marketplace.accounts.models import Membership
from marketplace.accounts.roles import Role
from marketplace.errors import Conflict, Invalid, NotFound, NotPermitted
from marketplace.ledger.models import Entry
from marketplace.notify.models import Message
from procurement.models import AwardCancellation, TenderCancellation
from procurement.operations import award_cancellations, awards, bids, cancellations
from procurement.rules.duties import SeparationOfDuties
from procurement.rules.lifecycle import OperationNotAllowed
from tests.factories import (
    AFTER,
    START,
    Market,
    again,
    cancel,
    cancel_award,
    offer,
    person,
    tender_at,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return Market()


@pytest.fixture
def tender(market):
    return tender_at("open", market)


@pytest.fixture
def award(market):
    return tender_at("standstill", market).lots.get().awards.get()


def propose(tender, market, reason="No budget."):
    return cancellations.propose(tender=tender, reason=reason, by=market.officer, now=START)


def propose_award(award, market):
    by = market.accountant
    return award_cancellations.propose(award=award, reason="He withdrew.", by=by, now=AFTER)


def grant(user, market, role):
    Membership.objects.create(user=user, organization=market.buyer, role=role, granted_at=START)
    return again(user)


def events(tender):
    rows = Entry.objects.filter(subject=tender.reference, event__contains="Cancel")
    return list(rows.order_by("sequence").values_list("event", "visibility"))


def told(tender):
    rows = Message.objects.filter(key__startswith=f"cancelled:{tender.reference}")
    return sorted(rows.values_list("recipient__full_name", flat=True))


def test_one_person_cancels_nothing_that_is_published(market, tender):
    propose(tender, market)
    tender.refresh_from_db()
    assert tender.cancelled_at is None and told(tender) == []


def test_a_second_person_cancels(market, tender):
    cancel(tender, market)
    tender.refresh_from_db()
    assert (tender.cancelled_by, tender.cancelled_reason) == (market.approver, "No budget.")
    proposed, done = events(tender)
    assert proposed == ("TenderCancellationProposed", "auditor")
    assert done == ("TenderCancelled", "public")


def test_who_proposed_does_not_confirm(market, tender):
    both = grant(market.officer, market, Role.APPROVER)
    proposal = propose(tender, market)
    with pytest.raises(SeparationOfDuties):
        cancellations.confirm(proposal=proposal, by=both, now=START)


def test_who_proposed_does_not_confirm_though_he_did_nothing_else(market, tender):
    busy = person("Bea Both", market.buyer, Role.PROCUREMENT_OFFICER, Role.APPROVER)
    proposal = cancellations.propose(tender=tender, reason="Why.", by=busy, now=START)
    with pytest.raises(SeparationOfDuties, match="proposed it"):
        cancellations.confirm(proposal=proposal, by=busy, now=START)


@pytest.mark.parametrize("who", ["officer", "evaluator", "accountant", "auditor"])
def test_only_an_approver_confirms(market, tender, who):
    proposal = propose(tender, market)
    with pytest.raises(NotPermitted):
        cancellations.confirm(proposal=proposal, by=getattr(market, who), now=START)


def test_a_declined_proposal_is_over_and_another_may_follow(market, tender):
    proposal = propose(tender, market)
    cancellations.decline(proposal=proposal, by=market.approver, now=START)
    with pytest.raises(NotFound):
        cancellations.confirm(proposal=proposal, by=market.approver, now=START)
    assert propose(tender, market, "Another reason.").pk != proposal.pk
    assert events(tender)[1] == ("TenderCancellationDeclined", "auditor")


def test_a_proposal_is_taken_back_by_its_author(market, tender):
    proposal = propose(tender, market)
    cancellations.decline(proposal=proposal, by=market.officer, now=START)
    assert events(tender)[1] == ("TenderCancellationTakenBack", "auditor")


def test_a_stranger_declines_nothing(market, tender):
    proposal = propose(tender, market)
    with pytest.raises(NotPermitted):
        cancellations.decline(proposal=proposal, by=market.evaluator, now=START)


def test_one_proposal_stands_at_a_time(market, tender):
    propose(tender, market)
    with pytest.raises(Conflict):
        propose(tender, market)


def test_the_database_keeps_one_open_proposal(market, tender):
    row = propose(tender, market)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_proposal_says_why(market, tender):
    with pytest.raises(Invalid):
        propose(tender, market, reason=" ")


def test_a_draft_is_dropped_by_one_officer(market):
    draft = tender_at("draft", market)
    cancellations.drop(tender=draft, reason="Twice the same.", by=market.officer, now=START)
    draft.refresh_from_db()
    assert draft.cancelled_reason == "Twice the same."


def test_a_published_tender_is_not_dropped(market, tender):
    with pytest.raises(OperationNotAllowed):
        cancellations.drop(tender=tender, reason="Alone.", by=market.officer, now=START)


def test_a_cancelled_tender_is_not_cancelled_again(market, tender):
    cancel(tender, market)
    with pytest.raises(OperationNotAllowed):
        propose(tender, market)


def test_everybody_who_holds_a_standing_bid_is_told_once(market, tender):
    user, firm = market.tenderers[0]
    market.again = person("Second Clerk", firm, Role.TENDERER)
    for price in ("309", "308"):
        content = offer(tender, price)
        bids.submit(
            tender=tender, tenderer=firm, content=content, by=user, received_at=START, now=START
        )
    gone, its = market.tenderers[1]
    bids.withdraw(tender=tender, tenderer=its, by=gone, received_at=START, now=START)
    cancel(tender, market)
    assert told(tender) == ["Clerk of Farai Farmer", "Clerk of Mbare Millers", "Second Clerk"]


def test_a_bid_withdrawn_after_a_replacement_is_held_by_nobody(market, tender):
    """The superseded revision was never withdrawn, but it does not stand."""
    user, firm = market.tenderers[0]
    at = {"received_at": START, "now": START}
    bids.submit(tender=tender, tenderer=firm, content=offer(tender, "309"), by=user, **at)
    bids.withdraw(tender=tender, tenderer=firm, by=user, **at)
    cancel(tender, market)
    assert "Clerk of Farai Farmer" not in told(tender)


def test_the_approver_is_asked_by_mail(market, tender):
    propose(tender, market)
    (message,) = Message.objects.filter(key__startswith="cancel:")
    assert message.recipient == market.approver and "No budget." in message.body


def test_an_award_stands_until_a_second_person_confirms(market, award):
    propose_award(award, market)
    award.refresh_from_db()
    assert award.cancelled_at is None


def test_an_award_is_cancelled_by_two(market, award):
    assert cancel_award(award, market).cancelled_by == market.approver
    assert events(award.lot.tender) == [
        ("AwardCancellationProposed", "auditor"),
        ("AwardCancelled", "public"),
    ]


@pytest.mark.parametrize("who", ["officer", "accountant", "evaluator"])
def test_nobody_who_ranked_recommended_or_decided_confirms(market, award, who):
    user = grant(getattr(market, who), market, Role.APPROVER)
    proposal = propose_award(award, market)
    with pytest.raises(SeparationOfDuties):
        award_cancellations.confirm(proposal=proposal, by=user, now=AFTER)


def test_a_recommendation_is_refused_by_two_and_quietly(market):
    award = tender_at("recommended", market).lots.get().awards.get()
    cancel_award(award, market, reason="The second is better.")
    assert {seen for _, seen in events(award.lot.tender)} == {"auditor"}


def test_what_is_proposed_to_be_refused_is_not_decided(market):
    award = tender_at("recommended", market).lots.get().awards.get()
    proposal = propose_award(award, market)
    with pytest.raises(Conflict):
        awards.decide(award=award, reason="Agreed.", by=market.accountant, now=AFTER)
    award_cancellations.decline(proposal=proposal, by=market.accountant, now=AFTER)
    assert awards.decide(award=award, reason="Agreed.", by=market.accountant, now=AFTER)


@pytest.mark.parametrize("model", [TenderCancellation, AwardCancellation])
def test_the_database_refuses_that_one_person_proposes_and_confirms(market, tender, award, model):
    proposal = propose(tender, market) if model is TenderCancellation else None
    proposal = proposal or propose_award(award, market)
    alone = {"confirmed_at": AFTER, "confirmed_by": proposal.proposed_by}
    with pytest.raises(IntegrityError, match="needs_two_people"), transaction.atomic():
        model.objects.update(**alone)
