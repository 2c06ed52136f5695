from dataclasses import replace

import pytest

from procurement.operations import tenders
from tests.factories import DEADLINE, START, content, item, tender_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(at, market):
    return [
        tender_at("open", market, prices=(), title=title)
        for title in ("Maize for Gwanda", "Beans for schools", "Maize for Binga")
    ]


def references(answer):
    return [row["reference"] for row in answer.json()["results"]]


def test_the_latest_stands_first(three, caller):
    assert references(caller().get("tenders")) == [row.reference for row in reversed(three)]


def test_a_row_says_what_is_bought(three, caller):
    row = caller().get("tenders").json()["results"][0]
    assert row["status"] == "open"
    assert row["deadline"] == "2026-03-22T08:00:00Z"
    assert row["lots"][0]["items"] == [
        {
            "item": 1,
            "description": "White maize",
            "commodity": "MAIZE_GRAIN",
            "quantity": "100",
            "unit": "t",
        }
    ]


def test_words_are_searched(three, caller):
    found = references(caller().get("tenders?q=maize+binga"))
    assert found == [three[2].reference]


@pytest.mark.parametrize(
    ("facet", "count"),
    [
        ("status=open", 3),
        ("status=closing&status=open", 3),
        ("status=paid", 0),
        ("commodity=MAIZE_GRAIN", 3),
        ("commodity=WHEAT", 0),
        ("grade=1", 0),
        ("province=Matabeleland+South", 3),
        ("province=Masvingo", 0),
        ("method=open", 3),
        ("reserved_for=women", 0),
        ("currency=USD", 3),
        ("historical=true", 0),
        ("historical=false", 3),
        ("deadline_after=2026-03-22T08:00:00Z", 3),
        ("deadline_before=2026-03-22T08:00:00Z", 0),
        ("published_after=2026-03-02T10:00:00%2B02:00", 3),
    ],
)
def test_facets_narrow_the_list(facet, count, three, caller):
    assert len(references(caller().get(f"tenders?{facet}"))) == count


def test_the_buyer_is_a_facet(three, caller, market):
    assert len(references(caller().get(f"tenders?buyer={market.buyer.public_id}"))) == 3
    assert references(caller().get("tenders?buyer=0000")) == []


def test_status_is_of_the_instant_of_the_request(three, caller, at):
    at.now = DEADLINE
    assert len(references(caller().get("tenders?status=closing"))) == 3


def test_drafts_are_not_listed(at, market, caller):
    tenders.draft(buyer=market.buyer, content=content(), by=market.officer, now=START)
    assert references(caller(market.officer).get("tenders")) == []


def test_the_cursor_leads_through_every_page(three, caller):
    who, seen, path = caller(), [], "tenders?page_size=2"
    while path:
        page = who.get(path)
        seen += references(page)
        path = (page.json()["next"] or "").partition("/api/v1/")[2]
    assert seen == [row.reference for row in reversed(three)]


def test_a_tender_published_meanwhile_moves_no_page(three, caller, market):
    who = caller()
    first = who.get("tenders?page_size=2")
    tender_at("open", market, prices=())
    second = who.get(first.json()["next"].partition("/api/v1/")[2])
    assert references(second) == [three[0].reference]


def test_the_list_costs_three_queries_whatever_its_length(three, caller, django_assert_num_queries):
    who = caller()
    with django_assert_num_queries(3):
        who.get("tenders")


def test_a_tender_with_two_matching_items_is_listed_once(at, market, caller):
    lot = replace(content().lots[0], items=(item(), item()))
    tender_at("open", market, prices=(), lots=(lot, lot))
    assert len(references(caller().get("tenders?commodity=MAIZE_GRAIN"))) == 1


def test_the_limits_are_told_and_kept(three, caller, monkeypatch):
    from api.throttles import AnonThrottle

    monkeypatch.setattr(AnonThrottle, "rate", "2/min", raising=False)
    who = caller()
    first = who.get("tenders")
    assert first["RateLimit-Policy"] == '"anon";q=2;w=60'
    assert first["RateLimit"].startswith('"anon";r=1;t=')
    who.get("tenders")
    last = who.get("tenders")
    assert (last.status_code, last.json()["code"]) == (429, "throttled")
    assert int(last["Retry-After"]) > 0


def test_a_cache_that_is_away_refuses_nobody(three, caller, monkeypatch):
    from api.throttles import AnonThrottle

    class Away:
        def get(self, *_):
            raise ConnectionError

    monkeypatch.setattr(AnonThrottle, "cache", Away())
    assert caller().get("tenders").status_code == 200
