"""Every page of the buyer's side shows itself at each stage of a tender."""

from datetime import timedelta

import pytest
from django.urls import reverse

from marketplace import clock
from tests.factories import AFTER, START, Market, tender_at
from tests.web.buyer_support import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return Market()


@pytest.fixture
def now(monkeypatch):
    """Set the instant that requests know."""

    def move(instant):
        monkeypatch.setattr(clock, "now", lambda: instant)

    move(START)
    return move


DRAFT_PAGES = (
    ("tender_manage", ()),
    ("draft_title", ()),
    ("draft_procedure", ()),
    ("draft_timetable", ()),
    ("draft_lots", ()),
    ("draft_lot_new", ()),
    ("draft_lot", (1,)),
    ("draft_lot_edit", (1,)),
    ("draft_lot_remove", (1,)),
    ("draft_item", (1, 1)),
    ("draft_item_new", (1,)),
    ("draft_item_remove", (1, 1)),
    ("draft_quality", (1, 1)),
    ("draft_method", (1,)),
    ("draft_gate_new", (1,)),
    ("draft_quality_new", (1,)),
    ("draft_criterion", (1, 1)),
    ("draft_criterion_remove", (1, 1)),
    ("draft_documents", ()),
    ("draft_committee", ()),
    ("draft_quorum", ()),
    ("draft_check", ()),
    ("draft_preview", ()),
    ("tender_publish", ()),
    ("tender_cancel", ()),
    ("tender_enquiries", ()),
    ("tender_new_from", ()),
)


def statuses(user, tender, pages):
    """The status of each page for `user`, by name."""
    client = signed_in(user)
    found = {}
    for name, args in pages:
        found[name] = client.get(reverse(name, args=[tender.reference, *args])).status_code
    return found


def test_an_officer_sees_every_page_of_the_draft(market, now):
    tender = tender_at("draft", market)
    assert set(statuses(market.officer, tender, DRAFT_PAGES).values()) == {200}


def test_people_outside_the_buyer_find_no_draft(market, now):
    tender = tender_at("draft", market)
    assert set(statuses(market.tenderers[0][0], tender, DRAFT_PAGES).values()) == {404}


def test_an_evaluator_may_not_change_the_draft(market, now):
    tender = tender_at("draft", market)
    found = statuses(market.evaluator, tender, [("draft_title", ()), ("draft_lots", ())])
    assert set(found.values()) == {403}


def test_a_published_tender_is_not_a_draft_any_more(market, now):
    tender = tender_at("open", market)
    assert statuses(market.officer, tender, [("draft_title", ())]) == {"draft_title": 409}


LATER_PAGES = (
    ("tender_manage", ()),
    ("tender_opening", ()),
    ("tender_enquiries", ()),
    ("lot_award", (1,)),
)


@pytest.mark.parametrize("stage", ["open", "closed", "opened", "evaluated", "standstill", "paid"])
def test_pages_of_a_published_tender_show_at_every_stage(market, now, stage):
    tender = tender_at(stage, market)
    now(AFTER)
    assert set(statuses(market.officer, tender, LATER_PAGES).values()) == {200}


AWARDED_PAGES = tuple(
    (name, (1,)) for name in ("lot_evaluation", "lot_result", "lot_letters", "lot_award")
)


def test_pages_after_the_award_show(market, now):
    tender = tender_at("paid", market)
    assert set(statuses(market.officer, tender, AWARDED_PAGES).values()) == {200}


def test_a_lot_with_one_contract_leads_to_it(market, now):
    tender = tender_at("paid", market)
    answer = signed_in(market.officer).get(reverse("lot_contract", args=[tender.reference, 1]))
    number = tender.lots.get().awards.get().contract.number
    assert (answer.status_code, answer["Location"]) == (302, reverse("contract", args=[number]))


def test_each_letter_can_be_read_by_its_bidder_alone(market, now):
    tender = tender_at("standstill", market)
    letters = tender.lots.get().awards.get().letters.order_by("id")
    (farmer, firm), (other, _) = market.tenderers[:2]
    letter = letters.get(bid__tenderer=firm)
    address = reverse("lot_letter", args=[tender.reference, 1, letter.pk])
    assert "Your bid was not accepted" in text(signed_in(farmer).get(address))
    assert signed_in(other).get(address).status_code == 404


WAITING = (
    ("draft", "officer", "Finish the draft"),
    ("draft", "approver", "Check and publish"),
    ("opened", "evaluator", "Evaluate the bids"),
    ("evaluated", "officer", "Recommend an award"),
    ("recommended", "accountant", "Decide the award"),
    ("standstill", "officer", "Standstill: no contract yet"),
    ("contracted", "inspector", "Record deliveries"),
    ("delivered", "accountant", "Record the payment"),
)


@pytest.mark.parametrize(("stage", "who", "words"), WAITING)
def test_the_first_page_says_what_to_do(market, now, stage, who, words):
    tender_at(stage, market)
    now(AFTER)
    if stage in ("contracted", "delivered"):
        now(AFTER + timedelta(days=42))
    page = signed_in(getattr(market, who)).get(reverse("officer_home"))
    assert words in text(page)


def test_openers_are_asked_to_open_after_the_close(market, now):
    tender_at("closed", market)
    now(AFTER)
    page = signed_in(market.openers[1][0]).get(reverse("officer_home"))
    assert "Open the bids" in text(page)


def test_the_first_page_needs_few_queries_however_many_tenders(
    market, now, django_assert_max_num_queries
):
    for _ in range(4):
        tender_at("evaluated", market)
    client = signed_in(market.officer)
    with django_assert_max_num_queries(20):
        client.get(reverse("officer_home"))
