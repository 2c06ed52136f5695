"""Charts say what is known and nothing between."""

import re
from decimal import Decimal
from itertools import pairwise

from marketplace.web import charts
from procurement.analysis import Competition, Month


def month(name, price):
    price = Decimal(price)
    return Month(name, 3, price - 1, price, price + 1)


def labels(svg):
    """(left edge, right edge, words) of the labels below the axis, at 13 px sans."""
    found = re.findall(r'x="(\d+)" y="226" text-anchor="(\w+)">([^<]+)<', svg)
    for x, anchor, words in found:
        wide = len(words) * 7
        left = int(x) - (wide if anchor == "end" else wide // 2)
        yield left, left + wide, words


def collide(svg):
    spans = sorted(labels(svg))
    assert spans
    return any(left[1] > right[0] for left, right in pairwise(spans))


def test_no_line_leads_through_months_without_an_award():
    svg = charts.price_chart([month("2026-01", 10), month("2026-02", 11), month("2026-09", 30)], "")
    lines = re.findall(r'<polyline[^>]*points="([^"]*)"', svg)
    assert [len(points.split()) for points in lines] == [2]
    assert svg.count("<circle") == 3


def test_a_single_month_stands_in_the_middle_without_a_line():
    svg = charts.price_chart([month("2026-01", 10)], "")
    assert "<polyline" not in svg and "<polygon" not in svg
    assert 'cx="230"' in svg


def test_months_stand_where_they_lie_in_time():
    svg = charts.price_chart([month("2025-11", 10), month("2025-12", 10), month("2026-11", 10)], "")
    first, second, last = (int(x) for x in re.findall(r'cx="(\d+)"', svg))
    assert (second - first) * 12 - (last - first) in range(-12, 13)


def test_the_names_of_months_never_collide():
    for count in range(1, 40):
        rows = [month(f"{2023 + n // 12}-{n % 12 + 1:02d}", 10) for n in range(count)]
        assert not collide(charts.price_chart(rows, "")), count


def test_numbers_of_bids_never_collide_and_no_lot_is_lost():
    rows = [Competition(bids, 1) for bids in range(60)]
    svg = charts.bids_chart(rows, "")
    assert not collide(svg)
    assert [words for _, _, words in labels(svg)][-3:] == ["5–9", "10–29", "30+"]
    assert sum(lots for _, lots in charts._grouped(rows)) == 60


def test_few_bids_have_a_bar_each():
    assert charts._grouped([Competition(1, 4), Competition(7, 2)]) == [("1", 4), ("7", 2)]
