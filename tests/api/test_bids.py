import json
from dataclasses import replace
from datetime import timedelta

import pytest

from procurement.models import BidDraft, SealedBid
from procurement.operations import drafts, openings
from procurement.rules import biddraft, kit
from tests.api import sending
from tests.factories import AFTER, DEADLINE, PASSPHRASE, START, offer, tender_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def tender(at, market):
    found = tender_at("open", market, prices=())
    at.now = START + timedelta(days=2)
    return found


@pytest.fixture
def clerk(market, caller):
    return caller(market.tenderers[0][0])


def path(tender, rest="bids"):
    return f"tenders/{tender.reference}/{rest}"


def test_a_bid_is_submitted_and_its_place_is_told(tender, clerk):
    done = clerk.post(path(tender), sending.bid(tender, "300"))
    assert (done.status_code, done.json()["revision"]) == (201, 1)
    assert clerk.get(done["Location"][8:]).json() == done.json()


def test_a_second_bid_replaces_the_first(tender, clerk):
    clerk.post(path(tender), sending.bid(tender, "300"))
    again = clerk.post(path(tender), sending.bid(tender, "290"))
    assert again.json()["revision"] == 2


def test_a_withdrawn_bid_is_gone(tender, clerk):
    clerk.post(path(tender), sending.bid(tender, "300"))
    assert clerk.delete(path(tender, "bid")).status_code == 204
    assert clerk.get(path(tender, "bid")).status_code == 404


def test_a_late_bid_is_refused_with_its_own_code(tender, clerk, at):
    at.now = DEADLINE
    late = clerk.post(path(tender), sending.bid(tender, "300"))
    assert (late.status_code, late.json()["code"]) == (409, "bid-late")
    assert not SealedBid.objects.exists()


def test_a_bid_a_microsecond_before_the_deadline_counts(tender, clerk, at):
    at.now = DEADLINE - timedelta(microseconds=1)
    assert clerk.post(path(tender), sending.bid(tender, "300")).status_code == 201


def test_arrival_is_taken_after_the_last_byte(tender, clerk, at, monkeypatch):
    """The clock goes on while the body is read: what counts is the end, not the start."""
    from django.http import HttpRequest

    body = HttpRequest.body.fget

    def slow(request):
        at.now = DEADLINE
        return body(request)

    at.now = DEADLINE - timedelta(seconds=1)
    monkeypatch.setattr(HttpRequest, "body", property(slow))
    assert clerk.post(path(tender), sending.bid(tender, "300")).json()["code"] == "bid-late"


def test_an_incomplete_bid_lists_every_gap(tender, clerk):
    bid = sending.bid(tender, "300")
    bid["lines"][0]["quantity"] = "99"
    refused = clerk.post(path(tender), bid)
    assert (refused.status_code, refused.json()["code"]) == (422, "bid-incomplete")
    assert refused.json()["errors"] == [
        {"place": "lot 1, item 1", "message": "Offer the whole quantity that is asked: 100."}
    ]


def test_the_receipt_is_ones_own(tender, clerk, caller, market):
    clerk.post(path(tender), sending.bid(tender, "300"))
    receipt = clerk.get(path(tender, "bid/receipt.json"))
    assert receipt.json()["format"] == "musika-receipt/1"
    assert "attachment" in receipt["Content-Disposition"]
    other = caller(market.tenderers[1][0])
    assert other.get(path(tender, "bid/receipt.json")).status_code == 404


def test_nobody_learns_before_the_opening_how_many_bid(tender, clerk, caller, market):
    before = [caller(user).get(path(tender, at)).content for user, at in _views(market)]
    clerk.post(path(tender), sending.bid(tender, "300"))
    after = [caller(user).get(path(tender, at)).content for user, at in _views(market)]
    assert before == after


def _views(market):
    people = (None, market.officer, market.evaluator, market.tenderers[1][0], market.auditor)
    return [(user, at) for user in people for at in ("bids", "opening", "bid", "letters")]


