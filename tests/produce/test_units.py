from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from produce.rules import units

AMOUNTS = st.decimals(min_value=0, max_value=10**12, places=6)


@pytest.mark.parametrize(
    ("amount", "source", "target", "expected"),
    [
        ("30", "t", "kg", "30000"),
        ("1", "g", "t", "0.000001"),
        ("12.5", "t", "bag_50kg", "250"),
        ("7", "dozen", "each", "84"),
        ("1", "lb", "kg", "0.45359237"),
        ("2.5", "hl", "litre", "250"),
        ("123456789012345678901234567.89", "t", "g", "123456789012345678901234567890000"),
    ],
)
def test_a_quantity_converts_exactly(amount, source, target, expected):
    assert units.convert(Decimal(amount), source, target) == Decimal(expected)


@given(AMOUNTS, st.sampled_from(["kg", "g", "t", "bag_50kg", "quintal"]))
def test_there_and_back_is_the_same_weight(amount, target):
    assert units.convert(units.convert(amount, "kg", target), target, "kg") == amount


def test_units_of_two_kinds_are_refused_by_both_names():
    with pytest.raises(units.UnitsDoNotConvert, match=r"litre cannot be converted to kilogram"):
        units.convert(Decimal(1), "litre", "kg")


def test_a_crate_has_no_fixed_weight():
    with pytest.raises(units.UnitsDoNotConvert, match="crate"):
        units.convert(Decimal(1), "crate", "kg")


def test_an_unknown_unit_is_refused_with_the_known_ones():
    with pytest.raises(units.UnknownUnit) as refused:
        units.convert(Decimal(1), "bucket", "kg")
    assert "bag_50kg" in refused.value.remedy


def test_seven_eggs_are_never_rounded_into_dozens():
    with pytest.raises(units.ConversionNotExact):
        units.convert(Decimal(7), "each", "dozen")
    assert units.convert_ratio(Decimal(7), "each", "dozen") == Fraction(7, 12)
