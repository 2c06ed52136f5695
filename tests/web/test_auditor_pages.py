"""The auditor's desk: ask for a file, fetch it; nobody else; no broker, no harm."""

import pytest

from procurement.models import Export
from procurement.operations import exports
from procurement.tasks import run_exports
from tests.factories import AFTER, tender_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(at, market, signed_in):
    at(AFTER)
    return signed_in(market.auditor)


def ask(client, kind, reference=""):
    return client.post("/audit/", {"kind": kind, "tender": reference})


def fetch(client, export):
    return client.get(f"/audit/exports/{export.public_id}/")


def test_an_officer_of_a_buyer_is_refused(at, market, signed_in):
    assert signed_in(market.officer).get("/audit/").status_code == 403


@pytest.mark.parametrize("path", ["/audit/", "/home/"])
def test_the_form_posts_to_where_it_is_read(desk, path):
    """On the dashboard as well, whose own address takes no POST."""
    page = desk.get(path).content.decode()
    assert '<form method="post" action="/audit/"' in page


def test_a_file_can_be_fetched_when_it_is_made_and_not_before(desk, market):
    tender = tender_at("opened", market)
    ask(desk, "bids_csv", tender.reference)
    export = Export.objects.get()
    assert fetch(desk, export).status_code == 404
    exports.run(export.pk, now=AFTER)
    assert fetch(desk, export).getvalue().count(tender.reference.encode()) == 3


def test_a_file_is_its_owners_alone(desk, market, signed_in):
    ask(desk, "bids_csv")
    export = exports.run(Export.objects.get().pk, now=AFTER)
    assert fetch(signed_in(market.officer), export).status_code == 403


def test_a_worker_is_told_after_the_commit(desk, monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr(run_exports, "apply_async", lambda **_: told.append(Export.objects.count()))
    with django_capture_on_commit_callbacks(execute=True):
        ask(desk, "bids_csv")
    assert told == [1]


def test_a_missing_broker_does_not_fail_the_request(
    desk, monkeypatch, django_capture_on_commit_callbacks
):
    def down(**_):
        raise ConnectionError("no broker")

    monkeypatch.setattr(run_exports, "apply_async", down)
    with django_capture_on_commit_callbacks(execute=True):
        assert ask(desk, "bids_csv").status_code == 302
    assert exports.waiting(AFTER)


def test_a_history_without_a_tender_is_refused_beside_the_field(desk):
    assert "Name the tender" in ask(desk, "history_jsonl").content.decode()


def test_before_the_opening_the_file_of_bids_is_empty(desk, market):
    tender_at("closed", market)
    ask(desk, "bids_csv")
    export = exports.run(Export.objects.get().pk, now=AFTER)
    assert fetch(desk, export).getvalue().count(b"\n") == 1
