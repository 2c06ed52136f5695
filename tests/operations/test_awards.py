from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from marketplace.accounts.models import Debarment, Membership
from marketplace.accounts.roles import Role
from marketplace.errors import Conflict, Invalid
from marketplace.ledger.models import Entry
from procurement.models import Award, AwardLetter, Bid, Contract
from procurement.operations import awards, contracts, evaluations
from procurement.rules.duties import SeparationOfDuties
from procurement.rules.lifecycle import OperationNotAllowed
from tests.factories import AFTER, DEADLINE, START, Market, again, cancel_award, person, tender_at

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


@pytest.fixture
def market():
    return Market()


def test_the_lowest_price_ranks_first(market):
    lot = tender_at("evaluated", market).lots.get()
    ranks = lot.evaluations.get().bids.order_by("rank").values_list("bid__tenderer__name", "rank")
    assert list(ranks) == [("Co-op Chengeta", 1), ("Farai Farmer", 2), ("Mbare Millers", 3)]


def test_a_lot_is_not_evaluated_before_every_gate_has_a_finding(market):
    lot = tender_at("opened", market).lots.get()
    with pytest.raises(evaluations.FindingsMissing):
        evaluations.evaluate(lot=lot, by=market.evaluator, now=AFTER)


def decide_all(lot, market, failing=()):
    for gate in lot.criteria.filter(kind="gate"):
        for bid in lot.tender.bids.all():
            fails = bid.tenderer.name in failing
            evaluations.decide_gate(
                bid=bid,
                criterion=gate,
                passed=not fails,
                reason="The clearance has expired." if fails else "",
                by=market.evaluator,
                now=AFTER,
            )


def test_a_failed_gate_disqualifies_with_its_reason(market):
    lot = tender_at("opened", market).lots.get()
    decide_all(lot, market, failing=("Co-op Chengeta",))
    evaluation = evaluations.evaluate(lot=lot, by=market.evaluator, now=AFTER)
    out = evaluation.bids.get(rank=None)
    assert out.bid.tenderer.name == "Co-op Chengeta"
    assert "expired" in out.disqualification


def test_a_failure_without_a_reason_is_refused(market):
    lot = tender_at("opened", market).lots.get()
    with pytest.raises(Invalid):
        evaluations.decide_gate(
            bid=lot.tender.bids.first(),
            criterion=lot.criteria.get(),
            passed=False,
            reason=" ",
            by=market.evaluator,
            now=AFTER,
        )


def test_a_debarred_tenderer_is_disqualified(market):
    _, firm = market.tenderers[1]
    Debarment.objects.create(
        organization=firm,
        starts_at=START,
        ends_at=DEADLINE + timedelta(days=1),
        reason="False documents",
        source="Notice 12",
    )
    lot = tender_at("evaluated", market).lots.get()
    assert "False documents" in lot.evaluations.get().bids.get(rank=None).disqualification


def test_findings_that_changed_after_the_evaluation_block_its_confirmation(market):
    lot = tender_at("opened", market).lots.get()
    decide_all(lot, market)
    evaluation = evaluations.evaluate(lot=lot, by=market.evaluator, now=AFTER)
    decide_all(lot, market, failing=("Farai Farmer",))
    with pytest.raises(Conflict):
        evaluations.confirm(evaluation=evaluation, by=market.evaluator, now=AFTER)


def test_who_published_does_not_evaluate(market):
    Membership.objects.create(
        user=market.approver, organization=market.buyer, role=Role.EVALUATOR, granted_at=START
    )
    lot = tender_at("opened", market).lots.get()
    with pytest.raises(SeparationOfDuties):
        evaluations.evaluate(lot=lot, by=again(market.approver), now=AFTER)


def test_who_recommends_does_not_decide(market):
    Membership.objects.create(
        user=market.officer,
        organization=market.buyer,
        role=Role.ACCOUNTING_OFFICER,
        granted_at=START,
    )
    award = tender_at("recommended", market).lots.get().awards.get()
    with pytest.raises(SeparationOfDuties):
        awards.decide(award=award, reason="Agreed.", by=again(market.officer), now=AFTER)


