"""Write what a draft says into rows; used by tenders.draft and tenders.revise alone."""

from datetime import datetime

from marketplace.accounts.models import User
from marketplace.errors import Invalid
from procurement.models import Criterion, CriterionOption, Item, Lot, Tender
from procurement.operations import methods
from procurement.rules.content import ItemContent, LotContent, TenderContent
from produce.models import Commodity, Grade, PriceAdjustmentSchedule, QualitySpecification
from produce.operations import specifications
from produce.rules import units

HEAD = (
    "title",
    "description",
    "method",
    "reserved_for",
    "currency",
    "enquiry_deadline",
    "deadline",
    "standstill_days",
    "opening_quorum",
)


def write_head(tender: Tender, content: TenderContent) -> None:
    """Copy the head of `content` onto the (locked or new) row, checked field by field."""
    for name in HEAD:
        setattr(tender, name, getattr(content, name))
    provinces = [item.province for lot in content.lots for item in lot.items if item.province]
    tender.province = provinces[0] if provinces else tender.buyer.province
    _check_head(tender)


def _check_head(tender: Tender) -> None:
    if not 2 <= tender.opening_quorum <= 10:
        raise Invalid("The opening quorum lies from 2 to 10.", where="opening_quorum")
    if tender.method not in Tender.Method.values:
        raise Invalid("Choose one of the procurement methods.", where="method")
    if tender.reserved_for not in Tender.ReservedFor.values:
        raise Invalid("Choose one of the groups.", where="reserved_for")
    if len(tender.title) > 200:
        raise Invalid("Use at most 200 characters.", where="title")
    ends, deadline = tender.enquiry_deadline, tender.deadline
    if ends and deadline and ends > deadline:
        raise Invalid("Questions must end before bids do.", where="enquiry_deadline")


def erase_lots(tender: Tender) -> None:
    """Drop a draft's lots with all that hangs on them."""
    items = Item.objects.filter(lot__tender=tender)
    specifications_ = list(
        items.exclude(specification=None).values_list("specification", flat=True)
    )
    tender.lots.all().delete()
    QualitySpecification.objects.filter(pk__in=specifications_).delete()


def write_lots(tender: Tender, content: TenderContent, *, by: User, now: datetime) -> None:
    for number, lot in enumerate(content.lots, start=1):
        _write_lot(tender, number, lot, by, now)
    methods.write_sharing(tender, content)


def _write_lot(tender: Tender, number: int, content: LotContent, by: User, now: datetime) -> None:
    if content.evaluation_method not in Lot.EvaluationMethod.values:
        raise Invalid("Choose an evaluation method.", where=f"lots[{number - 1}].evaluation_method")
    lot = Lot.objects.create(
        tender=tender,
        number=number,
        title=content.title[:200],
        evaluation_method=content.evaluation_method,
        estimated_value=content.estimated_value,
        rounding=content.rounding,
        rounding_decimals=content.rounding_decimals,
        tie_break=",".join(content.tie_break),
    )
    for index, item in enumerate(content.items, start=1):
        _write_item(lot, index, item, by, now)
    _write_criteria(lot, content)
    methods.write(lot, content)


def _write_item(lot: Lot, number: int, content: ItemContent, by: User, now: datetime) -> None:
    where = f"lots[{lot.number - 1}].items[{number - 1}]"
    commodity = Commodity.objects.filter(code=content.commodity).first()
    if commodity is None:
        raise Invalid(f"There is no commodity “{content.commodity}”.", where=f"{where}.commodity")
    if content.unit not in units.UNITS:
        raise Invalid(f"There is no unit “{content.unit}”.", where=f"{where}.unit")
    Item.objects.create(
        lot=lot,
        number=number,
        commodity=commodity,
        description=content.description[:300] or commodity.name,
        quantity=content.quantity,
        unit=content.unit,
        delivery_place=content.delivery_place[:200],
        province=content.province,
        district=content.district,
        delivery_starts=content.delivery_starts,
        delivery_ends=content.delivery_ends,
        specification=_specification(commodity, content, where, by, now),
    )


def _specification(
    commodity: Commodity, content: ItemContent, where: str, by: User, now: datetime
) -> QualitySpecification | None:
    if not content.specifies:
        return None
    return specifications.specify(
        commodity=commodity,
        grade=_grade(commodity, content, where),
        changes=content.changes,
        adjustment=_schedule(content, where),
        sampling=content.sampling,
        quantity_tolerance=content.quantity_tolerance,
        measuring=content.measuring,
        by=by,
        now=now,
    )


def _grade(commodity: Commodity, content: ItemContent, where: str) -> Grade | None:
    if not content.standard:
        return None
    rows = Grade.objects.filter(
        standard__commodity=commodity, standard__code=content.standard, code=content.grade
    )
    if content.edition:
        rows = rows.filter(standard__edition=content.edition)
    grade = rows.select_related("standard").order_by("-standard__edition").first()
    if grade is None:
        raise Invalid(
            f"“{content.standard}” has no grade “{content.grade}” for {commodity.name}.",
            where=f"{where}.grade",
        )
    return grade


def _schedule(content: ItemContent, where: str) -> PriceAdjustmentSchedule | None:
    if not content.schedule:
        return None
    wanted = {"code": content.schedule, "edition": content.schedule_edition}
    found = PriceAdjustmentSchedule.objects.filter(**wanted).first()
    if found is None:
        raise Invalid(
            f"There is no price schedule “{content.schedule}, {content.schedule_edition}”.",
            where=f"{where}.schedule",
        )
    return found


def _write_criteria(lot: Lot, content: LotContent) -> None:
    for number, criterion in enumerate(content.criteria, start=1):
        if criterion.kind not in Criterion.Kind.values:
            raise Invalid("There is no such kind of criterion.", where="criteria")
        row = Criterion.objects.create(
            lot=lot,
            number=number,
            title=criterion.title[:200],
            kind=criterion.kind,
            source=criterion.source[:200],
            in_margin=criterion.in_margin,
        )
        methods.write_rating(row, criterion)
        CriterionOption.objects.bulk_create(
            CriterionOption(criterion=row, number=index, label=o.label[:200], value=o.value)
            for index, o in enumerate(criterion.options, start=1)
        )
