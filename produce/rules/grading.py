"""From measurements to a grade: the worst parameter decides; beyond the last grade is rejected.

Tables print bands ("53.9 to 53.0"), and between two bands lies a gap into which a real measurement
falls. Here a band is only its breakpoint: where lower is better the maximum, where higher is
better the minimum. A value past one grade's breakpoint belongs to the next grade, and a value past
the last breakpoint to none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from marketplace.errors import Invalid
from produce.rules.conformance import Finding, Outcome, read_values
from produce.rules.facts import Change, Direction, Kind
from produce.rules.limits import LimitFact, Value, bound_words, check_limit, holds, with_unit
from produce.rules.specification import compare


class BadTable(Invalid):
    """A grade table with a hole, an upside-down limit or a broken total."""

    code = "bad-grade-table"


class MeasurementMissing(Invalid):
    """A grade cannot be given while a parameter was not measured: that is never a pass."""

    code = "measurement-missing"


@dataclass(frozen=True, kw_only=True)
class GradeFact:
    """`rank` 1 is the best. `limits` has one for every parameter of the table."""

    rank: int
    code: str
    name: str
    limits: tuple[LimitFact, ...]


@dataclass(frozen=True)
class ParameterGrade:
    """The best grade that one parameter reaches; `grade` is None beyond the last."""

    finding: Finding
    grade: GradeFact | None


@dataclass(frozen=True)
class Grading:
    """The verdict: `grade` is None when rejected, and `reasons` then names every parameter."""

    grade: GradeFact | None
    parameters: tuple[ParameterGrade, ...]
    reasons: tuple[str, ...]

    @property
    def is_rejected(self) -> bool:
        return self.grade is None


def grade(grades: Sequence[GradeFact], measurements: Mapping[str, object]) -> Grading:
    """Grade a sample. `measurements` by parameter code, in the unit of the limits.

    Totals are added up from their parts and must themselves hold. Raises BadTable,
    MeasurementMissing (naming all that are missing), and what `conformance.read_values` raises.
    """
    ordered = check_table(grades)
    values = read_values(ordered[0].limits, measurements)
    _refuse_missing(ordered[0].limits, values)
    found = tuple(_parameter(ordered, limit, values[limit.code]) for limit in ordered[0].limits)
    if reasons := _rejections(found):
        return Grading(None, found, reasons)
    worst = max((p.grade for p in found if p.grade), key=lambda g: g.rank)
    return Grading(worst, found, _deciding(found, worst, ordered[0]))


def check_table(grades: Sequence[GradeFact]) -> tuple[GradeFact, ...]:
    """Return the grades from the best on, as breakpoints. Raises BadTable.

    Every grade limits the same parameters, and no grade is stricter than a better one: else a
    better sample could get a worse grade.
    """
    if not grades:
        raise BadTable("The table has no grades.", remedy="Add at least one grade.")
    ordered = tuple(_as_breakpoints(g) for g in sorted(grades, key=lambda g: g.rank))
    if [g.rank for g in ordered] != list(range(1, len(ordered) + 1)):
        raise BadTable("The ranks do not count from 1 without a gap.", where="grades")
    for better, worse in pairwise(ordered):
        _check_pair(better, worse)
    _check_totals(ordered[0])
    return ordered


def breakpoint_of(limit: LimitFact) -> LimitFact:
    """Drop the printed bound on the good side, so that no gap is left between two bands."""
    if limit.kind in (Kind.BOOLEAN, Kind.TEXT) or limit.direction is Direction.RANGE:
        return limit
    if limit.direction is Direction.LOWER:
        return replace(limit, minimum=None)
    return replace(limit, maximum=None)


def _as_breakpoints(given: GradeFact) -> GradeFact:
    for limit in given.limits:
        check_limit(limit)
    return replace(given, limits=tuple(breakpoint_of(limit) for limit in given.limits))


def _check_pair(better: GradeFact, worse: GradeFact) -> None:
    if [x.code for x in better.limits] != [x.code for x in worse.limits]:
        raise BadTable(
            f"{better.name} and {worse.name} do not limit the same parameters.",
            where=worse.code,
            remedy="Give every grade a limit for every parameter, in one order.",
        )
    for above, below in zip(better.limits, worse.limits, strict=True):
        # Words have no order: each grade may ask for its own.
        if below.kind is Kind.TEXT:
            continue
        if compare(above, below) not in (Change.SAME, Change.LOOSENED):
            raise BadTable(
                f"{below.name}: {worse.name} ({bound_words(below)}) is not the same as or less "
                f"strict than {better.name} ({bound_words(above)}).",
                where=f"{worse.code}, {below.code}",
                remedy="Check the two limits against the printed table.",
            )


def _check_totals(best: GradeFact) -> None:
    if not best.limits:
        raise BadTable("The table limits nothing.", remedy="Add at least one parameter.")
    parts = {limit.code: limit.components for limit in best.limits}
    for limit in best.limits:
        if (limit.kind is Kind.CALCULATED) != bool(limit.components):
            raise BadTable(
                f"{limit.name} is a total without parts, or not a total.", where=limit.code
            )
        for part in limit.components:
            if part not in parts or parts[part]:
                raise BadTable(
                    f"{limit.name} adds up {part}, which is no measured parameter of the table.",
                    where=limit.code,
                )


def _refuse_missing(limits: Sequence[LimitFact], values: Mapping[str, Value]) -> None:
    missing = [x for x in limits if x.code not in values and not x.components]
    if missing:
        raise MeasurementMissing(
            f"Not measured: {', '.join(limit.name for limit in missing)}.",
            where=missing[0].code,
            remedy="Measure them and grade again; a missing measurement is never a pass.",
        )


def _parameter(grades: Sequence[GradeFact], limit: LimitFact, value: Value) -> ParameterGrade:
    for candidate in grades:
        bound = next(x for x in candidate.limits if x.code == limit.code)
        if holds(bound, value):
            reason = (
                f"{limit.name} is {with_unit(limit, value)}: {candidate.name} "
                f"({bound_words(bound)})"
            )
            return ParameterGrade(Finding(bound, value, Outcome.CONFORMS, reason), candidate)
    last = next(x for x in grades[-1].limits if x.code == limit.code)
    return ParameterGrade(_beyond(last, value, grades[-1]), None)


def _beyond(limit: LimitFact, value: Value, last: GradeFact) -> Finding:
    how = "is a safety limit: rejected outright" if limit.is_safety else "is beyond the last grade"
    reason = f"{limit.name} {how}: {with_unit(limit, value)} ({last.name}: {bound_words(limit)})"
    return Finding(limit, value, Outcome.FAILS, reason)


def _rejections(found: Sequence[ParameterGrade]) -> tuple[str, ...]:
    """Reasons of every parameter that no grade takes, safety first."""
    failed = sorted(
        (p.finding for p in found if p.grade is None), key=lambda f: not f.limit.is_safety
    )
    return tuple(f.reason for f in failed)


def _deciding(
    found: Sequence[ParameterGrade], worst: GradeFact, best: GradeFact
) -> tuple[str, ...]:
    """What keeps the sample from a better grade; nothing when it has the best."""
    if worst.rank == best.rank:
        return ()
    return tuple(p.finding.reason for p in found if p.grade and p.grade.rank == worst.rank)
