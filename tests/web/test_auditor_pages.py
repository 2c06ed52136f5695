"""The auditor's desk: ask for a file, fetch it; nobody else; no broker, no harm."""

import io
import json
import zipfile

import pytest

from marketplace.accounts.roles import Role
from procurement.models import Export
from procurement.operations import exports
from procurement.queries import slices
from procurement.tasks import run_exports
from tests.factories import AFTER, person, tender_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(at, market, signed_in):
    at(AFTER)
    return signed_in(market.auditor)


def ask(client, kind, reference=""):
    return client.post("/audit/", {"kind": kind, "tender": reference})


def asked(market, tender=None):
    """A bid history that was asked for, whatever its size."""
    return exports.request(kind="bids_csv", tender=tender, by=market.auditor, now=AFTER)


def fetch(client, export):
    return client.get(f"/audit/exports/{export.public_id}/file/")


def test_an_officer_of_a_buyer_is_refused(at, market, signed_in):
    assert signed_in(market.officer).get("/audit/").status_code == 403


@pytest.mark.parametrize("path", ["/audit/", "/home/"])
def test_the_form_posts_to_where_it_is_read(desk, path):
    """On the dashboard as well, whose own address takes no POST."""
    page = desk.get(path).content.decode()
    assert '<form method="post" action="/audit/"' in page


def test_a_file_can_be_fetched_when_it_is_made_and_not_before(desk, market):
    tender = tender_at("opened", market)
    export = asked(market, tender)
    assert fetch(desk, export).status_code == 404
    exports.run(export.pk, now=AFTER)
    assert rows(fetch(desk, export)) == 3


def test_a_file_is_its_owners_alone(desk, market, signed_in):
    export = exports.run(asked(market).pk, now=AFTER)
    assert fetch(signed_in(market.officer), export).status_code == 403


def test_a_worker_is_told_after_the_commit(
    desk, market, monkeypatch, django_capture_on_commit_callbacks
):
    told = []
    monkeypatch.setattr(run_exports, "apply_async", lambda **_: told.append(Export.objects.count()))
    with django_capture_on_commit_callbacks(execute=True):
        ask(desk, "history_csv", tender_at("opened", market).reference)
    assert told == [1]


def test_a_missing_broker_does_not_fail_the_request(
    desk, market, monkeypatch, django_capture_on_commit_callbacks
):
    def down(**_):
        raise ConnectionError("no broker")

    monkeypatch.setattr(run_exports, "apply_async", down)
    with django_capture_on_commit_callbacks(execute=True):
        assert ask(desk, "history_csv", tender_at("open", market).reference).status_code == 302
    assert exports.waiting(AFTER)


def test_a_history_without_a_tender_is_refused_beside_the_field(desk):
    assert "Name the tender" in ask(desk, "history_jsonl").content.decode()


def test_before_the_opening_the_file_of_bids_is_empty(desk, market):
    tender_at("closed", market)
    export = exports.run(asked(market).pk, now=AFTER)
    assert rows(fetch(desk, export)) == 0


def rows(response):
    """The rows that the manifest of a downloaded bid history tells."""
    raw = response.getvalue() if response.streaming else response.content
    with zipfile.ZipFile(io.BytesIO(raw)) as found:
        return json.loads(found.read("manifest.json"))["rows"]


# --- bid history ------------------------------------------------------------------------------


def test_the_page_counts_the_rows_of_the_slice_in_its_address(desk, market):
    tender_at("opened", market)
    page = desk.get("/audit/bids/").content.decode()
    assert '<strong class="figures__value">3</strong> rows' in page
    page = desk.get("/audit/bids/?tenderer=Co-op Chengeta").content.decode()
    assert '<strong class="figures__value">1</strong> row' in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("tender=NONE", "There is no such tender"),
        ("buyer=Nobody", "No organisation is called that"),
        ("opened_from=2026-05-02&opened_to=2026-05-01", "ends before it begins"),
        ("opened_from=yesterday", "Year, month and day"),
    ],
)
def test_what_is_not_there_is_refused_beside_its_field(desk, market, query, words):
    page = desk.get(f"/audit/bids/?{query}").content.decode()
    assert words in page and "Mend the choice first" in page


def test_the_last_day_of_a_period_is_included(desk, market):
    tender_at("opened", market)
    day = AFTER.date().isoformat()
    page = desk.get(f"/audit/bids/?opened_from={day}&opened_to={day}").content.decode()
    assert '<strong class="figures__value">3</strong>' in page


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl", "parquet"])
def test_a_small_slice_comes_at_once(desk, market, form):
    tender = tender_at("opened", market)
    sent = desk.post(f"/audit/bids/?tender={tender.reference}", {"format": form})
    found = desk.get(sent["Location"])
    assert rows(found) == 3
    assert f'filename="{tender.reference}-bids-{form}.zip"' in found["Content-Disposition"]


def test_a_large_slice_is_a_job_with_progress_and_a_link(desk, market, monkeypatch):
    monkeypatch.setattr(slices, "AT_ONCE", 2)
    tender_at("opened", market)
    sent = desk.post("/audit/bids/", {"format": "csv"})
    export = Export.objects.get()
    assert sent["Location"] == f"/audit/exports/{export.public_id}/"
    page = desk.get(sent["Location"]).content.decode()
    assert 'max="3" value="0"' in page and 'hx-trigger="every 2s"' in page
    part = desk.get(sent["Location"], headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div id="progress"')
    exports.run(export.pk, now=AFTER)
    page = desk.get(sent["Location"]).content.decode()
    assert f"/audit/exports/{export.public_id}/file/" in page and "hx-get" not in page


def test_a_large_slice_is_not_given_at_once(desk, market, monkeypatch):
    monkeypatch.setattr(slices, "AT_ONCE", 2)
    tender_at("opened", market)
    assert desk.get("/audit/bids/file/?format=csv").status_code == 409


def test_a_form_that_is_not_known_is_refused(desk, market):
    assert desk.get("/audit/bids/file/?format=exe").status_code == 409


def test_a_file_that_is_given_up_is_not_made(desk, market):
    tender_at("opened", market)
    export = asked(market)
    assert desk.post(f"/audit/exports/{export.public_id}/cancel/").status_code == 302
    assert "Given up" in desk.get(f"/audit/exports/{export.public_id}/").content.decode()
    assert exports.waiting(AFTER) == []
    assert exports.run(export.pk, now=AFTER) is None


def test_a_file_of_somebody_else_cannot_be_seen_or_stopped(desk, market, signed_in):
    export = asked(market)
    other = signed_in(person("Aude Auditor", market.office, Role.AUDITOR))
    assert other.get(f"/audit/exports/{export.public_id}/").status_code == 404
    assert other.post(f"/audit/exports/{export.public_id}/cancel/").status_code == 404