def test_who_recommends_does_not_decide_though_another_drafted(market):
    lot = tender_at("evaluated", market).lots.get()
    both = person("Bea Both", market.buyer, Role.PROCUREMENT_OFFICER, Role.ACCOUNTING_OFFICER)
    award = awards.recommend(lot=lot, reason="First rank.", by=both, now=AFTER)
    with pytest.raises(SeparationOfDuties, match="recommended it"):
        awards.decide(award=award, reason="Mine.", by=both, now=AFTER)


def test_the_database_refuses_that_one_person_recommends_and_decides(market):
    award = tender_at("recommended", market).lots.get().awards.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(decided_by=award.recommended_by)


def test_a_lot_is_recommended_once(market):
    lot = tender_at("recommended", market).lots.get()
    with pytest.raises(Conflict):
        awards.recommend(lot=lot, reason="Again.", by=market.officer, now=AFTER)


def test_every_bidder_gets_a_letter_with_the_reason(market):
    tender_at("standstill", market)
    letters = AwardLetter.objects.order_by("kind")
    assert [letter.kind for letter in letters] == ["award", "regret", "regret"]
    assert all("Co-op Chengeta" in letter.text for letter in letters)
    # Numbers of bids are for the file: a letter names who stood above.
    assert not any(bid.public_id in one.text for bid in Bid.objects.all() for one in letters)
    assert "the bid of Co-op Chengeta" in "".join(letter.text for letter in letters)


def test_no_contract_is_signed_in_the_standstill(market):
    award = tender_at("standstill", market).lots.get().awards.get()
    with pytest.raises(OperationNotAllowed):
        contracts.sign(award=award, by=market.officer, now=award.standstill_ends_at - TICK)
    assert not Contract.objects.exists()


def test_a_contract_is_signed_when_the_standstill_has_ended(market):
    award = tender_at("standstill", market).lots.get().awards.get()
    assert contracts.sign(award=award, by=market.officer, now=award.standstill_ends_at).number


def test_a_cancelled_award_passes_to_the_next_bid(market):
    lot = tender_at("standstill", market).lots.get()
    first = lot.awards.get()
    cancel_award(first, market)
    second = awards.recommend(lot=lot, reason="Second rank.", by=market.officer, now=AFTER)
    assert second.supplier.name == "Farai Farmer"


def test_a_lot_with_a_valid_bid_is_not_declared_unsuccessful(market):
    lot = tender_at("evaluated", market).lots.get()
    with pytest.raises(Conflict):
        awards.declare_unsuccessful(lot=lot, reason="No.", by=market.accountant, now=AFTER)


def test_a_lot_without_bids_is_declared_unsuccessful(market):
    lot = tender_at("closed", market, prices=()).lots.get()
    awards.declare_unsuccessful(lot=lot, reason="No bids.", by=market.accountant, now=AFTER)
    lot.refresh_from_db()
    assert lot.unsuccessful_at == AFTER


def test_findings_and_recommendations_are_not_public_before_the_decision(market):
    tender = tender_at("recommended", market)
    events = Entry.objects.filter(subject=tender.reference, visibility="public")
    public = set(events.values_list("event", flat=True))
    assert not public & {"GateDecided", "LotEvaluated", "EvaluationConfirmed", "AwardRecommended"}


def test_who_judged_the_gates_does_not_decide_the_award(market):
    Membership.objects.create(
        user=market.evaluator,
        organization=market.buyer,
        role=Role.ACCOUNTING_OFFICER,
        granted_at=START,
    )
    award = tender_at("recommended", market).lots.get().awards.get()
    with pytest.raises(SeparationOfDuties):
        awards.decide(award=award, reason="Mine.", by=again(market.evaluator), now=AFTER)


def test_an_award_gives_the_quantities_and_prices_of_its_bid(market):
    award = tender_at("recommended", market).lots.get().awards.get()
    given = list(award.lines.values_list("item", "quantity", "unit_price"))
    assert given == list(award.bid.lines.values_list("item", "quantity", "unit_price"))