def test_a_bid_for_somebody_elses_organisation_answers_as_if_there_were_none(tender, clerk, market):
    other = market.tenderers[1][1].public_id
    foreign = clerk.post(path(tender, f"bids?tenderer={other}"), sending.bid(tender, "300"))
    missing = clerk.post(path(tender, "bids?tenderer=0000"), sending.bid(tender, "300"))
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content


def test_a_draft_comes_back_as_it_was_saved(tender, clerk):
    half = {"lines": [{"lot": 1, "unit_price": "3"}]}
    saved = clerk.put(path(tender, "bid/draft"), {"bid": half})
    assert clerk.get(path(tender, "bid/draft")).json() == {"version": 1, "bid": half}
    assert saved["ETag"] == '"1"'


BAD_DRAFTS = {
    "no object": ([], "/bid"),
    "a stranger": ({"prices": []}, "/bid/prices"),
    "lines that are none": ({"lines": {}}, "/bid/lines"),
    "a line that is none": ({"lines": [5]}, "/bid/lines/0"),
    "a bare price": ({"lines": [{"unit_price": 3}]}, "/bid/lines/0/unit_price"),
    "a price too long": ({"lines": [{"unit_price": "9" * 30}]}, "/bid/lines/0/unit_price"),
    "a lot of none": ({"lines": [{"lot": 0}]}, "/bid/lines/0/lot"),
    "the format of the pages": ({"format": "musika-draft/1"}, "/bid/format"),
    "a file not in base64": (
        {"documents": [{"title": "t", "filename": "f", "media_type": "a/b", "content": "!"}]},
        "/bid/documents/0/content",
    ),
}


@pytest.mark.parametrize("name", BAD_DRAFTS)
def test_a_draft_that_the_pages_could_not_read_is_refused(name, tender, clerk):
    bid, place = BAD_DRAFTS[name]
    refused = clerk.put(path(tender, "bid/draft"), {"bid": bid})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert place in [row["place"] for row in refused.json()["errors"]]
    assert not BidDraft.objects.exists()


def test_a_draft_begun_on_the_pages_is_read_in_the_format_of_a_bid(tender, clerk, market):
    user, firm = market.tenderers[0]
    data = biddraft.to_bytes(biddraft.Draft(lots=(1,), prices={(1, 1): "300"}))
    drafts.save(tender=tender, tenderer=firm, data=data, by=user, now=START)
    told = clerk.get(path(tender, "bid/draft")).json()["bid"]
    assert told["lines"] == [{"lot": 1, "item": 1, "unit_price": "300"}]
    assert clerk.put(path(tender, "bid/draft"), {"bid": told}).status_code == 200


def test_a_stored_draft_that_is_none_says_how_to_begin_again(tender, clerk, market):
    user, firm = market.tenderers[0]
    drafts.save(tender=tender, tenderer=firm, data=b"[5]", by=user, now=START)
    refused = clerk.get(path(tender, "bid/draft"))
    assert (refused.status_code, refused.json()["code"]) == (409, "draft-malformed")
    assert clerk.delete(path(tender, "bid/draft")).status_code == 204


def test_a_draft_saved_elsewhere_meanwhile_is_not_overwritten(tender, clerk):
    first, second, third = ({"bid": {"lines": [{"unit_price": price}]}} for price in "123")
    clerk.put(path(tender, "bid/draft"), first)
    clerk.put(path(tender, "bid/draft"), second, If_Match='"1"')
    lost = clerk.put(path(tender, "bid/draft"), third, If_Match='"1"')
    assert (lost.status_code, lost.json()["code"]) == (412, "draft-changed")


def test_a_draft_is_dropped(tender, clerk):
    clerk.put(path(tender, "bid/draft"), {"bid": {}})
    assert clerk.delete(path(tender, "bid/draft")).status_code == 204
    assert not BidDraft.objects.exists()


def test_ones_own_bids_and_drafts_are_listed(tender, clerk):
    clerk.post(path(tender), sending.bid(tender, "300"))
    clerk.put(path(tender, "bid/draft"), {"bid": {}})
    (row,) = clerk.get("me/bids").json()
    assert row["tender"]["reference"] == tender.reference
    assert row["bid"]["revision"] == 1 and row["draft_updated_at"]


