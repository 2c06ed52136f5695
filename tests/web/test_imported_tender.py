"""A past tender that was read from a file: its page, its row, the filters and the API."""

import pytest

from procurement.models import Tender
from tests.history.cast import import_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def past(tmp_path, at):
    import_rows(tmp_path)
    return Tender.objects.order_by("pk").first()


def test_its_page_opens_and_says_what_it_is(client, past):
    page = client.get(f"/tenders/{past.reference}/").content.decode()
    assert "A past tender" in page and past.title in page and "Start your bid" not in page


def test_its_record_opens(client, past):
    assert client.get(f"/tenders/{past.reference}/history/").status_code == 200


def test_it_has_a_row_in_the_list_and_in_its_file(client, past):
    page = client.get("/tenders/")
    assert past.reference in {tender.reference for tender in page.context["page"]}
    assert past.reference in b"".join(client.get("/tenders.csv")).decode()


@pytest.mark.parametrize(
    "query", ["q=maize", "status=paid", "status=open", "closing=7", "sort=closing", "historical=1"]
)
def test_every_filter_lives_with_it(client, past, query):
    assert client.get(f"/tenders/?{query}").status_code == 200


@pytest.mark.parametrize("ending", ["", "/lots", "/documents", "/enquiries"])
def test_the_api_answers_for_it_and_never_breaks(client, past, ending):
    answer = client.get(f"/api/v1/tenders/{past.reference}{ending}")
    assert answer.status_code in (200, 404) and (ending or answer.status_code == 200)


def test_the_api_lists_it(client, past):
    rows = client.get("/api/v1/tenders?historical=true").json()
    assert past.reference in str(rows)


def test_nobody_bids_for_it(market, past, signed_in):
    user, firm = market.tenderers[0]
    client = signed_in(user)
    for path in ("bid/", f"bid/{firm.public_id}/lots/", f"bid/{firm.public_id}/check/", "ask/"):
        assert client.get(f"/tenders/{past.reference}/{path}").status_code in (200, 404, 409)
