"""Open data by program: pages that never skip, one of each, conditions, refusals, files."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import openpyxl
import pytest
from django.conf import settings

from procurement.models import OcdsRelease
from procurement.operations import ocds, ocdsfiles
from tests.factories import AFTER, tender_at
from tests.ocds.support import shared

pytestmark = pytest.mark.django_db
__all__ = ["shared"]
PROBLEM = "application/problem+json"


@pytest.fixture
def published(at, shared):
    at.now = AFTER + timedelta(days=60)
    return shared[1]


@pytest.fixture
def market(shared):
    return shared[0]


def get(client, address, **headers):
    return client.get(f"/api/ocds/{address}", headers=headers)


def walked(client, kind, limit):
    """Every package from the first to the last, by the links alone."""
    address, found = f"/api/ocds/{kind}?limit={limit}", []
    while address:
        found.append(client.get(address).json())
        link = found[-1].get("links", {}).get("next")
        address = link and link.removeprefix(settings.SITE_URL)
    return found


def test_the_feed_gives_every_release_once_in_the_order_of_the_ledger(client, published):
    pages = walked(client, "releases", 2)
    found = [release["id"] for page in pages for release in page["releases"]]
    assert found == list(OcdsRelease.objects.values_list("release_id", flat=True))
    assert len(pages) == 4 and "prev" not in pages[0].get("links", {})


def test_the_link_back_leads_to_the_page_before(client, published):
    pages = walked(client, "releases", 2)
    back = pages[1]["links"]["prev"].removeprefix(settings.SITE_URL)
    assert client.get(back).json()["releases"] == pages[0]["releases"]


def test_a_reader_who_was_at_the_end_goes_on_with_what_came_since(client, published, market):
    cursor = get(client, "releases?limit=1000")["Cursor"]
    assert get(client, f"releases?cursor={cursor}").json()["releases"] == []
    second = tender_at("open", market)
    found = get(client, f"releases?cursor={cursor}").json()["releases"]
    assert [r["tender"]["id"] for r in found] == [second.reference]


def test_a_package_says_who_under_which_licence_and_policy(client, published):
    page = get(client, "records").json()
    assert {"uri", "version", "publishedDate", "publisher", "license", "publicationPolicy"} <= set(
        page
    )
    assert client.get(page["publicationPolicy"].removeprefix(settings.SITE_URL)).status_code == 200
    assert page["records"][0]["compiledRelease"]["tag"] == ["compiled"]


def test_one_release_and_one_record_come_in_packages(client, published):
    record = get(client, "records").json()["records"][0]
    one = get(client, f"records/{record['ocid']}").json()
    assert one["records"] == [record]
    release = record["releases"][0]
    assert get(client, f"releases/{release['id']}").json()["releases"] == [release]


def test_since_begins_at_an_instant(client, published):
    late = (AFTER + timedelta(days=20)).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = get(client, f"releases?since={late}").json()["releases"]
    assert [r["tag"][0] for r in found] == ["implementation", *["implementationUpdate"] * 2]


def test_what_was_not_changed_is_not_sent_again(client, published):
    first = get(client, "releases")
    again = get(client, "releases", if_none_match=first["ETag"])
    dated = get(client, "releases", if_modified_since=first["Last-Modified"])
    assert (again.status_code, dated.status_code) == (304, 304)
    assert get(client, "releases?limit=3", if_none_match=first["ETag"]).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("releases?limit=0", 422),
        ("releases?limit=1001", 422),
        ("releases?limit=ten", 422),
        ("releases?cursor=xyz", 400),
        ("releases?since=yesterday", 422),
        ("releases?since=2026-02-31T00:00:00Z", 422),
        ("releases?cursor=after-1&since=2026-01-01T00:00:00Z", 422),
        ("releases?page=2", 422),
        ("releases/none", 404),
        ("records/ocds-213czf-none", 404),
        ("files/ocds-2026-releases.jsonl.gz", 404),
        ("files/..%2F..%2Fetc%2Fpasswd", 404),
        ("nothing", 404),
    ],
)
def test_a_wrong_address_is_refused_in_words(client, address, status):
    answer = get(client, address)
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM), answer.content
    assert answer.json()["detail"]


def test_readers_who_ask_too_often_are_told_when_to_come_back(client, published, monkeypatch):
    monkeypatch.setattr("api.throttles.AnonThrottle.THROTTLE_RATES", {"anon": "1/min"})
    assert get(client, "releases").status_code == 200
    answer = get(client, "releases")
    assert (answer.status_code, answer["Content-Type"]) == (429, PROBLEM)
    assert int(answer["Retry-After"]) > 0


def file_of(client, form):
    listed = {row["form"]: row for row in get(client, "files").json()["files"]}
    row = listed[form]
    answer = client.get(row["url"].removeprefix(settings.SITE_URL))
    raw = b"".join(answer.streaming_content)
    assert hashlib.sha256(raw).hexdigest() == row["sha256"] == answer["ETag"].strip('"')
    assert answer["Last-Modified"] and len(raw) == row["size"]
    return raw


def test_files_have_the_sums_that_the_list_says(client, published, at, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    ocdsfiles.make_due(now=at.now)
    with zipfile.ZipFile(io.BytesIO(file_of(client, "csv"))) as tables:
        assert {"records.csv", "bids_details.csv", "awards_suppliers.csv"} <= set(tables.namelist())
        head, *rows = tables.read("bids_details.csv").decode().splitlines()
    assert head.startswith("ocid,id,bids/details/0/id") and len(rows) == 3
    with zipfile.ZipFile(io.BytesIO(file_of(client, "records-json"))) as packed:
        found = json.loads(packed.read(packed.namelist()[0]))
    assert found["records"][0]["ocid"].endswith(published.reference)
    book = openpyxl.load_workbook(io.BytesIO(file_of(client, "xlsx")), read_only=True)
    assert "bids_details" in book.sheetnames
    assert list(book["contracts"].rows)[1][0].value == found["records"][0]["ocid"]


def test_a_file_is_made_again_only_after_a_change(published, at, market, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert ocdsfiles.make_due(now=at.now) > 0
    assert ocdsfiles.make_due(now=at.now) == 0
    tender_at("open", market)
    ocds.publish(now=at.now)
    assert ocdsfiles.make_due(now=at.now) > 0
    assert len(list(tmp_path.rglob("*.jsonl.gz"))) == len(
        {p.name.rpartition("-")[0][:7] + p.name.rpartition("-")[2] for p in tmp_path.rglob("*.gz")}
    )
