"""Rows turned into the facts that rules take, and lists for the shells."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.db.models import Q, QuerySet

from produce.models import (
    Commodity,
    Grade,
    Limit,
    PriceAdjustmentSchedule,
    PriceAdjustmentStep,
    QualitySpecification,
    SpecificationLimit,
    Standard,
)
from produce.rules.adjustmentfile import ScheduleEntry, StepEntry
from produce.rules.facts import Change, Confidence, Direction, Effect, Kind, Per, Rounding
from produce.rules.grading import GradeFact
from produce.rules.limits import LimitFact
from produce.rules.sampling import Scheme, read_sampling
from produce.rules.specification import Demand, compare
from produce.rules.terms import Measuring


@dataclass(frozen=True)
class ComparisonRow:
    """One parameter in two grades; `change` says how the second differs from the first."""

    code: str
    name: str
    first: LimitFact | None
    second: LimitFact | None
    change: Change


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """A binding limit in the shape that evaluation takes. `kind` says which bounds are given."""

    parameter: str
    name: str
    unit: str
    kind: str
    minimum: Decimal | None
    maximum: Decimal | None
    equals: str | None
    source: str


def standards_for(commodity: Commodity, on: date | None = None) -> list[Standard]:
    """The standards of a commodity, by code and edition; only those in force on `on` if given."""
    rows = Standard.objects.filter(commodity=commodity).select_related("commodity")
    if on is not None:
        rows = rows.filter(Q(valid_from=None) | Q(valid_from__lte=on))
        rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=on))
    return list(rows.order_by("code", "edition"))


def is_in_force(standard: Standard, on: date) -> bool:
    """Twin of the filter in `standards_for`: the half-open days [valid_from, valid_to)."""
    return (standard.valid_from is None or standard.valid_from <= on) and (
        standard.valid_to is None or on < standard.valid_to
    )


def schedules_for(commodity: Commodity, on: date | None = None) -> list[PriceAdjustmentSchedule]:
    """The schedules that may be used for a commodity, by name; only those in force on `on`."""
    rows = PriceAdjustmentSchedule.objects.filter(Q(commodity=commodity) | Q(commodity=None))
    if on is not None:
        rows = rows.filter(Q(valid_from=None) | Q(valid_from__lte=on))
        rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=on))
    return list(rows.select_related("commodity").order_by("name", "edition"))


def schedule_entry(row: PriceAdjustmentSchedule) -> ScheduleEntry:
    """A schedule as `rules.adjustment.adjust` takes it."""
    return ScheduleEntry(
        code=row.code,
        edition=row.edition,
        name=row.name,
        commodity=row.commodity.code if row.commodity else None,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        rounding=Rounding(row.rounding),
        rounding_decimals=row.rounding_decimals,
        source=row.source,
        confidence=Confidence(row.confidence),
        note=row.note,
        steps=tuple(_step_entry(step) for step in row.steps.all()),
    )


def _step_entry(step: PriceAdjustmentStep) -> StepEntry:
    return StepEntry(
        parameter_code=step.parameter_code,
        parameter_unit=step.parameter_unit,
        lower=step.lower,
        lower_inclusive=step.lower_inclusive,
        upper=step.upper,
        upper_inclusive=step.upper_inclusive,
        relative_to_limit=step.relative_to_limit,
        delivered_by=step.delivered_by,
        effect=Effect(step.effect),
        value=step.value,
        unit=step.unit,
        per=Per(step.per),
        step_size=step.step_size,
    )


@cache
def sampling_schemes() -> dict[str, Scheme]:
    """The sampling schemes of the project's data file, by code."""
    path = Path(__file__).resolve().parent / "data" / "sampling.json"
    return read_sampling(path.read_text(encoding="utf-8"), path.name)


def measuring_of(specification: QualitySpecification) -> tuple[Measuring, ...]:
    """Where and how each limit is measured, where that is said."""
    rows = (row for row in specification.limits.all() if row.measured_at)
    return tuple(Measuring(row.code, row.measured_at, row.method) for row in rows)


def grades_of(standard: Standard) -> list[Grade]:
    """The grades, best first."""
    return list(Grade.objects.filter(standard=standard).order_by("rank"))


def limits_for(grade: Grade) -> tuple[LimitFact, ...]:
    """The limits of one grade, in the order of the table."""
    return tuple(_fact(row) for row in _limits(Limit.objects.filter(grade=grade)))


