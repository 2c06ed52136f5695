"""Results and figures: what was decided, past ones marked, and nothing before the opening."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from procurement import analysis
from procurement.models import Award, ImportBatch, Tender
from tests.factories import AFTER, START, tender_at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def later(at):
    at(AFTER)


def read(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return (response.getvalue() if response.streaming else response.content).decode()


def made_historical(tender):
    batch = ImportBatch.objects.create(
        source="x", filename="x.csv", sha256="0" * 64, mapping="", started_at=START
    )
    Tender.objects.filter(pk=tender.pk).update(historical_batch=batch)


def test_an_award_is_a_result_and_a_recommendation_is_not(client, market):
    tender_at("recommended", market)
    assert "No award yet" in read(client, "/results/")
    tender = tender_at("standstill", market)
    assert f"/tenders/{tender.reference}/" in read(client, "/results/")


def test_a_past_result_is_marked(client, market):
    made_historical(tender_at("standstill", market))
    assert 'tag--husk">Historical' in read(client, "/results/")


@pytest.mark.parametrize("name", ["kind", "commodity", "province"])
def test_results_are_narrowed_by_each_select(client, market, name):
    made_historical(tender_at("standstill", market))
    lot = tender_at("standstill", market).lots.get()
    lot.items.update(commodity=None, province="Masvingo")
    wanted = {"kind": "past", "commodity": "MAIZE_GRAIN", "province": "Matabeleland South"}
    page = client.get("/results/", {name: wanted[name]}).context["page"]
    assert [award.lot.tender.is_historical for award in page] == [True]


def test_the_file_has_exact_prices_of_what_the_page_shows(client, market):
    made_historical(tender_at("standstill", market, prices=("300.3755",)))
    tender_at("standstill", market)
    rows = list(csv.DictReader(io.StringIO(read(client, "/results.csv?kind=past"))))
    assert [Decimal(row["price"]) for row in rows] == [Decimal("30037.55")]


def test_results_take_few_queries(client, market, django_assert_max_num_queries):
    for _ in range(3):
        tender_at("standstill", market)
    with django_assert_max_num_queries(12):
        read(client, "/results/")


def test_figures_tell_nothing_of_bids_before_the_opening(client, market):
    before = read(client, "/prices/")
    tender_at("closed", market)
    assert read(client, "/prices/") == before


def test_figures_show_the_median_with_its_table_twin(client, market):
    tender_at("standstill", market, prices=("310", "300.125", "320"))
    text = read(client, "/prices/")
    assert 'role="img"' in text and "300.125" in text and " style=" not in text


def test_past_and_present_prices_are_never_one_series(client, market):
    tender_at("standstill", market)
    made_historical(tender_at("standstill", market))
    found = analysis.prices(AFTER, "Africa/Harare")
    assert {series.historical for series in found} == {True, False}


def test_a_month_begins_in_the_time_zone_of_the_service(market):
    tender_at("standstill", market)
    at = datetime(2026, 3, 31, 23, tzinfo=UTC)
    Award.objects.update(decided_at=at)
    ((month,),) = analysis.prices(at, "Africa/Harare").values()
    assert month.month == f"{at.astimezone(ZoneInfo('Africa/Harare')):%Y-%m}" == "2026-04"


@pytest.mark.parametrize(
    ("prices", "expected"),
    [("7", "7 7 7"), ("1 2", "1.25 1.5 1.75"), ("0.1 0.2 0.4", "0.15 0.2 0.3")],
)
def test_quartiles_are_exact(prices, expected):
    values = [Decimal(price) for price in prices.split()]
    parts = (analysis.QUARTER, analysis.HALF, 1 - analysis.QUARTER)
    found = [analysis.quantile(values, part) for part in parts]
    assert found == [Decimal(text) for text in expected.split()]
