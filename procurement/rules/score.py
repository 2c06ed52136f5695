"""What a method is given about a bid, and what it gives back."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from procurement.rules.facts import Bid, Case, Criterion, Option
from procurement.rules.result import Amount, Input, Step


@dataclass(frozen=True, slots=True)
class Contest:
    """One qualified bid among the others: its corrected price, and the lowest of all of them."""

    case: Case
    bid: Bid
    price: Fraction
    lowest: Fraction


@dataclass(frozen=True, slots=True)
class Score:
    """The value that is ranked (an evaluated price, or points) and the steps that lead to it."""

    value: Fraction
    steps: tuple[Step, ...]


def step(label: str, formula: str, inputs: Sequence[Input], value: Amount) -> Step:
    """One step of the working."""
    return Step(label, formula, tuple(inputs), value)


def criteria(case: Case, kind: str) -> list[Criterion]:
    """The criteria of one kind, in the order of the case."""
    return [criterion for criterion in case.criteria if criterion.kind == kind]


def chosen(case: Case, bid: Bid, kind: str) -> list[tuple[Criterion, Option]]:
    """The options that a qualified bid chose: every criterion of the kind has one."""
    answers = {response.criterion: response.option for response in bid.responses}
    return [
        (criterion, option)
        for criterion in criteria(case, kind)
        for option in criterion.options
        if option.option == answers[criterion.criterion]
    ]


def highest(case: Case, kind: str) -> list[tuple[Criterion, Fraction]]:
    """The highest value that each criterion of the kind offers."""
    return [(c, max(option.value for option in c.options)) for c in criteria(case, kind)]
