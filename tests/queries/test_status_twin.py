"""The status in SQL and the status by rule agree at every boundary instant."""

from datetime import timedelta
from itertools import chain

import pytest

from procurement.models import Award, BidLine, Contract, Evaluation, Lot, Tender
from procurement.operations import awards, evaluations
from procurement.queries import facts, lists
from procurement.rules.content import LotContent
from tests.factories import AFTER, STAGES, START, Market, cancel, cancel_award, item, tender_at

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)
TWO_LOTS = (
    LotContent(title="Maize", items=(item(),)),
    LotContent(title="More maize", items=(item(),)),
)


def instants(tender: Tender) -> list:
    rows = chain(
        Tender.objects.filter(pk=tender.pk).values_list(
            "published_at", "enquiry_deadline", "deadline", "closed_at", "opened_at", "cancelled_at"
        ),
        Lot.objects.filter(tender=tender).values_list("unsuccessful_at"),
        Evaluation.objects.filter(lot__tender=tender).values_list("evaluated_at", "confirmed_at"),
        Award.objects.filter(lot__tender=tender).values_list("decided_at", "standstill_ends_at"),
        Contract.objects.filter(award__lot__tender=tender).values_list(
            "signed_at", "delivered_at", "paid_at"
        ),
    )
    known = {at for row in rows for at in row if at} | {START}
    return sorted(at + step for at in known for step in (-TICK, 0 * TICK, TICK))


def assert_twins_agree(tender: Tender) -> None:
    tender = Tender.objects.get(pk=tender.pk)
    for at in instants(tender):
        twin = lists.with_status(Tender.objects.filter(pk=tender.pk), at).get().status_now
        assert (at, twin) == (at, facts.status(tender, at).value)


@pytest.mark.parametrize("stage", STAGES)
def test_both_agree_a_microsecond_each_side_at_every_stage(stage):
    assert_twins_agree(tender_at(stage, Market()))


@pytest.mark.parametrize("stage", ["open", "opened", "standstill"])
def test_both_agree_on_a_cancelled_tender(stage):
    market = Market()
    tender = tender_at(stage, market)
    at = START + timedelta(days=2) if stage == "open" else AFTER + timedelta(hours=1)
    cancel(tender, market, now=at)
    assert_twins_agree(tender)


def test_both_agree_on_a_tender_that_came_to_nothing_before_the_opening():
    market = Market()
    tender = tender_at("closed", market, prices=())
    at = AFTER + timedelta(hours=1)
    awards.declare_unsuccessful(
        lot=tender.lots.get(), reason="Nobody bid.", by=market.accountant, now=at
    )
    assert_twins_agree(tender)


def test_both_agree_when_one_lot_of_two_came_to_nothing():
    market = Market()
    tender = tender_at("opened", market, lots=TWO_LOTS)
    first, second = tender.lots.order_by("number")
    for bid in tender.bids.all():
        BidLine.objects.filter(bid=bid, item__lot=second).delete()
    evaluation = evaluations.evaluate(lot=first, by=market.evaluator, now=AFTER)
    evaluations.confirm(evaluation=evaluation, by=market.evaluator, now=AFTER)
    awards.declare_unsuccessful(
        lot=second, reason="Nobody bid.", by=market.accountant, now=AFTER + timedelta(hours=1)
    )
    assert_twins_agree(tender)


def test_both_agree_when_the_lots_stand_at_different_places():
    market = Market()
    tender = tender_at("recommended", market, lots=TWO_LOTS)
    award = tender.lots.get(number=2).awards.get()
    awards.decide(award=award, reason="Agreed.", by=market.accountant, now=AFTER)
    assert_twins_agree(tender)


def test_both_agree_after_an_award_was_cancelled():
    market = Market()
    tender = tender_at("standstill", market)
    at = AFTER + timedelta(days=1)
    award = tender.lots.get().awards.get()
    cancel_award(award, market, now=at)
    assert_twins_agree(tender)
