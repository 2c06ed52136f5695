"""The methods: how a corrected price and the answers of a bid become what is ranked.

One table of small functions, each with its source. All of them are absolute: a bid's score depends
on the bid and the published terms alone, so that no other bid can change who of two comes first.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from procurement.rules.facts import QUALITY, Bid, Case, Criterion
from procurement.rules.money import decimal_text
from procurement.rules.reading import refuse
from procurement.rules.result import Input, Step, amount


@dataclass(frozen=True, slots=True)
class Score:
    """The evaluated price, of which the lowest comes first, and the steps that lead to it."""

    evaluated: Fraction
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """One published method.

    `check` raises InvalidCase when the terms do not suit it. `score` takes the case, the bid and
    its corrected price. `price_for` gives the price with which the bid would reach an evaluated
    price, all else as it is.
    """

    title: str
    formula: str
    source: str
    uses_quality: bool
    check: Callable[[Case], None]
    score: Callable[[Case, Bid, Fraction], Score]
    price_for: Callable[[Case, Bid, Fraction], Fraction]


def lowest_price(case: Case, _bid: Bid, price: Fraction) -> Score:
    """Evaluated price = corrected price."""
    inputs = (Input("price", price),)
    step = Step("evaluated price", "price", inputs, amount(price, case.rounding))
    return Score(price, (step,))


def _no_demands(_case: Case) -> None:
    """Lowest price suits any terms."""


def _same_price(_case: Case, _bid: Bid, evaluated: Fraction) -> Fraction:
    return evaluated


def price_per_quality(case: Case, bid: Bid, price: Fraction) -> Score:
    """Evaluated price = price / coefficient, coefficient = 1 + Σv / (1 − Σvmax)."""
    values, most = _quality_values(case, bid), _most_values(case)
    coefficient = _coefficient(values, most)
    inputs = [Input(f"v {c.criterion}", value) for c, value in values]
    inputs += [Input(f"vmax {c.criterion}", value) for c, value in most]
    evaluated = price / coefficient
    return Score(
        evaluated,
        (
            Step(
                "coefficient",
                "1 + Σv / (1 − Σvmax)",
                tuple(inputs),
                amount(coefficient, case.rounding),
            ),
            Step(
                "evaluated price",
                "price / coefficient",
                (Input("price", price), Input("coefficient", coefficient)),
                amount(evaluated, case.rounding),
            ),
        ),
    )


_Values = list[tuple[Criterion, Fraction]]


def _coefficient(values: _Values, most: _Values) -> Fraction:
    chosen = sum((value for _, value in values), Fraction(0))
    return 1 + chosen / (1 - sum((value for _, value in most), Fraction(0)))


def _quality_values(case: Case, bid: Bid) -> _Values:
    chosen = {response.criterion: response.option for response in bid.responses}
    return [
        (criterion, option.value)
        for criterion in _quality(case)
        for option in criterion.options
        if option.option == chosen[criterion.criterion]
    ]


def _most_values(case: Case) -> _Values:
    return [(c, max(option.value for option in c.options)) for c in _quality(case)]


def _quality(case: Case) -> Iterator[Criterion]:
    return (criterion for criterion in case.criteria if criterion.kind == QUALITY)


def _check_quality(case: Case) -> None:
    if not any(_quality(case)):
        refuse("criteria", "the method price_per_quality needs at least one quality criterion")
    total = sum((value for _, value in _most_values(case)), Fraction(0))
    if total >= 1:
        refuse(
            "criteria", f"the highest values add up to {decimal_text(total)}; it must be below 1"
        )


def _price_for_quality(case: Case, bid: Bid, evaluated: Fraction) -> Fraction:
    return evaluated * _coefficient(_quality_values(case, bid), _most_values(case))


METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        "lowest_price": Method(
            title="lowest price",
            formula="price",
            source="UNCITRAL Model Law on Public Procurement (2011), article 11",
            uses_quality=False,
            check=_no_demands,
            score=lowest_price,
            price_for=_same_price,
        ),
        "price_per_quality": Method(
            title="price per quality",
            formula="price / (1 + Σv / (1 − Σvmax))",
            source="Prozorro, library barbecue: calculate_coeficient and cooking",
            uses_quality=True,
            check=_check_quality,
            score=price_per_quality,
            price_for=_price_for_quality,
        ),
    }
)