def grade_table(standard: Standard) -> tuple[GradeFact, ...]:
    """The whole table as the grading rules take it, best grade first; three queries."""
    limits: dict[int, list[LimitFact]] = {}
    for row in _limits(Limit.objects.filter(grade__standard=standard)):
        limits.setdefault(row.grade_id, []).append(_fact(row))
    return tuple(
        GradeFact(rank=g.rank, code=g.code, name=g.name, limits=tuple(limits.get(g.pk, ())))
        for g in grades_of(standard)
    )


def comparison(grade_a: Grade, grade_b: Grade) -> list[ComparisonRow]:
    """Two grades, of one standard or of two, parameter by parameter."""
    first = {limit.code: limit for limit in limits_for(grade_a)}
    second = {limit.code: limit for limit in limits_for(grade_b)}
    codes = [*first, *(code for code in second if code not in first)]
    return [_row(code, first.get(code), second.get(code)) for code in codes]


def demands_of(specification: QualitySpecification) -> tuple[Demand, ...]:
    """Every limit with the one of the grade it started from, removed ones included."""
    rows = SpecificationLimit.objects.filter(specification=specification).order_by("position")
    return tuple(_demand(row) for row in rows.prefetch_related("components"))


def demands_in(specification: QualitySpecification) -> tuple[Demand, ...]:
    """As `demands_of`, from `limits__components` that were prefetched: no query."""
    return tuple(_demand(row) for row in specification.limits.all())


def limits_of(specification: QualitySpecification) -> tuple[LimitFact, ...]:
    """The limits that bind, for conformance and for the farmer's summary."""
    return tuple(d.limit for d in demands_of(specification) if d.binds)


def specification_facts(specification: QualitySpecification) -> tuple[Requirement, ...]:
    """The binding limits in the shape that evaluation takes, in order."""
    return tuple(_requirement(limit) for limit in limits_of(specification))


def _limits(rows: QuerySet[Limit]) -> QuerySet[Limit]:
    wanted = rows.select_related("parameter").order_by("parameter__position")
    return wanted.prefetch_related("parameter__components")


def _fact(row: Limit) -> LimitFact:
    parameter = row.parameter
    return LimitFact(
        code=parameter.code,
        name=parameter.name,
        unit=parameter.unit,
        kind=Kind(parameter.kind),
        direction=Direction(parameter.direction),
        method=parameter.method,
        is_safety=parameter.is_safety,
        decimals=parameter.decimals,
        components=tuple(c.code for c in parameter.components.all()),
        minimum=row.minimum,
        maximum=row.maximum,
        text=row.text,
        source=row.source,
        confidence=Confidence(row.confidence),
    )


def _row(code: str, first: LimitFact | None, second: LimitFact | None) -> ComparisonRow:
    known = first or second
    name = known.name if known else code
    if first is None:
        return ComparisonRow(code, name, first, second, Change.ADDED)
    if second is None:
        return ComparisonRow(code, name, first, second, Change.REMOVED)
    # Limits in two units (kg/hl and lb/bu) cannot be ordered without a conversion.
    same_unit = first.unit == second.unit
    change = compare(first, second) if same_unit else Change.CHANGED
    return ComparisonRow(code, name, first, second, change)


def _demand(row: SpecificationLimit) -> Demand:
    change = Change(row.change)
    asked = _frozen(row)
    if change is Change.ADDED:
        return Demand(asked, change, None)
    base = replace(
        asked,
        minimum=row.base_minimum,
        maximum=row.base_maximum,
        text=row.base_text,
        source=row.base_source,
        confidence=Confidence(row.base_confidence),
    )
    return Demand(base if change is Change.REMOVED else asked, change, base)


def _frozen(row: SpecificationLimit) -> LimitFact:
    return LimitFact(
        code=row.code,
        name=row.name,
        unit=row.unit,
        kind=Kind(row.kind),
        direction=Direction(row.direction),
        method=row.method,
        is_safety=row.is_safety,
        decimals=row.decimals,
        components=tuple(c.code for c in row.components.all()),
        minimum=row.minimum,
        maximum=row.maximum,
        text=row.text,
        source=row.source,
        confidence=Confidence(row.confidence),
    )


def _requirement(limit: LimitFact) -> Requirement:
    return Requirement(
        parameter=limit.code,
        name=limit.name,
        unit=limit.unit,
        kind=_requirement_kind(limit),
        minimum=limit.minimum,
        maximum=limit.maximum,
        equals=limit.text or None,
        source=limit.source,
    )


def _requirement_kind(limit: LimitFact) -> str:
    if limit.text:
        return "equals"
    if limit.minimum is not None and limit.maximum is not None:
        return "range"
    return "maximum" if limit.minimum is None else "minimum"
