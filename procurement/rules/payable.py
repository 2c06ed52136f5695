"""What a load is worth: the quantity that is paid for, its price, the amount, with the working.

Rounding: the amount alone is rounded, once a load, to cents, half up. Quantities and prices stay
exact. An invoice adds up amounts that are rounded already, so that it sums to the cent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from marketplace.fields import plain

ROUNDING = "each load to cents, half up"
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Step:
    """One line of the working."""

    what: str
    formula: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Worth:
    """`payable` in the item's unit."""

    payable: Decimal
    unit_price: Decimal
    amount: Decimal
    is_adjusted: bool
    rounding: str
    steps: tuple[Step, ...]


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def worth(
    *,
    received: Decimal,
    left: Decimal,
    unit: str,
    unit_price: Decimal,
    currency: str,
    adjusted: "Adjusted | None" = None,
) -> Worth:
    """The worth of `received` (in the item's unit), of which the contract still wants `left`.

    What is above the contract is not paid; the farmer sees that before unloading. The adjustment
    of the quality comes first, on the whole load.
    """
    payable, price, steps = received, unit_price, [_received(received, unit)]
    if adjusted is not None:
        payable, price = adjusted.payable, adjusted.unit_price
        steps += adjusted.steps
    if payable > left:
        steps.append(_above(payable, left, unit))
        payable = max(left, Decimal(0))
    amount = cents(payable * price)
    formula = f"{plain(payable)} {unit} × {plain(price)} {currency}"
    steps.append(Step(f"Amount, {ROUNDING}", formula, f"{amount:f} {currency}"))
    changed = payable != received or price != unit_price
    return Worth(
        payable=payable,
        unit_price=price,
        amount=amount,
        is_adjusted=changed,
        rounding=adjusted.rounding if adjusted and adjusted.rounding else ROUNDING,
        steps=tuple(steps),
    )


@dataclass(frozen=True, kw_only=True)
class Adjusted:
    """What the published price adjustment makes of a load (produce.rules.adjustment)."""

    payable: Decimal
    unit_price: Decimal
    rounding: str
    steps: tuple[Step, ...]


def _received(received: Decimal, unit: str) -> Step:
    return Step("Weighed or counted at the gate", "", f"{plain(received)} {unit}")


def _above(payable: Decimal, left: Decimal, unit: str) -> Step:
    return Step(
        "Above the contracted quantity, not paid",
        f"{plain(payable)} {unit} − {plain(left)} {unit} left under the contract",
        f"{plain(payable - left)} {unit}",
    )


def total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))
