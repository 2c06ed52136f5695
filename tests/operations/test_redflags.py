"""Flags from the database: found, kept, gone, answered; and nobody else sees them."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from marketplace.accounts import personal
from marketplace.errors import Invalid, NotPermitted
from marketplace.ledger.models import Entry
from procurement.models import CompiledProcess, IndicatorRun, RedFlagAnswer
from procurement.operations import evaluations, redflag_answers, redflags
from procurement.queries import processes
from procurement.queries import redflags as queries
from tests.factories import AFTER, Market, cancel_award, go_on, tender_at

pytestmark = pytest.mark.django_db

LATER = AFTER + timedelta(days=1)


@pytest.fixture
def market():
    return Market()


def found(code):
    return [row for row in queries.listed() if row.code == code]


@pytest.fixture
def same_price(market):
    """Three tenderers, two of them with one price: R028."""
    tender = tender_at("standstill", market, ("310", "300", "310"))
    redflags.refresh(now=LATER)
    return tender


def test_a_flag_tells_its_evidence_and_its_parties(same_price):
    (flag,) = found("R028")
    assert flag.tender == same_price
    assert [(row.name, row.value) for row in flag.evidence.all()] == [("same price", "31000 USD")]
    assert {row.name for row in flag.parties.all()} == {"Farai Farmer", "Mbare Millers"}
    assert queries.rate(flag).examined == 1


def test_a_second_run_without_a_change_writes_nothing(same_price):
    run = IndicatorRun.objects.get(past=False)
    assert redflags.refresh(now=LATER + timedelta(days=1)) == 0
    assert IndicatorRun.objects.get(past=False).ran_at == run.ran_at


def test_only_what_changed_is_built_again(same_price, market):
    first = CompiledProcess.objects.get()
    tender_at("standstill", market)
    assert redflags.refresh(now=LATER) == 1
    assert CompiledProcess.objects.get(pk=first.pk).built_at == first.built_at


def test_a_flag_that_is_not_found_any_more_stays_on_record_as_gone(market):
    tender = tender_at("opened", market)
    reject_all_but(tender.bids.first(), market)
    go_on(tender, market, "evaluated", "standstill")
    redflags.refresh(now=LATER)
    (flag,) = found("R035")
    cancel_award(tender.lots.get().awards.get(), market, now=LATER)
    redflags.refresh(now=LATER)
    assert not found("R035")
    assert queries.one(flag.public_id).gone_at == LATER


def reject_all_but(good, market):
    lot = good.tender.lots.get()
    gate = lot.criteria.get()
    for bid in good.tender.bids.all():
        passed, reason = bid == good, "" if bid == good else "No clearance."
        evaluations.decide_gate(
            bid=bid, criterion=gate, passed=passed, reason=reason, by=market.evaluator, now=AFTER
        )
    made = evaluations.evaluate(lot=lot, by=market.evaluator, now=AFTER)
    evaluations.confirm(evaluation=made, by=market.evaluator, now=AFTER)


def test_the_compiled_release_has_exact_numbers_and_no_names(same_price):
    body = CompiledProcess.objects.get().body
    assert '"amount": 31000' in body
    assert "Farai" not in body
    (release,) = processes.stored(past=False)
    assert release["tender"]["numberOfTenderers"] == 3
    assert {bid["status"] for bid in release["bids"]["details"]} == {"valid"}


def test_before_an_award_there_is_no_process(market):
    tender_at("recommended", market, ("310", "300", "310"))
    redflags.refresh(now=LATER)
    assert not CompiledProcess.objects.exists()
    assert not found("R028")


def test_an_auditor_confirms_with_a_note_and_the_ledger_has_it(same_price, market):
    (flag,) = found("R028")
    note = "Both used the posted price of another month."
    redflag_answers.answer(flag=flag, state="confirmed", note=note, by=market.auditor, now=LATER)
    assert queries.one(flag.public_id).state == "confirmed"
    entry = Entry.objects.get(event="RedFlagAnswered")
    assert (entry.visibility, entry.subject) == ("auditor", same_price.reference)
    assert note in entry.body


@pytest.mark.parametrize(
    "state, note, where",
    [("guilty", "x", "state"), ("open", "x", "state"), ("confirmed", " ", "note")],
)
def test_an_answer_without_a_state_or_a_note_is_refused(same_price, market, state, note, where):
    (flag,) = found("R028")
    with pytest.raises(Invalid) as refusal:
        redflag_answers.answer(flag=flag, state=state, note=note, by=market.auditor, now=LATER)
    assert refusal.value.where == where


def test_nobody_of_the_buyer_answers(same_price, market):
    (flag,) = found("R028")
    with pytest.raises(NotPermitted):
        redflag_answers.answer(
            flag=flag, state="explained", note="All well.", by=market.accountant, now=LATER
        )


def test_an_answer_cannot_be_changed(same_price, market):
    (flag,) = found("R028")
    redflag_answers.answer(flag=flag, state="explained", note="x", by=market.auditor, now=LATER)
    with pytest.raises(DatabaseError), transaction.atomic():
        RedFlagAnswer.objects.update(note="y")


def test_a_state_survives_a_new_run(same_price, market):
    (flag,) = found("R028")
    redflag_answers.answer(flag=flag, state="explained", note="x", by=market.auditor, now=LATER)
    tender_at("standstill", market)
    redflags.refresh(now=LATER + timedelta(days=1))
    assert [row.state for row in found("R028")] == ["explained"]


def test_a_shared_account_is_a_flag_that_names_nobody_in_its_rows(market):
    for _, firm in market.tenderers[:2]:
        personal.state(firm.public_id, "bank_account", "CBZ 0190 5550 1234", AFTER)
    tender = tender_at("opened", market)
    redflags.refresh(now=LATER)
    (flag,) = found("M006")
    told = dict(flag.evidence.values_list("name", "value"))
    assert (flag.tender, told["shared"]) == (tender, "bank account")
    ids = {firm.public_id for _, firm in market.tenderers[:2]}
    assert {told["one"], told["other"]} == ids == {p.public_id for p in flag.parties.all()}
    personal.state(market.tenderers[0][1].public_id, "bank_account", "ZB 1", LATER)
    redflags.refresh(now=LATER)
    assert not found("M006")
