"""A standard's table and the comparison of two grades, as their pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.web.presenters.sentences import bound, remark
from produce.queries import ComparisonRow
from produce.rules.facts import Change
from produce.rules.grading import GradeFact
from produce.rules.limits import LimitFact


@dataclass(frozen=True)
class Cell:
    bound: str
    source: str
    remark: str
    grade: str


@dataclass(frozen=True)
class Row:
    """One parameter with its limit in each grade, the best first."""

    name: str
    method: str
    safety: bool
    cells: list[Cell]


@dataclass(frozen=True)
class Compared:
    name: str
    first: str
    second: str
    first_remark: str
    second_remark: str
    change: str


def table(grades: Sequence[GradeFact]) -> list[Row]:
    if not grades:
        return []
    return [_row(grades, index) for index in range(len(grades[0].limits))]


def _row(grades: Sequence[GradeFact], index: int) -> Row:
    limit = grades[0].limits[index]
    cells = [_cell(grade.limits[index], grade.name) for grade in grades]
    return Row(limit.name, limit.method, limit.is_safety, cells)


def _cell(limit: LimitFact, grade: str) -> Cell:
    return Cell(bound(limit), limit.source, remark(limit.confidence), grade)


def compared(rows: Sequence[ComparisonRow]) -> list[Compared]:
    """`change` says how the second differs from the first; empty where it does not."""
    return [
        Compared(
            row.name,
            bound(row.first) if row.first else "–",
            bound(row.second) if row.second else "–",
            remark(row.first.confidence) if row.first else "",
            remark(row.second.confidence) if row.second else "",
            "" if row.change is Change.SAME else row.change.value,
        )
        for row in rows
    ]
