"""Price per quality: what a bid offers beyond the least divides its price.

Source: Prozorro, library barbecue (calculate_coeficient and cooking). It is absolute.
"""

from fractions import Fraction

from procurement.rules.facts import QUALITY, Bid, Case
from procurement.rules.money import decimal_text, total
from procurement.rules.reading import refuse
from procurement.rules.result import Input, amount
from procurement.rules.score import Contest, Score, chosen, criteria, highest, step, workings


def check(case: Case) -> None:
    """There must be quality criteria, and their highest values must stay below one together."""
    if not criteria(case, QUALITY):
        refuse("criteria", f"the method {case.method} needs at least one quality criterion")
    most = total(value for _, value in highest(case, QUALITY))
    if most >= 1:
        refuse("criteria", f"the highest values add up to {decimal_text(most)}; it must be below 1")


def price_per_quality(contest: Contest) -> Score:
    """Evaluated price = price / coefficient, coefficient = 1 + Σv / (1 − Σvmax)."""
    case, coefficient = contest.case, _coefficient(contest.case, contest.bid)
    inputs = [Input(f"v {c.criterion}", value) for c, value in chosen(case, contest.bid, QUALITY)]
    inputs += [Input(f"vmax {c.criterion}", value) for c, value in highest(case, QUALITY)]
    division = [Input("price", contest.price), Input("coefficient", coefficient)]
    evaluated = contest.price / coefficient
    shown, result = amount(coefficient, case.rounding), amount(evaluated, case.rounding)
    return Score(
        evaluated,
        (
            *workings(case, contest.bid, case.rounding),
            step("coefficient", "1 + Σv / (1 − Σvmax)", inputs, shown),
            step("evaluated price", "price / coefficient", division, result),
        ),
        (Input("evaluated price", evaluated),),
    )


def price_for(contest: Contest, evaluated: Fraction) -> Fraction:
    """The price whose evaluated price this is: evaluated · coefficient."""
    return evaluated * _coefficient(contest.case, contest.bid)


def _coefficient(case: Case, bid: Bid) -> Fraction:
    values = total(value for _, value in chosen(case, bid, QUALITY))
    return 1 + values / (1 - total(value for _, value in highest(case, QUALITY)))