def test_after_the_opening_everybody_reads_the_prices(tender, clerk, caller, market, at):
    clerk.post(path(tender), sending.bid(tender, "300.5"))
    at.now = AFTER
    for opener, _ in market.openers[:2]:
        caller(opener).post(path(tender, "opening/release"), {"passphrase": PASSPHRASE})
    (bid,) = caller().get(path(tender)).json()
    assert bid["lines"][0]["unit_price"] == "300.5"
    assert bid["documents"] == []


def test_the_opening_tells_who_has_acted(tender, caller, market, at):
    at.now = AFTER
    opener = caller(market.openers[0][0])
    acted = opener.post(path(tender, "opening/release"), {"passphrase": PASSPHRASE})
    assert (acted.json()["acted"], acted.json()["is_open"]) == (1, False)
    assert caller().get(path(tender, "opening")).json()["status"] == "awaiting_opening"


def test_a_wrong_passphrase_opens_nothing(tender, caller, market, at):
    at.now = AFTER
    refused = caller(market.openers[0][0]).post(
        path(tender, "opening/release"), {"passphrase": "four loud granary owls"}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "wrong-passphrase")


def test_files_of_bids_are_for_the_buyers_people(tender, clerk, caller, market, at):
    document = {"title": "Tax", "filename": "tax.pdf", "media_type": "application/pdf"}
    bid = sending.bid(tender, "300") | {"documents": [document | {"content": "JVBERi0xLjQK"}]}
    clerk.post(path(tender), bid)
    openings.close(tender=tender, now=AFTER)
    for opener, _ in market.openers[:2]:
        openings.release(tender=tender, passphrase=PASSPHRASE, by=opener, now=AFTER)
    (row,) = caller(market.evaluator).get(path(tender)).json()
    address = path(tender, f"bids/{row['bid']}/documents/{row['documents'][0]['sha256']}")
    got = caller(market.evaluator).get(address)
    assert b"".join(got.streaming_content) == b"%PDF-1.4\n"
    assert clerk.get(address).status_code == 403


@pytest.mark.parametrize("who", [None, "officer", "accountant"])
def test_the_api_answers_alike_before_the_opening_with_and_without_bids(at, market, caller, who):
    at.now, answers = AFTER, []
    someone = caller(getattr(market, who) if who else None)
    for prices in ((), ("310", "300", "320")):
        tender = tender_at("closed", market, prices=prices)
        path = f"tenders/{tender.reference}"
        history = someone.get(f"{path}/history.jsonl")
        lines = b"".join(history.streaming_content).splitlines()
        told = [someone.get(f"{path}{end}") for end in ("/bids", "/letters")]
        opening = {**someone.get(f"{path}/opening").json(), "seats": None}
        answers.append((len(lines), opening, [answer.status_code for answer in told]))
    assert answers[0] == answers[1]


def test_a_bid_sealed_elsewhere_is_sent_and_its_kit_fetched(tender, clerk):
    told = kit.from_data(clerk.get(path(tender, "bid/kit.json")).json())
    assert told.revision == 1
    container = told.seal(offer(tender, "300")).to_bytes()
    done = clerk.post(path(tender, "bid/sealed"), json.loads(container))
    assert (done.status_code, done.json()["revision"]) == (201, 1)
    assert clerk.get(path(tender, "bid/receipt.json")).json()["tier"] == "C"
    assert clerk.get(path(tender, "bid/kit.json")).json()["revision"] == 2


def test_a_sealed_bid_of_another_place_says_which(tender, clerk):
    told = kit.from_data(clerk.get(path(tender, "bid/kit.json")).json())
    wrong = json.loads(replace(told, revision=5).seal(offer(tender, "300")).to_bytes())
    refused = clerk.post(path(tender, "bid/sealed"), wrong)
    assert (refused.status_code, refused.json()["code"]) == (422, "sealed-for-another")
    cut = clerk.post(path(tender, "bid/sealed"), {**wrong, "ciphertext": "AAAA"})
    assert (cut.status_code, cut.json()["code"]) == (422, "malformed-envelope")
    assert not SealedBid.objects.exists()
