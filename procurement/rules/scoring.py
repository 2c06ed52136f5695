"""The methods: how a corrected price and the answers of a bid become what is ranked.

One table of small functions, each with its source. An absolute method looks at the bid and the
published terms alone, so that no other bid can change who of two comes first. A relative one
measures prices against the lowest of them, so that a losing bid can change the winner: at 50/50,
A (quality 90, price 100) loses to B (72, 80) with 85 to 86 points, until C (10, 50) joins and A
leads B by 70 to 67.25.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from procurement.rules import evaluated_price, points, quality
from procurement.rules.facts import MONEY, QUALITY, Case
from procurement.rules.reading import refuse
from procurement.rules.result import Input, amount
from procurement.rules.score import Contest, Score, step


@dataclass(frozen=True, slots=True)
class Method:
    """One published method.

    `criteria` are the kinds of criteria, besides gates, that it uses. `by_points`: the highest
    value comes first, not the lowest. `adds`: components and a margin may join the price. `check`
    raises InvalidCase when the terms do not suit it. `score` values a qualified bid. `price_for`
    gives the price with which a bid would reach a value, all else as it is; None where there is no
    such price or, under a relative method, no such question.
    """

    title: str
    formula: str
    source: str
    check: Callable[[Case], None]
    score: Callable[[Contest], Score]
    price_for: Callable[[Contest, Fraction], Fraction | None]
    criteria: tuple[str, ...] = ()
    by_points: bool = False
    adds: bool = False
    relative: bool = False


def lowest_price(contest: Contest) -> Score:
    """Evaluated price = corrected price."""
    value = amount(contest.price, contest.case.rounding)
    parts = (Input("price", contest.price),)
    return Score(contest.price, (step("evaluated price", "price", parts, value),), parts)


def _check_price_only(case: Case) -> None:
    if case.price_points is not None:
        refuse("price_points", f"the method {case.method} gives no points; leave it out")


def _check_quality(case: Case) -> None:
    _check_price_only(case)
    quality.check(case)


def _same_price(_contest: Contest, value: Fraction) -> Fraction:
    return value


def _no_price(_contest: Contest, _value: Fraction) -> None:
    return None


METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        "lowest_price": Method(
            title="lowest price",
            formula="price",
            source="UNCITRAL Model Law on Public Procurement (2011), article 11",
            check=_check_price_only,
            score=lowest_price,
            price_for=_same_price,
        ),
        "lowest_evaluated_price": Method(
            title="lowest evaluated price",
            formula="price + components + monetised answers, and the margin of preference",
            source="Asian Development Bank, standard bidding document for goods",
            criteria=(MONEY,),
            adds=True,
            check=_check_price_only,
            score=evaluated_price.evaluated_price,
            price_for=evaluated_price.price_for,
        ),
        "price_per_quality": Method(
            title="price per quality",
            formula="price / (1 + Σv / (1 − Σvmax))",
            source="Prozorro, library barbecue: calculate_coeficient and cooking",
            criteria=(QUALITY,),
            check=_check_quality,
            score=quality.price_per_quality,
            price_for=quality.price_for,
        ),
        "fixed_bounds_points": Method(
            title="points between two published prices",
            formula="W · (Pmax − P) / (Pmax − Pmin), from 0 to W, and the points of the criteria",
            source="linear between two prices that are published before the opening",
            criteria=points.KINDS,
            by_points=True,
            check=points.check_fixed,
            score=points.fixed_bounds,
            price_for=points.price_for_fixed,
        ),
        "relative_points": Method(
            title="points relative to the lowest price",
            formula="W · Pmin / P, and the points of the criteria",
            source="World Bank, quality- and cost-based selection: Sf = 100 · Fm / F",
            criteria=points.KINDS,
            by_points=True,
            relative=True,
            check=points.check_relative,
            score=points.relative,
            price_for=_no_price,
        ),
        "relative_points_linear": Method(
            title="points by distance from the lowest price",
            formula="W · (1 − (P − Pmin) / Pmin), at least 0, and the points of the criteria",
            source="South Africa, Preferential Procurement Regulations 2022: 80/20 and 90/10",
            criteria=points.KINDS,
            by_points=True,
            relative=True,
            check=points.check_relative,
            score=points.relative_linear,
            price_for=_no_price,
        ),
    }
)
