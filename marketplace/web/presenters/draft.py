"""A draft as the wizard shows it: the list of its parts, and everything it says."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.utils.translation import ngettext

from marketplace.web.mending import Mending
from marketplace.web.presenters.division import division_words
from marketplace.web.presenters.method import method_words
from procurement.models import Criterion, Lot, Tender
from procurement.rules.content import CriterionContent, ItemContent, LotContent, TenderContent
from produce.models import Commodity, Grade
from produce.queries import limits_for
from produce.rules.facts import REMARKS
from produce.rules.limits import bound_words
from produce.rules.specification import Demand, active, adjust, differences
from produce.rules.units import UNITS

STEPS = (
    ("draft_title", later("Title and description")),
    ("draft_procedure", later("Method, group and currency")),
    ("draft_timetable", later("Timetable")),
    ("draft_lots", later("Lots, goods, quality and criteria")),
    ("draft_documents", later("Documents")),
    ("draft_committee", later("Opening committee")),
)


def tasks(tender: Tender, mendings: list[Mending], editable: bool) -> list[dict[str, str]]:
    """The parts of the draft, each with what is still to do.

    `mendings` are the problems that the check before publication has: a part is done if and only
    if none of them belongs to it, and the numbers of all parts add up to theirs.
    """
    rows = []
    for name, title in STEPS:
        found = [m for m in mendings if m.step == name]
        row = {"title": str(title), "status": "done"}
        if found:
            word = ngettext("%d to mend", "%d to mend", len(found)) % len(found)
            more = _(" (and %d more)") % (len(found) - 1) if len(found) > 1 else ""
            row |= {"status": "todo", "word": word, "hint": found[0].text + more}
        elif name == "draft_documents" and not tender.documents.exists():
            row |= {"status": "none", "word": _("None")}
        if editable:
            row["href"] = reverse(name, args=[tender.reference])
        rows.append(row)
    return rows


@dataclass(frozen=True)
class LimitView:
    """One demanded limit in words."""

    name: str
    words: str
    method: str
    remark: str
    source: str


@dataclass(frozen=True)
class ItemView:
    number: int
    item: ItemContent
    commodity: str
    unit: str
    grade: str
    limits: list[LimitView]
    differences: list[str]


@dataclass(frozen=True)
class LotView:
    number: int
    lot: LotContent
    method: str
    items: list[ItemView]
    gates: list[CriterionContent]
    quality: list[CriterionContent]
    more: list[str]
    division: list[str]


def lot_views(content: TenderContent) -> list[LotView]:
    """Everything that the lots of a draft say, in words."""
    names = commodity_names(content)
    return [
        _lot(number, lot, names, content.currency)
        for number, lot in enumerate(content.lots, start=1)
    ]


def commodity_names(content: TenderContent) -> dict[str, str]:
    codes = {item.commodity for lot in content.lots for item in lot.items}
    return dict(Commodity.objects.filter(code__in=codes).values_list("code", "name"))


def _lot(number: int, lot: LotContent, names: dict[str, str], currency: str) -> LotView:
    return LotView(
        number=number,
        lot=lot,
        method=str(Lot.EvaluationMethod(lot.evaluation_method).label),
        items=[_item(n, item, names) for n, item in enumerate(lot.items, start=1)],
        gates=[c for c in lot.criteria if c.kind == Criterion.Kind.GATE],
        quality=[c for c in lot.criteria if c.options],
        more=method_words(lot),
        division=division_words(lot.division, lot.items[0].unit if lot.items else "", currency),
    )


def _item(number: int, item: ItemContent, names: dict[str, str]) -> ItemView:
    demands = demands_of(item)
    return ItemView(
        number=number,
        item=item,
        commodity=names.get(item.commodity, item.commodity),
        unit=UNITS[item.unit].name if item.unit in UNITS else item.unit,
        grade=grade_words(item),
        limits=limit_views(demands),
        differences=differences(demands),
    )


def grade_words(item: ItemContent) -> str:
    """The grade and its standard by name; empty where none is chosen."""
    if not item.grade:
        return ""
    found = grade_of(item)
    return f"{found.name}, {found.standard}" if found else f"{item.grade}, {item.standard}"


def grade_of(item: ItemContent) -> Grade | None:
    rows = Grade.objects.filter(
        standard__commodity__code=item.commodity,
        standard__code=item.standard,
        standard__edition=item.edition,
        code=item.grade,
    )
    return rows.select_related("standard").first()


def demands_of(item: ItemContent) -> tuple[Demand, ...]:
    """The limits that an item demands, each with the grade's own."""
    row = grade_of(item)
    return adjust(limits_for(row) if row else (), item.changes)


def limit_views(demands: tuple[Demand, ...]) -> list[LimitView]:
    return [
        LimitView(
            limit.name, bound_words(limit), limit.method, REMARKS[limit.confidence], limit.source
        )
        for limit in active(demands)
    ]


def unconfirmed(views: list[LotView]) -> list[dict[str, Any]]:
    """The limits whose value still has to be compared with the official text."""
    return [
        {"lot": lot.number, "item": item.number, "limit": limit}
        for lot in views
        for item in lot.items
        for limit in item.limits
        if limit.remark
    ]
