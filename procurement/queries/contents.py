"""Read a tender back as content: to revise a draft, to start from an earlier tender."""

import hashlib
from dataclasses import fields
from typing import Any

from procurement.models import Criterion, Item, Lot, LotComponent, Tender, TenderSharing
from procurement.rules.content import (
    CriterionContent,
    ItemContent,
    LotContent,
    OptionContent,
    TenderContent,
)
from procurement.rules.division import DivisionContent, SharingContent
from procurement.rules.method_parts import (
    ComponentContent,
    PointsContent,
    PreferenceContent,
    RatingContent,
)
from produce import queries as produce
from produce.models import QualitySpecification
from produce.rules.facts import Change
from produce.rules.specification import AddLimit, Demand, LimitChange, RemoveLimit, SetLimit


def content(tender: Tender) -> TenderContent:
    """What `tender` says, whole; equal content writes equal rows."""
    lots = tender.lots.select_related("points", "preference", "division").prefetch_related(
        "items__commodity",
        "items__specification__standard",
        "items__specification__grade",
        "items__specification__adjustment",
        "items__specification__limits",
        "criteria__options",
        "criteria__rating",
        "components",
    )
    return TenderContent(
        title=tender.title,
        description=tender.description,
        method=tender.method,
        reserved_for=tender.reserved_for,
        currency=tender.currency,
        enquiry_deadline=tender.enquiry_deadline,
        deadline=tender.deadline,
        standstill_days=tender.standstill_days,
        opening_quorum=tender.opening_quorum,
        lots=tuple(_lot(lot) for lot in lots),
        sharing=_sharing(tender),
    )


def fingerprint(tender: Tender) -> str:
    """Changes exactly when what the tender says changes; guards against a lost update."""
    # Every part is a frozen dataclass of exact values, so its repr is as exact as they are.
    return hashlib.sha256(repr(content(tender)).encode()).hexdigest()[:24]


def _lot(lot: Lot) -> LotContent:
    return LotContent(
        title=lot.title,
        evaluation_method=lot.evaluation_method,
        estimated_value=lot.estimated_value,
        rounding=lot.rounding,
        rounding_decimals=lot.rounding_decimals,
        items=tuple(_item(item) for item in lot.items.all()),
        criteria=tuple(_criterion(criterion) for criterion in lot.criteria.all()),
        components=tuple(_component(row) for row in lot.components.all()),
        preference=_preference(lot),
        points=_points(lot),
        tie_break=tuple(lot.tie_break.split(",")),
        division=_division(lot),
    )


def _sharing(tender: Tender) -> SharingContent | None:
    row = TenderSharing.objects.filter(tender=tender).first()
    if row is None:
        return None
    return SharingContent(**{f.name: getattr(row, f.name) for f in fields(SharingContent)})


def _division(lot: Lot) -> DivisionContent | None:
    row = getattr(lot, "division", None)
    if row is None:
        return None
    return DivisionContent(**{f.name: getattr(row, f.name) for f in fields(DivisionContent)})


def _component(row: LotComponent) -> ComponentContent:
    return ComponentContent(
        title=row.title, per=row.per, source=row.source, in_margin=row.in_margin
    )


def _preference(lot: Lot) -> PreferenceContent | None:
    row = getattr(lot, "preference", None)
    if row is None:
        return None
    return PreferenceContent(
        title=row.title, margin=row.margin, base=row.base, way=row.way, source=row.source
    )


def _points(lot: Lot) -> PointsContent | None:
    row = getattr(lot, "points", None)
    if row is None:
        return None
    return PointsContent(
        weight=row.weight,
        total=row.total,
        lowest=row.lowest,
        highest=row.highest,
        minimum=row.minimum,
    )


def _item(item: Item) -> ItemContent:
    specification = item.specification
    standard = specification.standard if specification else None
    grade = specification.grade if specification else None
    return ItemContent(
        commodity=item.commodity.code if item.commodity else "",
        description=item.description,
        quantity=item.quantity,
        unit=item.unit,
        delivery_place=item.delivery_place,
        province=item.province,
        district=item.district,
        delivery_starts=item.delivery_starts,
        delivery_ends=item.delivery_ends,
        standard=standard.code if standard else "",
        edition=standard.edition if standard else "",
        grade=grade.code if grade else "",
        changes=_changes(specification) if specification else (),
        **_quality(specification),
    )


def _quality(specification: QualitySpecification | None) -> dict[str, Any]:
    if specification is None:
        return {}
    schedule = specification.adjustment
    return {
        "schedule": schedule.code if schedule else "",
        "schedule_edition": schedule.edition if schedule else "",
        "sampling": specification.sampling,
        "quantity_tolerance": specification.quantity_tolerance,
        "measuring": produce.measuring_of(specification),
    }


def _changes(specification: QualitySpecification) -> tuple[LimitChange, ...]:
    found = (_change(demand) for demand in produce.demands_of(specification))
    return tuple(change for change in found if change is not None)


def _change(demand: Demand) -> LimitChange | None:
    limit = demand.limit
    if demand.change is Change.SAME:
        return None
    if demand.change is Change.ADDED:
        return AddLimit(limit)
    if demand.change is Change.REMOVED:
        return RemoveLimit(limit.code)
    return SetLimit(code=limit.code, minimum=limit.minimum, maximum=limit.maximum, text=limit.text)


def _criterion(criterion: Criterion) -> CriterionContent:
    return CriterionContent(
        title=criterion.title,
        kind=criterion.kind,
        source=criterion.source,
        options=tuple(OptionContent(o.label, o.value) for o in criterion.options.all()),
        rating=_rating(criterion),
        in_margin=criterion.in_margin,
    )


def _rating(criterion: Criterion) -> RatingContent | None:
    row = getattr(criterion, "rating", None)
    if row is None:
        return None
    return RatingContent(
        weight=row.weight, highest_mark=row.highest_mark, combine=row.combine, minimum=row.minimum
    )
