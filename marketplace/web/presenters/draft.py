"""A draft as the wizard shows it: the list of its parts, and everything it says."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from marketplace.web.mending import Mending
from marketplace.web.views.draft_quality import demands_of
from procurement.models import Criterion, Lot, Tender
from procurement.rules.content import CriterionContent, ItemContent, LotContent, TenderContent
from produce.models import Commodity
from produce.rules.facts import REMARKS
from produce.rules.limits import bound_words
from produce.rules.specification import Demand, active, differences
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
    """The parts of the draft, each with what is still to do."""
    rows = []
    for name, title in STEPS:
        found = [m for m in mendings if m.step == name]
        row = {"title": str(title), "status": "todo" if found else "done"}
        if found:
            more = _(" (and %d more)") % (len(found) - 1) if len(found) > 1 else ""
            row["hint"] = found[0].text + more
        if name == "draft_documents" and not tender.documents.exists():
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


def lot_views(content: TenderContent) -> list[LotView]:
    """Everything that the lots of a draft say, in words."""
    codes = {item.commodity for lot in content.lots for item in lot.items}
    names = dict(Commodity.objects.filter(code__in=codes).values_list("code", "name"))
    return [_lot(number, lot, names) for number, lot in enumerate(content.lots, start=1)]


def _lot(number: int, lot: LotContent, names: dict[str, str]) -> LotView:
    return LotView(
        number=number,
        lot=lot,
        method=str(Lot.EvaluationMethod(lot.evaluation_method).label),
        items=[_item(n, item, names) for n, item in enumerate(lot.items, start=1)],
        gates=[c for c in lot.criteria if c.kind == Criterion.Kind.GATE],
        quality=[c for c in lot.criteria if c.kind == Criterion.Kind.QUALITY],
    )


def _item(number: int, item: ItemContent, names: dict[str, str]) -> ItemView:
    demands = demands_of(item)
    return ItemView(
        number=number,
        item=item,
        commodity=names.get(item.commodity, item.commodity),
        unit=UNITS[item.unit].name if item.unit in UNITS else item.unit,
        limits=limit_views(demands),
        differences=differences(demands),
    )


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
