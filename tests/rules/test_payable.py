"""What a load is worth: exact, rounded once, never more than the contract wants."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from procurement.rules import payable
from procurement.rules.payable import Adjusted, Step


def worth(received="30", left="100", price="310.37", adjusted=None):
    return payable.worth(
        received=Decimal(received),
        left=Decimal(left),
        unit="t",
        unit_price=Decimal(price),
        currency="USD",
        adjusted=adjusted,
    )


def test_a_plain_load_is_quantity_times_price():
    found = worth()
    assert (found.amount, found.is_adjusted) == (Decimal("9311.10"), False)
    assert found.steps[-1].formula == "30 t × 310.37 USD"


def test_half_a_cent_goes_up():
    assert worth("1", price="0.125").amount == Decimal("0.13")


def test_what_is_above_the_contract_is_not_paid_and_the_working_says_so():
    found = worth("30", left="25")
    assert (found.payable, found.is_adjusted) == (25, True)
    assert any("not paid" in step.what and step.value == "5 t" for step in found.steps)


def test_an_unending_weight_is_exact_in_the_amount():
    third = Adjusted(
        payable=Fraction(100, 3), unit_price=Fraction(300), steps=(Step("Dry", "", ""),)
    )
    found = worth("34", adjusted=third)
    assert (found.amount, found.payable) == (Decimal("10000"), Decimal("33.333333"))
    assert "33.333333…" in found.steps[-1].formula


@given(
    loads=st.lists(st.integers(1, 40_000), min_size=1, max_size=8),
    price=st.decimals(Decimal("0.01"), Decimal(999), places=4),
)
def test_splitting_a_load_changes_the_sum_by_rounding_alone(loads, price):
    def paid(kg):
        return payable.worth(
            received=Decimal(kg),
            left=Decimal(10**9),
            unit="kg",
            unit_price=price,
            currency="USD",
        ).amount

    parts = sum((paid(kg) for kg in loads), Decimal(0))
    assert abs(parts - paid(sum(loads))) <= Decimal("0.005") * (len(loads) + 1)
