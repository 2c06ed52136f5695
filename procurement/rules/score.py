"""What a method is given about a bid, and what it gives back."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from procurement.rules import rating
from procurement.rules.facts import RATED, Bid, Case, Criterion
from procurement.rules.money import Rounding
from procurement.rules.optional_facts import LOWER, Steps
from procurement.rules.result import Amount, Input, Step, amount


@dataclass(frozen=True, slots=True)
class Contest:
    """One qualified bid among the others: its corrected price, and the lowest of all of them."""

    case: Case
    bid: Bid
    price: Fraction
    lowest: Fraction


@dataclass(frozen=True, slots=True)
class Score:
    """The value that is ranked (an evaluated price, or points) and the steps that lead to it.

    `parts` add up to the value; a method whose value is no sum has one part.
    """

    value: Fraction
    steps: tuple[Step, ...]
    parts: tuple[Input, ...]


def step(label: str, formula: str, inputs: Sequence[Input], value: Amount) -> Step:
    """One step of the working."""
    return Step(label, formula, tuple(inputs), value)


def criteria(case: Case, *kinds: str) -> list[Criterion]:
    """The criteria of some kinds, in the order of the case."""
    return [criterion for criterion in case.criteria if criterion.kind in kinds]


def worth(criterion: Criterion, bid: Bid) -> Fraction | None:
    """What a bid's answer or its marks are worth by the published terms; None: it has none."""
    if criterion.kind == RATED:
        mark = rating.combined(criterion, bid)
        return None if mark is None else rating.points(criterion, mark)
    for response in bid.responses:
        if response.criterion == criterion.criterion:
            if criterion.steps is None:
                return next(o.value for o in criterion.options if o.option == response.option)
            return None if response.value is None else band_value(criterion.steps, response.value)
    return None


def band_value(steps: Steps, answer: Fraction) -> Fraction | None:
    """The value of the band in which an answer falls; None where it is not accepted."""
    for band in steps.bands:
        if band.up_to is None or answer < band.up_to:
            return band.value
        if answer == band.up_to and steps.edge == LOWER:
            return band.value
    return None


def chosen(case: Case, bid: Bid, *kinds: str) -> list[tuple[Criterion, Fraction]]:
    """What each criterion of these kinds is worth for a qualified bid, which answered all."""
    found = ((criterion, worth(criterion, bid)) for criterion in criteria(case, *kinds))
    return [(criterion, value) for criterion, value in found if value is not None]


def highest(case: Case, *kinds: str) -> list[tuple[Criterion, Fraction]]:
    """The highest value that each criterion of these kinds offers."""
    return [(criterion, most(criterion)) for criterion in criteria(case, *kinds)]


def most(criterion: Criterion) -> Fraction:
    """The highest value that a criterion offers."""
    if criterion.rating is not None:
        return criterion.rating.weight
    bands = criterion.steps.bands if criterion.steps else ()
    values = [option.value for option in criterion.options]
    return max([*values, *(band.value for band in bands if band.value is not None)])


def workings(case: Case, bid: Bid, rounding: Rounding) -> list[Step]:
    """The steps behind criteria that are not simply chosen: marks and step tables."""
    steps = (
        rating.step(criterion, bid, rounding)
        if criterion.rating is not None
        else _table_step(criterion, bid, rounding)
        for criterion in case.criteria
        if criterion.rating is not None or criterion.steps is not None
    )
    return [found for found in steps if found is not None]


def _table_step(criterion: Criterion, bid: Bid, rounding: Rounding) -> Step | None:
    value = worth(criterion, bid)
    if value is None:
        return None
    answers = [r.value for r in bid.responses if r.criterion == criterion.criterion]
    inputs = [Input("answer", answer) for answer in answers if answer is not None]
    label = f"band of {criterion.criterion}"
    return step(label, "published step table", inputs, amount(value, rounding))
