"""Freeze the quality that a tender demands."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.accounts.queries import has_permission
from marketplace.accounts.roles import Permission
from marketplace.errors import Invalid, NotPermitted
from produce.models import (
    Commodity,
    Grade,
    PriceAdjustmentSchedule,
    QualitySpecification,
    SpecificationComponent,
    SpecificationLimit,
    Standard,
)
from produce.queries import (
    is_in_force,
    limits_for,
    sampling_schemes,
    schedule_entry,
    schedules_for,
)
from produce.rules.sampling import UnknownScheme
from produce.rules.specification import Demand, LimitChange, active, adjust
from produce.rules.terms import BadTerms, Measuring, check_terms


class MaySpecifyNothing(NotPermitted):
    """Only somebody who may draft a tender specifies quality."""

    code = "may-not-specify-quality"


class WrongStandard(Invalid):
    """The grade, the standard and the commodity do not belong together."""

    code = "wrong-standard"


class StandardNotInForce(Invalid):
    """The edition is not in force on this day."""

    code = "standard-not-in-force"


def specify(
    *,
    commodity: Commodity,
    standard: Standard | None = None,
    grade: Grade | None = None,
    changes: Sequence[LimitChange] = (),
    adjustment: PriceAdjustmentSchedule | None = None,
    sampling: str = "",
    quantity_tolerance: Decimal | None = None,
    measuring: Sequence[Measuring] = (),
    by: User,
    now: datetime,
) -> QualitySpecification:
    """Write a frozen specification: the grade's limits with `changes`, each difference named.

    Without a grade it starts empty and only `AddLimit` changes apply. The grade alone is enough:
    its standard follows. Raises MaySpecifyNothing, WrongStandard, StandardNotInForce,
    UnknownScheme, and what `rules.specification.adjust` and `rules.terms.check_terms` raise.
    """
    if not has_permission(by, Permission.TENDER_DRAFT):
        raise MaySpecifyNothing(
            f"{by} may not specify the quality of a tender.",
            remedy="Ask a procurement officer of the buyer.",
        )
    standard = _standard(commodity, standard, grade, now)
    demands = adjust(limits_for(grade) if grade else (), changes)
    _check_schedule(commodity, adjustment, now)
    _check_scheme(sampling)
    entry = schedule_entry(adjustment) if adjustment else None
    check_terms(active(demands), entry, quantity_tolerance, measuring)
    with transaction.atomic():
        row = QualitySpecification.objects.create(
            commodity=commodity,
            standard=standard,
            grade=grade,
            adjustment=adjustment,
            sampling=sampling,
            quantity_tolerance=quantity_tolerance,
            created_at=now,
            created_by=by,
        )
        _write_limits(row, demands, {one.code: one for one in measuring})
    return row


def _standard(
    commodity: Commodity, standard: Standard | None, grade: Grade | None, now: datetime
) -> Standard | None:
    if grade is None:
        if standard is not None:
            raise _wrong(f"{standard} was chosen without a grade.", "Choose one of its grades.")
        return None
    if standard is not None and grade.standard_id != standard.pk:
        raise _wrong(f"{grade} is not a grade of {standard}.", "Choose one of its grades.")
    if grade.standard.commodity_id != commodity.pk:
        raise _wrong(
            f"{grade.standard} is not about {commodity}.", "Choose a standard of this commodity."
        )
    _check_in_force(grade.standard, now)
    return grade.standard


def _check_in_force(standard: Standard, now: datetime) -> None:
    today = timezone.localtime(now).date()
    if not is_in_force(standard, today):
        raise StandardNotInForce(
            f"{standard} is not in force on {today.isoformat()}.",
            where="standard",
            remedy="Choose the edition that is in force on this day.",
        )


def _check_schedule(
    commodity: Commodity, adjustment: PriceAdjustmentSchedule | None, now: datetime
) -> None:
    if adjustment is None:
        return
    today = timezone.localtime(now).date()
    if adjustment not in schedules_for(commodity, today):
        raise BadTerms(
            f"{adjustment} is not for {commodity}, or not in force on {today.isoformat()}.",
            where="schedule",
            remedy="Choose a price schedule of this commodity that is in force.",
        )


def _check_scheme(code: str) -> None:
    if code and code not in sampling_schemes():
        raise UnknownScheme(
            f"There is no sampling scheme “{code}”.",
            where="sampling",
            remedy=f"Use one of: {', '.join(sampling_schemes())}.",
        )


def _wrong(message: str, remedy: str) -> WrongStandard:
    return WrongStandard(message, where="grade", remedy=remedy)


def _write_limits(
    specification: QualitySpecification,
    demands: Sequence[Demand],
    measuring: Mapping[str, Measuring],
) -> None:
    rows = [_row(specification, demand, i) for i, demand in enumerate(demands, start=1)]
    for row in rows:
        if said := measuring.get(row.code):
            row.measured_at, row.method = said.place, said.method
    SpecificationLimit.objects.bulk_create(rows)
    by_code = {row.code: row for row in rows}
    # The parts of a removed total are kept too, so that the difference can be shown whole.
    SpecificationComponent.objects.bulk_create(
        SpecificationComponent(total=by_code[demand.limit.code], component=by_code[part])
        for demand in demands
        for part in demand.limit.components
    )


def _row(specification: QualitySpecification, demand: Demand, position: int) -> SpecificationLimit:
    limit, base, binds = demand.limit, demand.base, demand.binds
    return SpecificationLimit(
        specification=specification,
        position=position,
        code=limit.code,
        name=limit.name,
        unit=limit.unit,
        kind=limit.kind.value,
        direction=limit.direction.value,
        minimum=limit.minimum if binds else None,
        maximum=limit.maximum if binds else None,
        text=limit.text if binds else "",
        method=limit.method,
        is_safety=limit.is_safety,
        decimals=limit.decimals,
        source=limit.source,
        confidence=limit.confidence.value,
        change=demand.change.value,
        base_minimum=base.minimum if base else None,
        base_maximum=base.maximum if base else None,
        base_text=base.text if base else "",
        base_source=base.source if base else "",
        base_confidence=base.confidence.value if base else "",
    )
