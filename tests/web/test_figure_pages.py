"""The page of figures, their files and the API tell the same rows."""

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from marketplace.web import pictures
from marketplace.web.pictures import Bar
from procurement.figures.catalogue import FIGURES
from procurement.operations import figures
from tests.factories import AFTER, content, tender_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def prepared(at, market):
    lot = replace(content().lots[0], estimated_value=Decimal(40_000))
    tender_at("standstill", market, lots=(lot,))
    figures.refresh(now=AFTER)
    at(AFTER)


def test_page_file_and_api_tell_the_same(prepared, client):
    page = client.get("/prices/figures/").content.decode()
    assert "25.00" in page and 'role="img"' in page and " style=" not in page
    (row,) = csv.DictReader(io.StringIO(client.get("/prices/figures/savings.csv").content.decode()))
    told = json.loads(client.get("/prices/figures/savings.json").content)
    one = client.get("/api/v1/figures/savings").json()
    assert [row] == told["rows"] == one["rows"]
    assert (told["digest"], told["query"]) == (one["digest"], FIGURES["savings"].sql)
    assert {row["name"] for row in client.get("/api/v1/figures").json()} == set(FIGURES)


def test_before_the_first_award_the_page_says_what_comes(client, at):
    assert "No figures yet" in client.get("/prices/figures/").content.decode()
    assert client.get("/prices/figures/nothing.csv").status_code == 404
    assert client.get("/prices/figures/savings.exe").status_code == 404


def test_the_page_takes_few_queries(prepared, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        client.get("/prices/figures/")


def test_the_map_tells_each_province_once(prepared, client):
    page = client.get("/prices/").content.decode()
    assert "Latest median price by province: Matabeleland South 300" in page


def test_a_tile_map_draws_every_province_and_leaves_the_unknown_open():
    svg = pictures.tile_map({"Harare": Bar("Harare", Decimal(3), "3")}, "x")
    assert svg.count('class="c-band"') == 10
    assert svg.count(">–<") == 9


def test_a_bar_below_nought_has_no_length_but_its_words():
    bars = [Bar("a", Decimal(-5), "-5 %"), Bar("<b>", Decimal(5), "5 %")]
    svg = pictures.lying_bars(bars, "x")
    assert 'class="c-bar" x="0" y="24" width="0"' in svg
    assert "-5 %" in svg and "&lt;b&gt;" in svg
