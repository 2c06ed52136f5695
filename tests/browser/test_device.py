"""Sealing in the browser: what leaves it is sealed, opens, and is what was typed."""

import json
from datetime import timedelta

import pytest

from procurement.models import SealedBid
from procurement.operations import openings
from procurement.rules import sealing
from tests.divided import divided_at
from tests.factories import DEADLINE, PASSPHRASE, START, publish, tender_at

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "31745.25"


@pytest.fixture
def tender(market, at):
    at(START + timedelta(days=1))
    return tender_at("open", market, prices=())


@pytest.fixture
def sent(page):
    """Every request body that leaves the browser."""
    bodies = []
    page.on("request", lambda request: bodies.append((request.url, request.post_data or "")))
    return bodies


@pytest.fixture
def desk(signed_in, tender, market):
    user, firm = market.tenderers[0]
    page = signed_in(user)
    page.goto(f"/tenders/{tender.reference}/bid/{firm.public_id}/device/")
    return page


def _released(tender, market):
    for opener, _ in market.openers[:2]:
        openings.release(
            tender=tender, passphrase=PASSPHRASE, by=opener, now=DEADLINE.replace(minute=5)
        )


def _written(desk, tmp_path):
    desk.get_by_label("Price for one t of White maize").fill("31,745.25")
    paper = tmp_path / "Steuer é.txt"
    paper.write_text("We pay our taxes.")
    desk.set_input_files("[name=document-1]", str(paper))
    desk.get_by_role("button", name="Check my bid").click()
    return desk.get_by_role("button", name="Seal on this device and submit")


def test_a_bid_sealed_in_the_browser_opens_as_it_was_typed(desk, sent, tender, market, tmp_path):
    button = _written(desk, tmp_path)
    assert "USD 31745.25 × 100 t = USD 3,174,525.00" in desk.locator("#device-review").inner_text()
    button.click()
    desk.wait_for_url("**/receipts/**")
    row = SealedBid.objects.get()
    envelope = sealing.SealedEnvelope.from_bytes(bytes(row.envelope))
    assert envelope.header.tier == "C" and envelope.padded_length == 4096
    assert not any(CANARY in body or "31,745" in body for _, body in sent)
    _released(tender, market)
    bid = tender.bids.get()
    assert not bid.failure and str(bid.lines.get().unit_price) == CANARY
    document = bid.documents.get()
    assert (document.title, document.filename) == ("Tax clearance", "Steuer é.txt")
    assert document.file.read() == b"We pay our taxes."


def test_what_is_missing_is_said_and_nothing_is_sent(desk, sent):
    sent.clear()
    desk.get_by_role("button", name="Check my bid").click()
    summary = desk.locator("#device-errors")
    summary.wait_for()
    assert "Price for one t of White maize: This is missing." in summary.inner_text()
    desk.get_by_label("Price for one t of White maize").fill("0,45")
    desk.get_by_role("button", name="Check my bid").click()
    desk.locator("text=with a point").wait_for()
    assert not any(body for _, body in sent) and not SealedBid.objects.exists()


def test_a_lost_connection_loses_nothing_and_makes_one_bid(desk, tender, tmp_path):
    button = _written(desk, tmp_path)
    bodies = []

    def lose(route):
        bodies.append(route.request.post_data)
        # It arrives, and the answer is lost: the hardest case.
        route.fetch()
        route.abort()

    desk.route("**/device/", lose)
    button.click()
    desk.locator("text=The connection was lost").wait_for()
    desk.unroute("**/device/")
    button.click()
    desk.wait_for_url("**/receipts/**")
    assert SealedBid.objects.count() == 1 and json.loads(bodies[0])["format"] == "musika-seal/1"


def test_after_an_amendment_the_page_says_to_seal_again(desk, tender, tmp_path):
    button = _written(desk, tmp_path)
    type(tender).objects.filter(pk=tender.pk).update(terms_hash="0" * 64)
    button.click()
    desk.locator("text=sealed for another terms hash").wait_for()
    assert not SealedBid.objects.exists()


def test_the_quantities_of_a_divided_lot_are_sealed_with_it(signed_in, market, at, sent):
    at(START + timedelta(days=1))
    tender = publish(divided_at("draft", market, lots=2), market)
    user, firm = market.tenderers[0]
    desk = signed_in(user)
    desk.goto(f"/tenders/{tender.reference}/bid/{firm.public_id}/device/")
    desk.get_by_label("I bid for this lot").nth(1).uncheck()
    desk.get_by_label("Price for one t of White maize").first.fill(CANARY)
    desk.get_by_label("The most that you would deliver").first.fill("1x")
    check = desk.get_by_role("button", name="Check my bid")
    check.click()
    desk.locator("#device-errors").get_by_text("Write a plain number").wait_for()
    desk.get_by_label("The most that you would deliver").first.fill("60")
    desk.get_by_label("The most of all such lots").first.fill("50")
    check.click()
    assert "0 – 60" in desk.locator("#device-review").inner_text()
    desk.get_by_role("button", name="Seal on this device and submit").click()
    desk.wait_for_url("**/receipts/**")
    _released(tender, market)
    bid = tender.bids.get()
    part = bid.parts.get()
    assert not bid.failure and (part.minimum, part.maximum, bid.capacity) == (0, 60, 50)
