"""Exact numbers: what is read, how it is written, and the three ways of rounding."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.rules.money import (
    HALF_EVEN,
    HALF_UP,
    TRUNCATE,
    NotANumber,
    Rounding,
    decimal_text,
    number,
    plain,
    rounded,
    shown,
)

PEERS = {HALF_UP: ROUND_HALF_UP, HALF_EVEN: ROUND_HALF_EVEN, TRUNCATE: ROUND_DOWN}
EXACT = Context(prec=200)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("12,5", '"12,5" is not a number; write 12.5'),
        ("1,234.50", "write 1234.50"),
        ("1,234,567", "write 1234567"),
        ("1e5", "write it without an exponent"),
        ("1E-400000000", "write it without an exponent"),
        ("NaN", "write digits with a decimal point, for instance 12.5"),
        ("Infinity", "write digits"),
        ("", "write digits"),
        (" 12", "write digits"),
        ("12 ", "write digits"),
        ("12\n", "write digits"),
        ("+12", "write digits"),
        (".5", "write digits"),
        ("5.", "write digits"),
        ("1_000", "write digits"),
        ("7/9", "write digits"),
        ("0x10", "write digits"),
        ("१२", "write digits"),
        ("9" * 19, "at most 18 digits before and 18 after the point"),
        ("0." + "1" * 19, "at most 18 digits before and 18 after the point"),
    ],
)
def test_a_text_that_is_no_plain_number_is_refused_with_a_hint(text, hint):
    with pytest.raises(NotANumber) as refused:
        number(text)
    assert hint in refused.value.message


def test_a_very_long_text_does_not_flood_the_message():
    with pytest.raises(NotANumber) as refused:
        number("1" * 10_000)
    assert len(refused.value.message) < 150


@pytest.mark.parametrize("size", [39, 40, 41])
def test_a_text_is_quoted_up_to_forty_characters(size):
    text = "1," + "1" * (size - 2)
    with pytest.raises(NotANumber) as refused:
        number(text)
    assert (text in refused.value.message) is (size <= 40)
    assert ("write 1.1" in refused.value.message) is (size <= 40)


def test_the_largest_number_keeps_every_digit():
    text = "9" * 18 + "." + "9" * 18
    assert plain(number(text)) == text


@pytest.mark.parametrize(
    ("text", "short"),
    [("007.50", "7.5"), ("-0", "0"), ("0.00", "0"), ("-1.10", "-1.1"), ("100", "100")],
)
def test_one_number_has_one_text(text, short):
    assert plain(number(text)) == short


@pytest.mark.parametrize(
    ("value", "exact", "decimal"),
    [
        (Fraction(7000, 9), "7000/9", "777.7777777777…"),
        (Fraction(-1, 3), "-1/3", "-0.3333333333…"),
        (Fraction(2, 3), "2/3", "0.6666666666…"),
        (Fraction(1, 8), "0.125", "0.125"),
        (Fraction(1, 2**19), f"1/{2**19}", "0.0000019073…"),
        (Fraction(-1, 10**18), "-0.000000000000000001", "-0.000000000000000001"),
        (Fraction(-1, 3 * 10**18), f"-1/{3 * 10**18}", "-0.0000000000…"),
    ],
)
def test_a_division_is_written_as_a_fraction_and_as_a_decimal(value, exact, decimal):
    assert plain(value) == exact
    assert decimal_text(value) == decimal


@pytest.mark.parametrize(
    ("text", "half_up", "half_even", "truncated"),
    [
        # India's wheat notices: 3.625 became 3.63 in 2015, 10.625 became 10.62 in 2023.
        ("3.625", "3.63", "3.62", "3.62"),
        ("10.625", "10.63", "10.62", "10.62"),
        ("2.675", "2.68", "2.68", "2.67"),
        ("0.006", "0.01", "0.01", "0.00"),
        ("0.004", "0.00", "0.00", "0.00"),
        ("-3.625", "-3.63", "-3.62", "-3.62"),
        ("-0.004", "0.00", "0.00", "0.00"),
        ("7", "7.00", "7.00", "7.00"),
    ],
)
def test_the_published_mode_decides_what_is_shown(text, half_up, half_even, truncated):
    value = number(text)
    assert shown(value, Rounding(2, HALF_UP)) == half_up
    assert shown(value, Rounding(2, HALF_EVEN)) == half_even
    assert shown(value, Rounding(2, TRUNCATE)) == truncated


def test_no_decimals_are_shown_without_a_point():
    assert shown(Fraction(5, 2), Rounding(0, HALF_UP)) == "3"
    assert shown(Fraction(-5, 2), Rounding(0, HALF_EVEN)) == "-2"


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12),
    st.integers(0, 12),
    st.sampled_from(sorted(PEERS)),
)
def test_rounding_agrees_with_decimal_arithmetic(value, decimals, mode):
    step = Decimal(1).scaleb(-decimals)
    expected = value.quantize(step, rounding=PEERS[mode], context=EXACT)
    assert rounded(Fraction(value), Rounding(decimals, mode)) == Fraction(expected)


@given(st.fractions(), st.integers(0, 6), st.sampled_from(sorted(PEERS)))
def test_what_is_shown_is_less_than_one_step_away(value, decimals, mode):
    step = Fraction(1, 10**decimals)
    text = shown(value, Rounding(decimals, mode))
    assert abs(Fraction(text) - value) < step
    assert len(text.partition(".")[2]) == decimals


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=0, max_value=10**9))
def test_reading_what_was_written_gives_the_same_number(value):
    assert number(plain(Fraction(value))) == Fraction(value)
