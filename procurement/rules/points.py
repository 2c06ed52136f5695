"""Points for the price, by one of three formulas, and for the answers to the criteria.

W is the price's weight in points, P the bid's price. All of them compare corrected prices.
"""

from fractions import Fraction
from typing import Final

from procurement.rules.facts import POINTS, RATED, Bid, Case, PricePoints
from procurement.rules.money import decimal_text, total
from procurement.rules.reading import refuse
from procurement.rules.result import Input, amount
from procurement.rules.score import Contest, Score, chosen, highest, step, workings

KINDS: Final = (POINTS, RATED)
PRICE_POINTS: Final = "price points"


def check_fixed(case: Case) -> None:
    """Both prices must be published, in their order, and the weights must sum."""
    terms = _checked(case)
    if terms.lowest is None or terms.highest is None:
        refuse("price_points", "fixed_bounds_points needs a lowest and a highest price")
    if terms.lowest >= terms.highest:
        refuse("price_points.lowest", "must be below the highest price")


def check_relative(case: Case) -> None:
    """No prices are published, because the lowest bid sets the measure; the weights must sum."""
    terms = _checked(case)
    if terms.lowest is not None or terms.highest is not None:
        refuse("price_points", f"{case.method} measures by the lowest bid; write null for both")


def _checked(case: Case) -> PricePoints:
    if case.price_points is None:
        refuse("price_points", f"the method {case.method} needs it")
    most = case.price_points.weight + total(value for _, value in highest(case, *KINDS))
    if most != case.price_points.total:
        stated = decimal_text(case.price_points.total)
        refuse("price_points.total", f"is {stated}, but the weights add up to {decimal_text(most)}")
    return case.price_points


def fixed_bounds(contest: Contest) -> Score:
    """W · (Pmax − P) / (Pmax − Pmin), from 0 to W: Pmin and Pmax are published. Absolute."""
    weight, low, high = _fixed(contest.case)
    earned = weight * (high - contest.price) / (high - low)
    inputs = [Input("W", weight), Input("Pmin", low), Input("Pmax", high)]
    formula = "W · (Pmax − P) / (Pmax − Pmin), from 0 to W"
    return _total(contest, formula, inputs, min(max(earned, Fraction(0)), weight))


def price_for_fixed(contest: Contest, value: Fraction) -> Fraction | None:
    """The price whose points make up that total; None where not even all W would."""
    weight, low, high = _fixed(contest.case)
    needed = value - without_price(contest.case, contest.bid)
    return None if needed > weight else high - needed * (high - low) / weight


def relative(contest: Contest) -> Score:
    """W · Pmin / P. Pmin is the lowest price among the qualified bids, which makes it relative."""
    weight = _terms(contest.case).weight
    inputs = [Input("W", weight), Input("Pmin", contest.lowest)]
    return _total(contest, "W · Pmin / P", inputs, weight * contest.lowest / contest.price)


def relative_linear(contest: Contest) -> Score:
    """W · (1 − (P − Pmin) / Pmin), at least 0: twice the lowest price earns nothing."""
    weight = _terms(contest.case).weight
    earned = weight * (1 - (contest.price - contest.lowest) / contest.lowest)
    inputs = [Input("W", weight), Input("Pmin", contest.lowest)]
    formula = "W · (1 − (P − Pmin) / Pmin), at least 0"
    return _total(contest, formula, inputs, max(earned, Fraction(0)))


def without_price(case: Case, bid: Bid) -> Fraction:
    """The points of all criteria: what a bid has before its price is known."""
    return total(value for _, value in chosen(case, bid, *KINDS))


def _total(contest: Contest, formula: str, inputs: list[Input], earned: Fraction) -> Score:
    case, rounding = contest.case, contest.case.rounding
    answers = [Input(c.criterion, value) for c, value in chosen(case, contest.bid, *KINDS)]
    parts = (Input(PRICE_POINTS, earned), *answers)
    value = total(part.value for part in parts)
    inputs = [*inputs, Input("P", contest.price)]
    return Score(
        value,
        (
            *workings(case, contest.bid, rounding),
            step(PRICE_POINTS, formula, inputs, amount(earned, rounding)),
            step("points", "sum of the points", parts, amount(value, rounding)),
        ),
        parts,
    )


def _terms(case: Case) -> PricePoints:
    if case.price_points is None:
        raise ValueError("checked cases of this method have price_points")
    return case.price_points


def _fixed(case: Case) -> tuple[Fraction, Fraction, Fraction]:
    terms = _terms(case)
    if terms.lowest is None or terms.highest is None:
        raise ValueError("checked cases of this method have both prices")
    return terms.weight, terms.lowest, terms.highest
