"""“Try my numbers” on a tender's page."""

from dataclasses import replace
from decimal import Decimal

import pytest

from marketplace.ledger.models import Entry
from procurement.models import BidDraft
from procurement.rules.content import CriterionContent, OptionContent
from tests.factories import AFTER, content, tender_at
from tests.method_lots import FIXED, MARGIN, RELATIVE

pytestmark = pytest.mark.django_db


def path(tender, lot=1):
    return f"/tenders/{tender.reference}/lots/{lot}/try/"


@pytest.fixture
def tender(market, at):
    return tender_at("open", market, prices=())


def test_the_tender_page_leads_there(client, tender):
    assert path(tender) in client.get(f"/tenders/{tender.reference}/").content.decode()
    assert client.get(path(tender)).status_code == 200


def test_two_bids_are_ranked_and_the_working_is_shown(client, tender):
    page = client.post(path(tender), {"mine-price-1": "310", "other-price-1": "300"})
    names = [(bid.name, bid.line["rank"]) for bid in page.context["bids"]]
    assert names == [("The other bid", "1"), ("Your bid", "2")]
    assert "31,000.00" in page.content.decode()


def test_a_wrong_number_is_refused_beside_its_field_and_nothing_is_lost(client, tender):
    page = client.post(path(tender), {"mine-price-1": "12,5", "other-price-1": "300"})
    text = page.content.decode()
    assert page.context["bids"] == [] and set(page.context["form"].errors) == {"price-1"}
    assert 'value="12,5"' in text and 'value="300"' in text


def test_a_better_grade_can_make_the_dearer_bid_the_first(client, market, at):
    options = (OptionContent("Grade 1", Decimal("0.3")), OptionContent("Grade 2", Decimal(0)))
    grade = CriterionContent("Grade offered", "quality", "s. 4", options)
    lot = replace(content().lots[0], evaluation_method="price_per_quality", criteria=(grade,))
    tender = tender_at("open", market, prices=(), lots=(lot,))
    said = {"mine-price-1": "320", "mine-option-1": "1", "other-price-1": "300",
            "other-option-1": "2"}  # fmt: skip
    first = client.post(path(tender), said).context["bids"][0]
    assert (first.name, first.line["price"]["shown"]) == ("Your bid", "32000.00")


@pytest.mark.parametrize(
    ("lot", "unit", "value"),
    [
        # 31000, 200 for used sacks, and 10 % of both, for nobody is preferred.
        (MARGIN, "evaluated_price", "34320.00"),
        # 60 · (60000 - 31000) / 40000, 5 for the days, 30 for the best mark.
        (FIXED, "points", "78.50"),
        (RELATIVE, "points", "100.00"),
    ],
)
def test_what_only_evaluators_can_say_is_assumed_and_told(client, market, at, lot, unit, value):
    tender = tender_at("open", market, prices=(), lots=(lot,))
    said = {"mine-price-1": "310"} | {f"mine-option-{n}": "2" for n in (2,)}
    page = client.post(path(tender), said)
    assert "every mark is the best" in page.content.decode()
    line = page.context["bids"][0].line
    assert line[unit]["shown"] == value


def test_nothing_that_was_typed_is_kept(client, tender):
    before = Entry.objects.count()
    client.post(path(tender), {"mine-price-1": "310.77"})
    assert Entry.objects.count() == before and not BidDraft.objects.exists()
    assert "310.77" not in str(dict(client.session))


def test_a_draft_and_a_lot_that_is_not_there_answer_alike(client, market, at, tender):
    hidden = tender_at("draft", market)
    assert client.get(path(hidden)).status_code == client.get(path(tender, 7)).status_code == 404


def test_it_stays_until_an_award_is_decided(client, market, at):
    tender = tender_at("standstill", market)
    at(AFTER)
    assert path(tender) not in client.get(f"/tenders/{tender.reference}/").content.decode()
