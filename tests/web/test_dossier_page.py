"""The dossier for everybody: asked for, made by a worker, taken away whole or in parts."""

import hashlib
from datetime import timedelta

import pytest

from marketplace.ledger.record import record
from procurement.models import Export
from procurement.operations import exports
from tests.factories import AFTER, tender_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def tender(market, at):
    at(AFTER)
    return tender_at("opened", market)


@pytest.fixture
def path(tender):
    return f"/tenders/{tender.reference}/dossier/"


@pytest.fixture
def made(tender):
    row = exports.request_public(tender=tender, now=AFTER)
    return exports.run(row.pk, now=AFTER)


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_before_the_opening_the_page_says_why_there_is_none(client, market, at):
    tender = tender_at("open", market)
    path = f"/tenders/{tender.reference}/dossier/"
    page = client.get(path).content.decode()
    assert "Not before the opening" in page and '<form method="post"' not in page
    assert client.post(path).status_code == 409
    assert not Export.objects.exists()


def test_it_is_asked_for_watched_and_taken_away(client, path, tender):
    assert "Make the dossier" in client.get(path).content.decode()
    waiting = client.post(path, follow=True).content.decode()
    assert "It is being made" in waiting and 'http-equiv="refresh"' in waiting
    row = exports.latest_public(tender)
    exports.run(row.pk, now=AFTER)
    page = client.get(path).content.decode()
    assert "Download the dossier" in page and 'http-equiv="refresh"' not in page
    answer = client.get(f"{path}file/")
    raw = body(answer)
    row.refresh_from_db()
    assert hashlib.sha256(raw).hexdigest() == row.sha256 and raw[:2] == b"PK"
    assert answer["Content-Type"] == "application/zip"


def test_many_who_ask_share_one(client, path):
    for _ in range(5):
        client.post(path)
    assert Export.objects.count() == 1


def test_a_broken_download_goes_on_where_it_stopped(client, path, made):
    whole = client.get(f"{path}file/")
    raw, etag = body(whole), whole["ETag"]
    rest = client.get(f"{path}file/", headers={"Range": "bytes=1000-", "If-Range": etag})
    assert (rest.status_code, rest["Content-Range"]) == (
        206,
        f"bytes 1000-{len(raw) - 1}/{len(raw)}",
    )
    assert body(rest) == raw[1000:] and int(rest["Content-Length"]) == len(raw) - 1000
    assert body(client.get(f"{path}file/", headers={"Range": "bytes=5-9"})) == raw[5:10]
    assert body(client.get(f"{path}file/", headers={"Range": "bytes=-7"})) == raw[-7:]


def test_another_files_part_is_not_mixed_in(client, path, made):
    whole = body(client.get(f"{path}file/"))
    stale = {"Range": "bytes=1000-", "If-Range": '"another"'}
    answer = client.get(f"{path}file/", headers=stale)
    assert answer.status_code == 200 and body(answer) == whole


@pytest.mark.parametrize("asked", ["bytes=9-1,20-30", "lines=1-2", "bytes=-", "bytes=x-1"])
def test_what_is_no_single_range_gets_the_whole(client, path, made, asked):
    assert client.get(f"{path}file/", headers={"Range": asked}).status_code == 200


def test_a_part_beyond_the_end_is_refused_with_the_size(client, path, made):
    answer = client.get(f"{path}file/", headers={"Range": "bytes=99999999-"})
    assert answer.status_code == 416 and answer["Content-Range"].startswith("bytes */")


def test_who_has_it_need_not_fetch_it_again(client, path, made):
    etag = client.get(f"{path}file/")["ETag"]
    assert client.get(f"{path}file/", headers={"If-None-Match": etag}).status_code == 304


def test_before_it_is_made_there_is_no_file(client, path):
    assert client.get(f"{path}file/").status_code == 404


def test_when_something_was_recorded_since_a_fresh_one_is_offered(client, path, made, market, at):
    at(AFTER + timedelta(hours=2))
    assert "Make a fresh one" not in client.get(path).content.decode()
    said = {"subject": made.tender.reference, "body": {}, "by": None}
    record("NoticeGiven", **said, now=AFTER + timedelta(hours=1))
    assert "Make a fresh one" in client.get(path).content.decode()
    client.post(path)
    assert Export.objects.count() == 2
    # Until it is made the one before is there.
    assert client.get(f"{path}file/").status_code == 200
