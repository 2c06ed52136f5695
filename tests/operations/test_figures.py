"""Figures are computed once, exact, and only again when something was recorded."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from marketplace.errors import Invalid
from procurement.figures.catalogue import FIGURES
from procurement.figures.market import Market as MarketPrices
from procurement.figures.targets import target
from procurement.models import MarketPrice, PreparedFigure, PriceFile
from procurement.operations import figures, market_prices
from procurement.queries import figures as queries
from tests.factories import AFTER, START, Market, content, tender_at

pytestmark = pytest.mark.django_db

LATER = AFTER + timedelta(days=1)
HEAD = "date,admin1,admin2,market,latitude,longitude,category,commodity,unit,priceflag,pricetype,"
HEAD += "currency,price,usdprice\n"


def line(day="2017-03-15", commodity="Maize", unit="KG", currency="USD", price="0.40"):
    place = "Matabeleland South,Gwanda,Gwanda,,,cereals"
    return f"{day},{place},{commodity},{unit},actual,Retail,{currency},{price},{price}\n"


def read(*lines, head=HEAD):
    text = head + "".join(lines)
    return market_prices.read(
        content=text.encode(), source="WFP", filename="p.csv", currency="USD", now=START
    )


@pytest.fixture
def awarded():
    """One lot, estimated at 40,000: three bid, the second wins 100 t at 300."""
    market = Market()
    lot = replace(content().lots[0], estimated_value=Decimal(40_000))
    return tender_at("standstill", market, lots=(lot,))


def rows(name):
    return queries.prepared(name).rows


def test_every_figure_tells_its_rows(awarded):
    read(line(), line(price="0.30"))
    assert figures.refresh(now=LATER) == len(FIGURES)
    (price,) = rows("prices")
    assert (price["median"], price["unit"], price["market"]) == ("300", "t", "350")
    assert (price["market_month"], price["market_place"]) == ("2017-03", "Matabeleland South")
    assert rows("competition") == [{"month": "2026-03", "bids": "3", "lots": "1"}]
    (saving,) = rows("savings")
    assert (saving["estimated"], saving["awarded"]) == ("40000", "30000")
    assert saving["saved_percent"] == "25.00"
    assert rows("concentration")[0]["hhi"] == "10000"
    assert rows("success") == [{"kind": "company", "bids": "3", "won": "1", "won_percent": "33.33"}]
    assert rows("time_to_award")[0]["median"] == "0"
    shares = {row["group"]: row["share_percent"] for row in rows("groups")}
    assert shares["companies"] == "100.00" and shares["smallholders"] == "0.00"


def test_every_row_has_the_columns_that_are_promised(awarded):
    read(line())
    figures.refresh(now=LATER)
    for name, figure in FIGURES.items():
        assert {tuple(sorted(row)) for row in rows(name)} == {tuple(sorted(figure.columns))}


def test_without_a_change_nothing_is_computed(awarded, monkeypatch):
    figures.refresh(now=LATER)
    monkeypatch.setattr(figures, "_compute", lambda *rest: pytest.fail("computed"))
    assert figures.refresh(now=LATER + timedelta(minutes=5)) == 0


def test_only_a_figure_whose_rows_changed_counts_as_new(awarded):
    figures.refresh(now=LATER)
    read(line())
    assert figures.refresh(now=LATER) == 2
    assert PreparedFigure.objects.get(name="savings").computed_at == LATER


@pytest.mark.parametrize("name", FIGURES)
def test_the_documented_query_of_a_figure_runs(awarded, name):
    with connection.cursor() as cursor:
        cursor.execute(FIGURES[name].sql)
        cursor.fetchall()


def test_a_market_price_is_of_the_same_month_of_a_year_before_and_of_the_nearest_place():
    base = {"commodity": "M", "unit": "kg", "currency": "USD", "province": "North"}
    found = MarketPrices(
        [
            {**base, "month": "2016-05", "price": Decimal("0.5")},
            {**base, "month": "2015-04", "price": Decimal("0.4")},
            {**base, "month": "2016-04", "province": "South", "price": Decimal("0.2")},
        ]
    )
    north = found.beside("M", "USD", "North", "2026-04", "t")
    assert (north.price, north.month, north.place) == (400, "2015-04", "North")
    elsewhere = found.beside("M", "USD", "West", "2026-04", "t")
    assert (elsewhere.price, elsewhere.month, elsewhere.place) == (200, "2016-04", "")
    assert found.beside("M", "USD", "North", "2026-12", "t") is None
    assert found.beside("M", "USD", "North", "2026-04", "litre") is None


def test_zeros_other_currencies_and_unknown_goods_are_left_out_and_counted(db):
    Market()
    found = read(
        line(), line(price="0"), line(currency="ZWL"), line(commodity="Bricks"), line(day="soon"),
        line(unit="CUP"), line(price="NaN"), "#date,#adm1,,#loc,,,,#item,#unit,,,#cur,#value,\n",
    )  # fmt: skip
    assert (found.file.rows_read, found.file.rows_used) == (7, 1)
    assert sum(found.left_out.values()) == 6
    assert found.left_out["no commodity of ours: Bricks"] == 1


def test_a_file_that_was_read_before_changes_nothing(db):
    Market()
    read(line())
    assert read(line()).known_before
    assert (PriceFile.objects.count(), MarketPrice.objects.count()) == (1, 1)


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"a,b\n1,2\n", HEAD.encode() + b"\x00", b""])
def test_a_file_that_is_no_such_table_leaves_nothing_behind(db, raw):
    with pytest.raises(Invalid):
        market_prices.read(content=raw, source="x", filename="x", currency="USD", now=START)
    assert not PriceFile.objects.exists()


def test_the_command_reads_a_file_and_computes(tmp_path, capsys, db):
    Market()
    path = tmp_path / "prices.csv"
    path.write_text(HEAD + line() + line(price="0"))
    call_command("import_prices", path)
    assert "1 of 2 prices kept" in capsys.readouterr().out
    assert rows("market_prices")
    with pytest.raises(CommandError):
        call_command("import_prices", tmp_path / "none.csv")


def test_a_target_counts_from_its_day():
    day = AFTER.date()
    assert target("smallholders", day) == Decimal("0.10")
    assert target("smallholders", day.replace(year=2018)) is None
    assert target("companies", day) is None
