"""Red flags on pages and in the API: for auditors and those who judge, for nobody else."""

from datetime import timedelta

import pytest

from procurement.models import RedFlagAnswer
from procurement.operations import redflags
from procurement.queries import redflags as queries
from tests.factories import AFTER, tender_at

pytestmark = pytest.mark.django_db

LATER = AFTER + timedelta(days=1)


@pytest.fixture
def tender(at, market):
    made = tender_at("standstill", market, ("310", "300", "310"))
    redflags.refresh(now=LATER)
    at(LATER)
    return made


def flag():
    return next(row for row in queries.listed() if row.code == "R028")


def test_the_list_the_flag_and_the_file_tell_the_same(tender, market, signed_in):
    desk = signed_in(market.auditor)
    page = desk.get("/audit/flags/?code=R028").content.decode()
    assert "same price: 31000 USD" in page
    assert flag().public_id in page
    one = desk.get(f"/audit/flags/{flag().public_id}/").content.decode()
    assert "1 of 1 that could be examined (100.0 %)" in one
    assert "members of one union" in one
    lines = b"".join(desk.get("/audit/flags.csv?code=R028").streaming_content).decode()
    assert lines.count("\r\n") == 2
    assert "same price: 31000 USD" in lines


def test_a_filter_that_matches_nothing_says_so(tender, market, signed_in):
    desk = signed_in(market.auditor)
    assert "No flag matches" in desk.get("/audit/flags/?state=confirmed").content.decode()


def test_an_auditor_confirms_and_a_missing_note_is_told_beside_the_field(tender, market, signed_in):
    desk, path = signed_in(market.auditor), f"/audit/flags/{flag().public_id}/"
    refused = desk.post(path, {"state": "confirmed", "note": ""})
    assert "This field is required" in refused.content.decode()
    assert desk.post(path, {"state": "confirmed", "note": "Asked both."}).status_code == 302
    assert "Asked both." in desk.get(path).content.decode()
    assert queries.one(flag().public_id).state == "confirmed"


@pytest.mark.parametrize("path", ["/audit/flags/", "/audit/flags.csv", "/audit/flags/{flag}/"])
def test_nobody_else_reads_the_auditors_pages(tender, market, signed_in, path):
    where = path.format(flag=flag().public_id)
    assert signed_in(market.accountant).get(where).status_code == 403


def test_who_judges_sees_the_flags_of_the_tender_and_a_tenderer_does_not(tender, market, signed_in):
    path = f"/tenders/{tender.reference}/flags/"
    assert "same price" in signed_in(market.accountant).get(path).content.decode()
    assert signed_in(market.tenderers[0][0]).get(path).status_code == 404


def test_public_pages_show_nothing_of_flags(tender, client):
    reference = tender.reference
    for path in (f"/tenders/{reference}/", f"/tenders/{reference}/history/", "/prices/"):
        assert "flag" not in client.get(path).content.decode().lower()


def test_the_api_lists_tells_and_takes_an_answer(tender, market, signed_in):
    desk = signed_in(market.auditor)
    (row,) = desk.get("/api/v1/flags?code=R028").json()
    one = desk.get(f"/api/v1/flags/{row['id']}").json()
    assert (one["state"], one["flagged"], one["examined"]) == ("open", 1, 1)
    assert one["evidence"] == [{"name": "same price", "value": "31000 USD"}]
    answer = desk.post(
        f"/api/v1/flags/{row['id']}/answers",
        {"state": "explained", "note": "A posted price."},
        content_type="application/json",
    )
    assert answer.status_code == 201
    assert RedFlagAnswer.objects.get().note == "A posted price."


def test_the_api_refuses_a_filter_that_it_does_not_know(tender, market, signed_in):
    answer = signed_in(market.auditor).get("/api/v1/flags?code=R999")
    assert (answer.status_code, answer.json()["where"]) == (422, "?code")
