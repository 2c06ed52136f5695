"""What a graded sample lacks for the next better grade, parameter by parameter."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from produce.rules.amounts import exact_text
from produce.rules.conformance import Finding
from produce.rules.grading import GradeFact, Grading, check_table
from produce.rules.limits import LimitFact, Value, bound_words, holds, unit_words, with_unit


@dataclass(frozen=True)
class Lack:
    """One parameter that keeps the sample from the better grade; `limit` is that grade's."""

    limit: LimitFact
    value: Value
    words: str


@dataclass(frozen=True)
class Lift:
    """The next better grade, and everything that keeps the sample from it."""

    grade: GradeFact
    lacks: tuple[Lack, ...]


def lift(grades: Sequence[GradeFact], found: Grading) -> Lift | None:
    """The way up by one grade, from rejected to the last; None for a sample of the best."""
    ordered = check_table(grades)
    rank = len(ordered) if found.grade is None else found.grade.rank - 1
    if rank == 0:
        return None
    target = ordered[rank - 1]
    findings = {p.finding.limit.code: p.finding for p in found.parameters}
    lacks = [_lack(limit, findings[limit.code]) for limit in target.limits]
    return Lift(target, tuple(lack for lack in lacks if lack is not None))


def _lack(limit: LimitFact, found: Finding) -> Lack | None:
    value = found.value
    if value is None or holds(limit, value):
        return None
    said = f"{limit.name}: {bound_words(limit)}; here it is {with_unit(limit, value)}"
    return Lack(limit, value, said + _distance(limit, value))


def _distance(limit: LimitFact, value: Value) -> str:
    if isinstance(value, str):
        return ""
    if limit.maximum is not None and value > limit.maximum:
        return f", {_amount(limit, value, limit.maximum)} too much"
    if limit.minimum is not None and value < limit.minimum:
        return f", {_amount(limit, limit.minimum, value)} too little"
    return ""


def _amount(limit: LimitFact, more: Decimal, less: Decimal) -> str:
    # Fractions, because Decimal rounds a difference to 28 digits.
    gap = exact_text(Fraction(more) - Fraction(less))
    return f"{gap} {unit_words(limit.unit)}".rstrip()
