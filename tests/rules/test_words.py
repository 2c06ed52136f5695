"""Times and money in words: one presenter for mails, letters and pages."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from procurement.rules import words

HARARE = ZoneInfo("Africa/Harare")
AT = datetime(2026, 6, 2, 8, 0, 59, 999_999, tzinfo=UTC)


def test_an_instant_names_day_and_zone_and_no_microseconds():
    assert words.instant(AT, HARARE) == "Tuesday 2 June 2026, 10:00 CAT"


def test_a_zone_without_letters_is_told_by_its_offset():
    assert words.instant(AT, ZoneInfo("Asia/Kathmandu")).endswith("13:45 UTC+0545")


def test_names_of_days_and_months_are_translated():
    assert words.instant(AT, HARARE, str.upper) == "TUESDAY 2 JUNE 2026, 10:00 CAT"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("12345", "USD 12,345.00"), ("0.3175", "USD 0.3175"), ("1E+3", "USD 1,000.00")],
)
def test_money_shows_currency_thousands_and_cents(amount, shown):
    assert words.money(Decimal(amount), "USD") == shown


def test_sums_in_a_sentence_of_the_engine_are_grouped_and_bids_left_alone():
    told = words.sums("Evaluated at 31000.00 USD, bid 12345678 at 30000 USD: 1000 USD more.", "USD")
    assert told == ("Evaluated at USD 31,000.00, bid 12345678 at USD 30,000.00: USD 1,000.00 more.")


def test_an_amount_has_thousands_and_no_idle_zeros():
    assert words.amount(Decimal("12500.500000"), "kg") == "12,500.5 kg"


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (timedelta(microseconds=4000), "0.004 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(minutes=2, seconds=5), "2 minutes"),
        (timedelta(days=1, hours=2, minutes=3), "1 day 2 hours"),
    ],
)
def test_a_span_is_told_in_the_units_that_matter(span, told):
    assert words.after(span) == told


def test_the_next_minute_is_never_earlier():
    assert words.next_minute(AT) == datetime(2026, 6, 2, 8, 1, tzinfo=UTC)
    assert words.next_minute(words.next_minute(AT)) == words.next_minute(AT)
