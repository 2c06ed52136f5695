"""What anyone sees without an account, at what cost."""

import gzip
from dataclasses import replace
from datetime import timedelta

import pytest

from produce.models import Standard
from tests.factories import AFTER, START, content, item, tender_at

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PAGES = ("/", "/tenders/", "/results/", "/prices/", "/verify/", "/help/", "/accessibility/",
         "/checkpoint/")  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_opens_in_an_empty_market(client, at, market, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("stage", ["open", "closed", "opened", "evaluated", "standstill", "paid"])
def test_a_tender_page_opens_at_every_stage(client, at, market, stage):
    tender = tender_at(stage, market)
    at(AFTER + 60 * DAY if stage == "paid" else AFTER + DAY if stage != "open" else START + DAY)
    for path in (f"/tenders/{tender.reference}/", f"/tenders/{tender.reference}/history/", *PAGES):
        assert client.get(path).status_code == 200


def test_a_draft_is_not_there_for_the_public(client, at, market):
    tender = tender_at("draft", market)
    assert client.get(f"/tenders/{tender.reference}/").status_code == 404


def test_the_list_needs_at_most_twelve_queries(client, at, market, django_assert_max_num_queries):
    for _ in range(3):
        tender_at("open", market, prices=())
    with django_assert_max_num_queries(12):
        client.get("/tenders/?q=maize&status=open&province=Matabeleland+South")


def test_the_tender_page_needs_at_most_twelve_queries(
    client, at, market, django_assert_max_num_queries
):
    standard = Standard.objects.get(code="EAX_WM", commodity__code="MAIZE_GRAIN")
    graded = item(standard=standard.code, edition=standard.edition, grade="1")
    lot = replace(content().lots[0], items=(graded, graded))
    tender = tender_at("standstill", market, lots=(lot, lot))
    at(AFTER + DAY)
    with django_assert_max_num_queries(12):
        client.get(f"/tenders/{tender.reference}/")


def test_the_first_visit_to_the_list_is_under_50_kb(client, at, market, settings):
    for _ in range(20):
        tender_at("open", market, prices=())
    page = client.get("/tenders/", headers={"accept-encoding": "gzip"})
    sheet = settings.BASE_DIR / "marketplace/web/static/web/musika.css"
    assert len(page.content) + len(gzip.compress(sheet.read_bytes())) < 50_000


def test_the_file_of_the_list_has_the_rows_that_the_list_shows(client, at, market):
    tender_at("open", market, prices=(), title="Maize for Gwanda")
    tender_at("open", market, prices=(), title="Beans for Binga")
    lines = b"".join(client.get("/tenders.csv?q=beans").streaming_content).decode().splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == ["Beans for Binga"]


def test_a_facet_counts_what_its_choice_would_leave(client, at, market):
    tender_at("open", market, prices=())
    tender_at("open", market, prices=(), reserved_for="women")
    facets = {
        facet.name: facet for facet in client.get("/tenders/?reserved=women").context["facets"]
    }
    assert {o.value: o.count for o in facets["reserved"].options} == {"everyone": 1, "women": 1}
    assert [o.count for o in facets["status"].options] == [1]


def test_an_unknown_status_is_refused_in_words(client, at, market):
    assert "nonsense" in client.get("/tenders/?status=nonsense").content.decode()


def test_the_result_is_public_after_the_award_and_not_before(client, at, market):
    tender = tender_at("evaluated", market)
    at(AFTER + DAY)
    assert "Ranking" not in client.get(f"/tenders/{tender.reference}/").content.decode()
