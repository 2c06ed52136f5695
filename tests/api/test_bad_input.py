"""What is not accepted, and that the refusal says where and how to mend it."""

import copy

import pytest

from procurement.models import SealedBid, Tender
from tests.api import sending
from tests.factories import tender_at

pytestmark = pytest.mark.django_db

MALFORMED = {
    "not JSON": (b"{", "line 1, column 2"),
    "not UTF-8": (b'{"title": "\xff"}', "not UTF-8"),
    "UTF-16": ('{"title": "x"}'.encode("utf-16"), "not UTF-8"),
    "NaN": (b'{"title": NaN}', "NaN"),
    "Infinity": (b'{"title": -Infinity}', "Infinity"),
    "a key twice": (b'{"title": "a", "title": "b"}', "twice"),
    "a fraction": (b'{"title": 1.5}', "as text"),
    "an exponent": (b'{"title": 1e400}', "as text"),
    "half a character": (b'{"title": "\\ud800"}', "surrogate"),
    "too deep": (b"[" * 5000 + b"]" * 5000, "deep"),
    "a huge number": (b'{"standstill_days": ' + b"9" * 5000 + b"}", "too long"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_json_is_refused(name, at, market, caller):
    body, words = MALFORMED[name]
    refused = caller(market.officer).post("tenders", body)
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")
    assert words in refused.json()["detail"]


def _with(**changes):
    return lambda data: data.update(changes)


def _item(**changes):
    return lambda data: data["lots"][0]["items"][0].update(changes)


TENDERS = {
    "a stranger": (_with(titel="x"), "/titel"),
    "a missing title": (lambda data: data.pop("title"), "/title"),
    "a bare number": (_item(quantity=100), "/lots/0/items/0/quantity"),
    "a number with a comma": (_item(quantity="1,5"), "/lots/0/items/0/quantity"),
    "a number with an exponent": (_item(quantity="1e3"), "/lots/0/items/0/quantity"),
    "other digits": (_item(quantity="١٠"), "/lots/0/items/0/quantity"),
    "a number too long": (_item(quantity="9" * 31), "/lots/0/items/0/quantity"),
    "an impossible day": (_item(delivery_starts="2026-02-30"), "/lots/0/items/0/delivery_starts"),
    "a local time": (_with(deadline="2026-03-22T08:00:00"), "/deadline"),
    "an impossible instant": (_with(deadline="2026-02-30T08:00:00Z"), "/deadline"),
    "a year that is none": (_with(deadline="0000-01-01T00:00:00Z"), "/deadline"),
    "text for a whole number": (_with(standstill_days="14"), "/standstill_days"),
    "a flag for a whole number": (_with(standstill_days=True), "/standstill_days"),
    "below its least": (_with(opening_quorum=1), "/opening_quorum"),
    "a list for text": (_with(title=["x"]), "/title"),
    "a number for text": (_with(title=5), "/title"),
    "a control character": (_with(title="a\x00b"), "/title"),
    "an unknown method": (_with(method="auction"), "/method"),
    "an object for a list": (_with(lots={}), "/lots"),
    "text for an object": (_with(lots=["x"]), "/lots/0"),
    "too long": (_with(title="x" * 201), "/title"),
    "an unknown commodity": (_item(commodity="GOLD"), "/lots/0/items/0/commodity"),
    "an unknown unit": (_item(unit="barrel"), "/lots/0/items/0/unit"),
    "an unknown grade": (_item(standard="EAX_WM", grade="Z"), "/lots/0/items/0/grade"),
    "an estimate with mills": (
        lambda data: data["lots"][0].update(estimated_value="1.005"),
        "/lots/0/estimated_value",
    ),
}


@pytest.mark.parametrize("name", TENDERS)
def test_a_bad_tender_is_refused_with_the_place(name, at, market, caller):
    change, place = TENDERS[name]
    data = copy.deepcopy(sending.tender())
    change(data)
    refused = caller(market.officer).post("tenders", data)
    assert refused.status_code == 422
    told = {row["place"] for row in refused.json().get("errors", [])}
    assert place in told | {refused.json().get("where")}
    assert not Tender.objects.exists()


def _line(**changes):
    return lambda data: data["lines"][0].update(changes)


BIDS = {
    "another format": (_with(format="other/1"), "/format"),
    "a bare price": (_line(unit_price=300), "/lines/0/unit_price"),
    "a price below zero": (_line(unit_price="-1"), "/lines/0/unit_price"),
    "a price of nothing": (_line(unit_price="0"), "lot 1, item 1"),
    "a price too exact": (_line(unit_price="0." + "1" * 13), "/lines/0/unit_price"),
    "an item that is not": (_line(item=7), "lot 1, item 7"),
    "an item as text": (_line(item="1"), "/lines/0/item"),
    "no lines": (_with(lines=[]), "/lines"),
    "a stranger": (_with(secret="x"), "/secret"),
    "a value not asked": (
        _with(declared=[{"lot": 1, "item": 1, "parameter": "X", "value": "1"}]),
        "lot 1, item 1, X",
    ),
    "an option not there": (
        _with(responses=[{"lot": 1, "criterion": 1, "option": 9}]),
        "lot 1, criterion 1",
    ),
    "not base64": (
        _with(
            documents=[{"title": "t", "filename": "f", "media_type": "text/plain", "content": "!"}]
        ),
        "/documents/0/content",
    ),
}


@pytest.fixture
def tender(at, market):
    return tender_at("open", market, prices=())


@pytest.mark.parametrize("name", BIDS)
def test_a_bad_bid_is_refused_with_the_place(name, tender, market, caller):
    change, place = BIDS[name]
    data = sending.bid(tender, "300")
    change(data)
    refused = caller(market.tenderers[0][0]).post(f"tenders/{tender.reference}/bids", data)
    assert refused.status_code == 422
    told = {row["place"] for row in refused.json().get("errors", [])}
    assert place in told | {refused.json().get("where")}
    assert not SealedBid.objects.exists()


QUERIES = {
    "an unknown status": "status=opne",
    "a page of none": "page_size=0",
    "a page too large": "page_size=201",
    "a page of words": "page_size=many",
    "an impossible instant": "deadline_after=tomorrow",
    "a list parameter that is none": "historical=maybe2",
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_bad_question_is_refused(name, db, caller):
    refused = caller().get(f"tenders?{QUERIES[name]}")
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("cursor", ["x", "cD1hYmM=", "%ff"])
def test_a_bad_cursor_is_refused(cursor, db, caller):
    refused = caller().get(f"tenders?cursor={cursor}")
    assert (refused.status_code, refused.json()["code"]) == (400, "bad-cursor")


def test_another_media_type_is_refused(at, market, caller):
    officer = caller(market.officer)
    refused = officer.http.post("/api/v1/tenders", "title=x", content_type="text/plain")
    assert (refused.status_code, refused.json()["code"]) == (415, "unsupported-media-type")


def test_a_request_larger_than_the_limit_is_refused(at, market, caller, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    refused = caller(market.officer).post("tenders", {"title": "x" * 2000})
    assert (refused.status_code, refused.json()["code"]) == (413, "too-large")


def test_a_fault_of_ours_tells_nothing(at, market, caller, monkeypatch):
    from procurement.operations import tenders

    def fails(**_):
        raise RuntimeError("canary")

    monkeypatch.setattr(tenders, "draft", fails)
    answer = caller(market.officer).post("tenders", sending.tender())
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert b"canary" not in answer.content
