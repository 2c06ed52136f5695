"""What people read: amounts, instants and states, exact to the digit."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import timezone

from marketplace.web.templatetags import musika

NOW = datetime(2026, 5, 4, 8, 30, tzinfo=UTC)
NBSP = "\u00a0"


def render(source: str, **context: object) -> str:
    return Template("{% load musika %}" + source).render(Context(context))


def test_money_shows_currency_thousands_and_cents() -> None:
    assert f">USD{NBSP}1,234.50<" in musika.money(Decimal("1234.5"), "USD")


def test_money_keeps_every_digit_of_the_largest_amount() -> None:
    assert "123,456,789,012,345.67" in musika.money("123456789012345.67", "ZWG")


def test_money_keeps_the_decimals_of_a_unit_price() -> None:
    assert "0.3175" in musika.money(Decimal("0.3175"))


def test_money_never_writes_an_exponent() -> None:
    assert "1,000.00" in musika.money(Decimal("1E+3"))


@pytest.mark.parametrize("show", [musika.money, musika.quantity, musika.number])
def test_a_float_is_refused(show: object) -> None:
    with pytest.raises(TypeError):
        show(0.1)  # type: ignore[operator]


@pytest.mark.parametrize("show", [musika.money, musika.quantity, musika.number])
def test_nothing_is_a_dash_but_zero_is_zero(show: object) -> None:
    assert show(None) == "–"  # type: ignore[operator]
    assert "0" in show(0)  # type: ignore[operator]


def test_quantity_drops_zeros_after_the_point_only() -> None:
    assert f">1,250.5{NBSP}kg<" in musika.quantity("1250.500", "kg")
    assert f">1,200{NBSP}kg<" in musika.quantity("1200", "kg")


def test_an_instant_names_its_zone_and_carries_utc_for_machines() -> None:
    with timezone.override("Africa/Harare"):
        shown = musika.instant(NOW)
    assert (
        shown == f'<time datetime="2026-05-04T08:30:00Z">Monday 4 May 2026, 10:30{NBSP}CAT</time>'
    )


def test_a_zone_without_letters_is_named_by_its_offset() -> None:
    with timezone.override("Asia/Kathmandu"):
        assert "UTC+0545" in musika.instant(NOW)


def test_remaining_says_days_and_hours() -> None:
    until = NOW + timedelta(days=3, hours=4, minutes=59)
    assert render("{% remaining at %}", now=NOW, at=until) == "closes in 3 days 4 hours"


def test_remaining_is_still_open_a_microsecond_before() -> None:
    until = NOW + timedelta(microseconds=1)
    assert render("{% remaining at %}", now=NOW, at=until) == "closes in less than a minute"


def test_remaining_is_over_at_the_very_instant() -> None:
    assert render("{% remaining at %}", now=NOW, at=NOW) == "closed less than a minute ago"


def test_remaining_speaks_the_words_it_is_given() -> None:
    shown = render('{% remaining at "ends in" %}', now=NOW, at=NOW + timedelta(minutes=1))
    assert shown == "ends in 1 minute"


def test_a_state_is_a_word_and_not_only_a_colour() -> None:
    assert musika.status_tag("open") == '<span class="tag tag--leaf">Open for bids</span>'


def test_an_unknown_state_is_shown_escaped() -> None:
    assert "<script>" not in musika.status_tag("<script>alert(1)</script>")


def test_a_word_of_ones_own_is_escaped() -> None:
    assert "&lt;b&gt;" in musika.status_tag("open", "<b>")


def test_the_working_shows_each_step_and_escapes_it() -> None:
    steps = [("price", "2 × 3", "6"), ("<i>", "1 < 2", "yes")]
    shown = render('{% working steps "6 points" %}', steps=steps)
    assert "2 × 3" in shown and "&lt;i&gt;" in shown and "6 points" in shown


@pytest.mark.parametrize("tag", ["inset", 'details "Why?"', 'banner "warning" "Careful"'])
def test_a_body_is_escaped_once_and_its_own_markup_kept(tag: str) -> None:
    name = tag.split()[0]
    shown = render("{% " + tag + " %}<p>{{ x }}</p>{% end" + name + " %}", x="<script>&")
    assert "<p>&lt;script&gt;&amp;</p>" in shown
