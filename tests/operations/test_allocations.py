"""Lots that are awarded in parts: from the draft to one contract for each part."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.errors import Conflict, NotPermitted
from marketplace.ledger.queries import entries_for
from procurement.models import AwardLetter
from procurement.operations import allocations, awards, contracts, tenders
from procurement.operations.tenders import NotReady
from procurement.queries import allocations as stored
from procurement.queries import contents, facts, lists, statuses
from procurement.rules.lifecycle import OperationNotAllowed
from procurement.rules.timeline import TenderStatus as S
from tests.divided import SHARING, confirm, decide, divided, divided_at, recommend
from tests.factories import AFTER, START, Market, cancel_award, go_on, publish, tender_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return Market()


def given(tender):
    return {a.supplier.name: a.lines.get().quantity for a in stored.parts_of(tender)}


def test_a_draft_keeps_what_it_says_of_divided_lots(market):
    said = divided(2)
    tender = divided_at("draft", market, lots=2)
    kept = contents.content(tender)
    assert kept.sharing == said.sharing == SHARING
    assert [lot.division for lot in kept.lots] == [lot.division for lot in said.lots]


def test_a_half_filled_division_is_not_published(market):
    tender = divided_at("draft", market, sharing=replace(SHARING, reserve_group=""))
    with pytest.raises(NotReady) as refused:
        publish(tender, market)
    assert "sharing.reserve_group: Say for whom the share is reserved" in refused.value.remedy


def test_the_ledger_names_the_rules_of_sharing_at_publication(market):
    tender = publish(divided_at("draft", market), market)
    body = json.loads(entries_for(tender.reference).get(event="TenderPublished").body)
    assert body["terms"]["sharing"]["cap_share"] == "0.6"
    assert body["allocation_terms"] == tenders.allocation_digest(body["terms"], tender.terms_hash)


def test_terms_of_a_tender_without_divided_lots_stay_as_they_were(market):
    body = tender_at("open", market).terms
    assert "division" not in body and "sharing" not in body


def test_the_parts_keep_the_cap_and_cost_least(market):
    tender = divided_at("standstill", market)
    assert given(tender) == {"Co-op Chengeta": Decimal(60), "Farai Farmer": Decimal(40)}
    assert sum(award.price for award in stored.parts_of(tender)) == Decimal(30400)


def test_a_capacity_holds_over_all_lots(market):
    offers = (("310", "0", "60", "70"), ("300", "10", "80"), ("320", "0", "100"))
    tender = divided_at("standstill", market, offers=offers, lots=2)
    farmer = market.tenderers[0][1]
    own = [a.lines.get().quantity for a in stored.parts_of(tender) if a.supplier == farmer]
    assert sum(own) <= 70


def test_a_disqualified_bid_takes_no_part(market):
    tender = divided_at("opened", market)
    from tests import divided as steps

    honest = steps.evaluations.decide_gate
    second = market.tenderers[1][1]

    def failing(*, bid, **said):
        if bid.tenderer == second:
            said |= {"passed": False, "reason": "No certificate."}
        return honest(bid=bid, **said)

    steps.evaluations.decide_gate = failing
    try:
        steps.evaluate(tender, market)
    finally:
        steps.evaluations.decide_gate = honest
    steps.allocate(tender, market)
    case = json.loads(stored.latest(tender).case)
    assert second.public_id not in {bid["tenderer"] for bid in case["bids"]}


def test_it_waits_for_the_evaluation_of_every_divided_lot(market):
    tender = divided_at("opened", market)
    with pytest.raises(OperationNotAllowed):
        allocations.request(tender=tender, by=market.evaluator, now=AFTER)


def test_only_evaluators_run_it(market):
    tender = divided_at("evaluated", market)
    with pytest.raises(NotPermitted):
        allocations.request(tender=tender, by=market.officer, now=AFTER)


def test_a_sweep_works_out_what_was_asked_for_and_only_once(market):
    tender = divided_at("evaluated", market)
    row = allocations.request(tender=tender, by=market.evaluator, now=AFTER)
    assert allocations.waiting(AFTER) == [row.pk]
    assert allocations.run(row.pk, now=AFTER).finished_at == AFTER
    assert allocations.waiting(AFTER) == [] and allocations.run(row.pk, now=AFTER) is None
    assert entries_for(tender.reference).filter(event="LotsAllocated").count() == 1


def test_a_run_whose_worker_died_is_taken_up_again(market):
    tender = divided_at("evaluated", market)
    row = allocations.request(tender=tender, by=market.evaluator, now=AFTER)
    tender.allocations.update(started_at=AFTER)
    assert allocations.waiting(AFTER) == []
    assert allocations.waiting(AFTER + allocations.STALE + timedelta(seconds=1)) == [row.pk]


def test_a_stopped_run_leaves_nothing(market, monkeypatch):
    tender = divided_at("evaluated", market)
    row = allocations.request(tender=tender, by=market.evaluator, now=AFTER)
    honest = allocations._watch

    def stopping(watched):
        allocations.cancel(allocation=row, by=market.evaluator, now=AFTER)
        return honest(watched)

    monkeypatch.setattr(allocations, "_watch", stopping)
    done = allocations.run(row.pk, now=AFTER)
    assert done.cancelled_at and not done.finished_at and not done.result and not done.error


def test_what_goes_wrong_is_told_and_can_be_asked_again(market, monkeypatch):
    tender = divided_at("evaluated", market)
    row = allocations.request(tender=tender, by=market.evaluator, now=AFTER)
    monkeypatch.setattr(allocations, "_solved", lambda _row: 1 / 0)
    assert "ZeroDivisionError" in allocations.run(row.pk, now=AFTER).error
    assert allocations.request(tender=tender, by=market.evaluator, now=AFTER).pk != row.pk


def test_other_rules_than_the_published_ones_are_refused(market):
    tender = divided_at("evaluated", market)
    tender.terms = tender.terms.replace('"cap_share":"0.6"', '"cap_share":"0.9"')
    tender.save(update_fields=["terms"])
    with pytest.raises(Conflict, match="published"):
        allocations.request(tender=tender, by=market.evaluator, now=AFTER)


def test_an_allocation_of_changed_findings_is_not_confirmed(market):
    tender = divided_at("allocated", market)
    bid = tender.bids.first()
    bid.group_findings.update(belongs=not bid.group_findings.get().belongs)
    with pytest.raises(Conflict, match="changed after this allocation"):
        confirm(tender, market)


def test_a_divided_lot_is_not_awarded_whole(market):
    tender = divided_at("confirmed", market)
    with pytest.raises(Conflict, match="awarded in parts"):
        awards.recommend(lot=tender.lots.get(), reason="First.", by=market.officer, now=AFTER)
    [first, _second] = recommend(tender, market)
    with pytest.raises(Conflict, match="awarded in parts"):
        awards.decide(award=first, reason="Agreed.", by=market.accountant, now=AFTER)


def test_who_recommends_does_not_decide_and_all_parts_go_together(market):
    tender = divided_at("recommended", market)
    for award in stored.parts_of(tender):
        award.recommended_by = market.accountant
        award.save()
    with pytest.raises(NotPermitted):
        decide(tender, market)
    assert {award.decided_at for award in stored.parts_of(tender)} == {None}


def test_everyone_who_bid_gets_a_letter_with_the_part_or_the_reason(market):
    tender = divided_at("standstill", market)
    letters = AwardLetter.objects.filter(award__lot__tender=tender)
    told = {letter.bid.tenderer.name: letter for letter in letters}
    assert {name: letter.kind for name, letter in told.items()} == {
        "Co-op Chengeta": "award",
        "Farai Farmer": "award",
        "Mbare Millers": "regret",
    }
    assert "60 t, at USD 300.00 for each t" in told["Co-op Chengeta"].text
    assert "most for one supplier" in told["Co-op Chengeta"].text
    assert "lower by more than that" in told["Mbare Millers"].text
    assert not any("-L1" in letter.text for letter in told.values())


def test_each_part_gets_its_own_contract_and_need_not_wait_for_another(market):
    tender = divided_at("standstill", market)
    later = AFTER + timedelta(days=15)
    first, second = sorted(stored.parts_of(tender), key=lambda award: award.pk)
    signed = contracts.sign(award=first, by=market.officer, now=later)
    lot = tender.lots.get()
    assert facts.lot_status(lot, later) is S.AWARDED
    other = contracts.sign(award=second, by=market.officer, now=later)
    assert signed.number == f"{tender.reference}-L1" and other.number == f"{signed.number}-2"
    assert facts.lot_status(tender.lots.get(), later) is S.CONTRACTED


@pytest.mark.parametrize("signed", [0, 1, 2])
def test_lists_pages_and_rules_agree_on_the_status_of_a_divided_tender(market, signed):
    tender = divided_at("standstill", market)
    later = AFTER + timedelta(days=15)
    for award in stored.parts_of(tender)[:signed]:
        contracts.sign(award=award, by=market.officer, now=later)
    rows = type(tender).objects.filter(pk=tender.pk)
    for now in (AFTER, later):
        due = facts.status(tender, now)
        assert lists.with_status(rows, now).get().status_now == due
        assert statuses.of(list(rows.values(*statuses.COLUMNS)), now) == {tender.pk: due}


def test_a_refused_part_takes_the_others_along_and_is_passed_over(market):
    tender = divided_at("recommended", market)
    coop = next(a for a in stored.parts_of(tender) if a.supplier.name == "Co-op Chengeta")
    cancel_award(coop, market, reason="It withdrew.")
    assert stored.parts_of(tender) == []
    from tests.divided import allocate

    allocate(tender, market)
    confirm(tender, market)
    recommend(tender, market)
    assert set(given(tender)) == {"Farai Farmer", "Mbare Millers"}


def test_a_cancelled_part_leaves_the_others_and_its_quantity_open(market):
    tender = divided_at("standstill", market)
    first, second = stored.parts_of(tender)
    cancel_award(first, market)
    assert stored.parts_of(tender) == [second]
    with pytest.raises(OperationNotAllowed):
        allocations.request(tender=tender, by=market.evaluator, now=AFTER)


def test_a_lot_of_which_nothing_is_awarded_can_be_closed(market):
    offers = (("600", "0", "60"), ("700", "10", "80"), ("800", "0", "100"))
    tender = divided_at("confirmed", market, offers=offers)
    lot = tender.lots.get()
    closed = awards.declare_unsuccessful(
        lot=lot, reason="Too dear.", by=market.accountant, now=AFTER
    )
    assert closed.unsuccessful_at == AFTER


def test_a_tender_with_a_whole_and_a_divided_lot_goes_on_with_both(market):
    whole = replace(divided().lots[0], division=None)
    tender = tender_at("draft", market, lots=(whole, *divided().lots), sharing=SHARING)
    assert tender.lots.count() == 2
    published = publish(tender, market)
    assert [lot.number for lot in stored.divided_lots(published)] == [2]
    assert go_on(published, market, "open", "closed").closed_at >= START
