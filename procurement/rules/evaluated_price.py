"""Lowest evaluated price: what a bid costs the buyer, and a margin for whom the terms prefer.

Evaluated price = corrected price + components + monetised answers, and the margin of preference.
Source: Asian Development Bank and World Bank standard procurement documents for goods, evaluation
and comparison of bids. It is absolute: no other bid changes what is added to this one.
"""

from fractions import Fraction

from procurement.rules.facts import MONEY, Bid, Case, Criterion
from procurement.rules.money import decimal_text, total
from procurement.rules.optional_facts import (
    ADDED,
    BASE_COMPONENTS,
    BASE_OFFER,
    PER_UNIT,
    Membership,
    Preference,
)
from procurement.rules.pricing import compared_quantities
from procurement.rules.result import Input, Step, amount
from procurement.rules.score import Contest, Score, chosen, step, workings

MARGIN = "margin of preference"


def evaluated_price(contest: Contest) -> Score:
    """The price with everything that the terms add to it or deduct from it."""
    case, bid = contest.case, contest.bid
    added = additions(case, bid)
    parts = [Input("price", contest.price), *(Input(one.label, one.value.exact) for one in added)]
    margins = []
    if case.preference is not None:
        margins = [_margin_step(case, bid, case.preference, parts)]
        parts.append(Input(MARGIN, margins[0].value.exact))
    value = total(part.value for part in parts)
    last = step("evaluated price", "sum of the parts", parts, amount(value, case.rounding))
    rows = workings(case, bid, case.rounding)
    return Score(value, (*rows, *added, *margins, last), tuple(parts))


def additions(case: Case, bid: Bid) -> list[Step]:
    """What each component and each monetised criterion adds to the price of a bid."""
    quantities = compared_quantities(case, bid)
    found = [_component_step(case, bid, one.component, quantities) for one in case.components]
    return found + [
        _answer_step(case, criterion, value, quantities)
        for criterion, value in chosen(case, bid, MONEY)
    ]


def _component_step(case: Case, bid: Bid, name: str, quantities: dict[str, Fraction]) -> Step:
    """Stated once for the lot, once for each line, or for each unit of each line."""
    per = next(one.per for one in case.components if one.component == name)
    inputs, value = [], Fraction(0)
    for one in bid.additions:
        if one.component == name:
            times = quantities[one.item or ""] if per == PER_UNIT else Fraction(1)
            value += one.amount * times
            place = f" of line {one.item}" if one.item else ""
            inputs.append(Input(f"amount{place}", one.amount))
            inputs += [Input(f"quantity{place}", times)] if per == PER_UNIT else []
    formula = "sum of amount × quantity" if per == PER_UNIT else "sum of the amounts"
    return step(name, formula, inputs, amount(value, case.rounding))


def _answer_step(
    case: Case, criterion: Criterion, value: Fraction, quantities: dict[str, Fraction]
) -> Step:
    inputs, formula = [Input("published amount", value)], "published amount"
    if criterion.per_unit_of is not None:
        inputs.append(Input("quantity", quantities[criterion.per_unit_of]))
        formula, value = "published amount × quantity", value * quantities[criterion.per_unit_of]
    return step(criterion.criterion, formula, inputs, amount(value, case.rounding))


def _margin_step(case: Case, bid: Bid, rule: Preference, parts: list[Input]) -> Step:
    """Margin · base: added to bids outside the group, or deducted from those inside it."""
    member = membership(bid, rule)
    base = total(part.value for part in parts if _in_base(rule, part.name))
    share = _share(rule, member)
    inputs = [Input("margin", rule.margin), Input("base", base)] if share else []
    return step(MARGIN, _margin_words(rule, member), inputs, amount(share * base, case.rounding))


def _share(rule: Preference, member: Membership | None) -> Fraction:
    """The part of the base that the margin adds to this bid; below zero: deducts."""
    if rule.way == ADDED:
        return Fraction(0) if member else rule.margin
    return -rule.margin if member else Fraction(0)


def _in_base(rule: Preference, part: str) -> bool:
    listed = rule.base == BASE_COMPONENTS and part in rule.components
    return part == "price" or rule.base == BASE_OFFER or listed


def membership(bid: Bid, rule: Preference) -> Membership | None:
    """The finding that a bid belongs to the preferred group, if there is one."""
    return next((one for one in bid.groups if one.group == rule.group), None)


def _margin_words(rule: Preference, member: Membership | None) -> str:
    base = {BASE_COMPONENTS: " + ".join(("price", *rule.components)), BASE_OFFER: "whole offer"}
    reckoned = f"{decimal_text(rule.margin)} · ({base.get(rule.base, 'price')})"
    who = f"belongs to {rule.group}: {member.evidence}" if member else f"outside {rule.group}"
    applies = bool(member) != (rule.way == ADDED)
    sign = "" if rule.way == ADDED else "−"
    return f"{sign}{reckoned}, {who}" if applies else f"none, {who}"


def price_for(contest: Contest, value: Fraction) -> Fraction | None:
    """The price with which the bid would have this evaluated price; None: no price above 0 would.

    The value is price + added + share · (price + what of the added is in the base).
    """
    case, rule = contest.case, contest.case.preference
    added = [Input(one.label, one.value.exact) for one in additions(case, contest.bid)]
    share = _share(rule, membership(contest.bid, rule)) if rule else Fraction(0)
    in_base = total(one.value for one in added if rule and _in_base(rule, one.name))
    rest = value - total(one.value for one in added) - share * in_base
    return rest / (1 + share) if rest > 0 else None
