"""What a load is worth: the quantity that is paid for, its price, the amount, with the working.

Rounding: the amount alone is rounded, once a load, to cents, half up. Quantities and prices stay
exact until then; where a weight at base moisture has no end, six decimals of it are written down
beside the exact amount. An invoice adds up amounts that are rounded already, so that it sums to
the cent.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from produce.rules.amounts import RoundTo, rounded
from produce.rules.facts import Rounding
from produce.rules.numbers import plain

CENTS = RoundTo(Rounding.HALF_UP, 2)
WRITTEN = RoundTo(Rounding.HALF_UP, 6)
ROUNDING = "each load to cents, half up"


@dataclass(frozen=True)
class Step:
    """One line of the working."""

    what: str
    formula: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Adjusted:
    """What the published price adjustment makes of a load (produce.rules.adjustment)."""

    payable: Fraction
    unit_price: Fraction
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class Worth:
    """`payable` in the item's unit; `amount` in cents."""

    payable: Decimal
    unit_price: Decimal
    amount: Decimal
    is_adjusted: bool
    rounding: str
    steps: tuple[Step, ...]


def worth(
    *,
    received: Decimal,
    left: Decimal,
    unit: str,
    unit_price: Decimal,
    currency: str,
    adjusted: Adjusted | None = None,
) -> Worth:
    """The worth of `received` (in the item's unit), of which the contract still wants `left`.

    What is above the contract is not paid; the farmer sees that before unloading. The adjustment
    of the quality comes first, on the whole load.
    """
    quantity, price = Fraction(received), Fraction(unit_price)
    steps = [Step("Weighed or counted at the gate", "", f"{plain(received)} {unit}")]
    if adjusted is not None:
        quantity, price = adjusted.payable, adjusted.unit_price
        steps = list(adjusted.steps)
    if quantity > left:
        steps.append(_above(quantity, left, unit))
        quantity = Fraction(left)
    amount = decimal(rounded(quantity * price, CENTS))
    formula = f"{_text(quantity)} {unit} × {_text(price)} {currency}"
    steps.append(Step(f"Amount, {ROUNDING}", formula, f"{amount:.2f} {currency}"))
    return Worth(
        payable=decimal(rounded(quantity, WRITTEN)),
        unit_price=decimal(rounded(price, WRITTEN)),
        amount=amount,
        is_adjusted=quantity != received or price != unit_price,
        rounding=ROUNDING,
        steps=tuple(steps),
    )


def decimal(number: Fraction) -> Decimal:
    """A fraction that was rounded to some decimals, as a Decimal: exact."""
    return Decimal(number.numerator) / Decimal(number.denominator)


def _text(number: Fraction) -> str:
    shown = rounded(number, WRITTEN)
    return f"{plain(decimal(shown))}{'' if shown == number else '…'}"


def _above(quantity: Fraction, left: Decimal, unit: str) -> Step:
    return Step(
        "Above the contracted quantity, not paid",
        f"{_text(quantity)} {unit} − {plain(left)} {unit} left under the contract",
        f"{_text(quantity - Fraction(left))} {unit}",
    )
