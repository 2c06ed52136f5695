"""A graded sample as the page shows it."""

from dataclasses import dataclass

from marketplace.web.presenters import sentences
from produce.rules.adjustmentfacts import Adjustment, Amount
from produce.rules.facts import REMARKS
from produce.rules.grading import GradeFact, ParameterGrade
from produce.rules.lifting import Lift
from produce.rules.limits import with_unit
from produce.rules.sample import Reckoned


@dataclass(frozen=True)
class Row:
    """One parameter: what was measured, the best grade that it reaches, and that grade's limit."""

    name: str
    value: str
    grade: str
    bound: str
    remark: str
    decides: bool


@dataclass(frozen=True)
class View:
    grade: str
    rejected: bool
    reasons: tuple[str, ...]
    rows: list[Row]
    lift: Lift | None
    adjustment: Adjustment | None
    payments: tuple[Amount, ...]
    steps: list[tuple[str, str, str]]


def view(found: Reckoned, table: tuple[GradeFact, ...]) -> View:
    grading, priced = found.grading, found.adjustment
    rank = grading.grade.rank if grading.grade else 0
    best = rank == 1
    return View(
        grade=grading.grade.name if grading.grade else "",
        rejected=grading.is_rejected,
        reasons=grading.reasons,
        rows=[_row(p, table, rank, best=best) for p in grading.parameters],
        lift=found.lift,
        adjustment=priced,
        payments=priced.payments if priced else (),
        steps=[(s.what, s.formula, s.value) for s in priced.working] if priced else [],
    )


def remark(confidence: str) -> str:
    return sentences.remark(confidence)


def unconfirmed(table: tuple[GradeFact, ...]) -> bool:
    """Whether any limit of the table is only remembered or disputed."""
    return any(REMARKS[limit.confidence] for grade in table for limit in grade.limits)


def _row(found: ParameterGrade, table: tuple[GradeFact, ...], rank: int, *, best: bool) -> Row:
    limit, value = found.finding.limit, found.finding.value
    assert value is not None
    decides = found.grade is None or (found.grade.rank == rank and not best)
    return Row(
        name=limit.name,
        value=with_unit(limit, value),
        grade=found.grade.name if found.grade else "",
        bound=sentences.bound(limit),
        remark=sentences.remark(limit.confidence),
        decides=decides,
    )
