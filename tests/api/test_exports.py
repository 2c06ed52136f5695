"""Bid histories by program: at once for anybody, as a job for auditors; range, cancel, refusals."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from marketplace.accounts.roles import Role
from procurement.models import Export
from procurement.operations import exports
from procurement.queries import slices
from tests.factories import AFTER, person, tender_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(at, market):
    at.now = AFTER
    return tender_at("opened", market)


@pytest.fixture
def auditor(at, market, caller):
    at.now = AFTER
    return caller(market.auditor)


def manifest(raw):
    with zipfile.ZipFile(io.BytesIO(raw)) as found:
        return json.loads(found.read("manifest.json"))


def content(response):
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl", "parquet"])
def test_anybody_takes_a_small_bid_history_at_once(opened, caller, form):
    found = caller().get(f"bid-history?table={form}&tender={opened.reference}")
    assert found["Content-Type"] == "application/zip"
    assert manifest(content(found))["rows"] == 3


def test_sealed_bids_are_in_nobodys_file(at, market, caller):
    tender_at("closed", market)
    for who in (None, market.auditor, market.officer):
        found = caller(who).get("bid-history") if who else caller().get("bid-history")
        assert manifest(content(found))["rows"] == 0


def test_a_large_slice_is_refused_with_the_other_way(opened, caller, monkeypatch):
    monkeypatch.setattr(slices, "AT_ONCE", 2)
    refused = caller().get("bid-history")
    assert refused.json()["code"] == "slice-too-large"
    assert "background" in refused.json()["remedy"]


@pytest.mark.parametrize(
    "query", ["table=exe", "tender=NONE", "opened_from=yesterday", "supplier=x", "buyer=nobody"]
)
def test_what_cannot_be_is_refused(opened, caller, query):
    assert 400 <= caller().get(f"bid-history?{query}").status_code < 500


def test_an_auditor_asks_watches_and_downloads_by_parts(opened, auditor, market):
    made = auditor.post(
        "exports",
        {
            "kind": "bids_parquet",
            "tenderer": market.tenderers[0][1].public_id,
            "opened_from": "2026-01-01T00:00:00Z",
        },
    )
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["rows_total"], told["rows_done"], told["cancelled_at"]) == (1, 0, None)
    exports.run(exports.waiting(AFTER)[0], now=AFTER)
    path = made["Location"][8:]
    told = auditor.get(path).json()
    whole = auditor.get(f"{path}/file")
    raw = content(whole)
    assert whole["ETag"] == f'"{told["sha256"]}"'
    part = auditor.get(f"{path}/file", Range="bytes=100-199", Accept_Encoding="gzip")
    assert (part.status_code, content(part)) == (206, raw[100:200])
    assert "Content-Encoding" not in part and part["Content-Length"] == "100"
    assert auditor.get(f"{path}/file", If_None_Match=whole["ETag"]).status_code == 304


def test_an_auditor_gives_a_file_up(opened, auditor):
    path = auditor.post("exports", {"kind": "bids_csv"})["Location"][8:]
    assert auditor.post(f"{path}/cancellation", {}).json()["cancelled_at"]
    assert exports.waiting(AFTER) == []
    assert auditor.post(f"{path}/cancellation", {}).status_code == 200


def test_a_finished_file_is_not_given_up(opened, auditor):
    path = auditor.post("exports", {"kind": "bids_csv"})["Location"][8:]
    exports.run(Export.objects.get().pk, now=AFTER)
    assert auditor.post(f"{path}/cancellation", {}).json()["code"] == "conflict"


def test_nobody_else_gives_it_up(opened, auditor, market, caller):
    path = auditor.post("exports", {"kind": "bids_csv"})["Location"][8:]
    other = person("Aude Auditor", market.office, Role.AUDITOR)
    assert caller(other).post(f"{path}/cancellation", {}).status_code == 404
    assert caller(market.officer).post(f"{path}/cancellation", {}).status_code == 403


def test_a_history_cannot_be_narrowed_by_buyer(opened, auditor, market):
    asked = {"kind": "history_csv", "tender": opened.reference, "buyer": market.buyer.public_id}
    assert auditor.post("exports", asked).json()["where"] == "buyer"


def test_a_period_that_ends_before_it_begins_is_refused(opened, auditor):
    later = (AFTER + timedelta(days=1)).isoformat()
    asked = {"kind": "bids_csv", "opened_from": later, "opened_before": AFTER.isoformat()}
    assert auditor.post("exports", asked).json()["where"] == "opened_before"
