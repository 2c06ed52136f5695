"""Marks of several evaluators, combined by a published rule and turned into points."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from procurement.rules.facts import Bid, Criterion
from procurement.rules.money import Rounding, total
from procurement.rules.optional_facts import CONSENSUS, MEAN, MEDIAN, TRIMMED_MEAN, Mark, Rating
from procurement.rules.result import Input, Step, amount

MARKS_TO_TRIM: Final = 3


def mean(marks: Sequence[Fraction]) -> Fraction:
    """The sum of the marks divided by their number."""
    return total(marks) / len(marks)


def median(marks: Sequence[Fraction]) -> Fraction:
    """The mark in the middle; of an even number, the mean of the two there."""
    ordered = sorted(marks)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else mean(ordered[middle - 1 : middle + 1])


def trimmed_mean(marks: Sequence[Fraction]) -> Fraction:
    """The mean without one highest and one lowest mark; three marks or more."""
    return mean(sorted(marks)[1:-1])


def consensus(marks: Sequence[Fraction]) -> Fraction:
    """The one mark on which all agreed; checked cases have no other."""
    return marks[0]


COMBINATIONS: Final[Mapping[str, Callable[[Sequence[Fraction]], Fraction]]] = MappingProxyType(
    {MEAN: mean, MEDIAN: median, TRIMMED_MEAN: trimmed_mean, CONSENSUS: consensus}
)


def marks_of(criterion: Criterion, bid: Bid) -> list[Mark]:
    """The marks that a bid was given on a criterion, by evaluator."""
    found = (mark for mark in bid.marks if mark.criterion == criterion.criterion)
    return sorted(found, key=lambda mark: mark.evaluator)


def combined(criterion: Criterion, bid: Bid) -> Fraction | None:
    """The combined mark; None where the bid was not rated."""
    marks = [mark.mark for mark in marks_of(criterion, bid)]
    return COMBINATIONS[rule_of(criterion).combine](marks) if marks else None


def points(criterion: Criterion, mark: Fraction) -> Fraction:
    """Weight · mark / highest mark."""
    rule = rule_of(criterion)
    return rule.weight * mark / rule.highest_mark


def step(criterion: Criterion, bid: Bid, rounding: Rounding) -> Step | None:
    """The working of a rated criterion: every evaluator's mark, and what they come to.

    None where the bid was not rated.
    """
    rule, mark = rule_of(criterion), combined(criterion, bid)
    if mark is None:
        return None
    inputs = [Input(f"mark of {one.evaluator}", one.mark) for one in marks_of(criterion, bid)]
    inputs += [Input("weight", rule.weight), Input("highest mark", rule.highest_mark)]
    formula = f"weight · {rule.combine.replace('_', ' ')} of the marks / highest mark"
    value = amount(points(criterion, mark), rounding)
    return Step(criterion.criterion, formula, tuple(inputs), value)


def rule_of(criterion: Criterion) -> Rating:
    """The rating of a rated criterion."""
    if criterion.rating is None:
        raise ValueError("checked criteria of this kind have a rating")
    return criterion.rating
