"""The public list of tenders: at most six queries and no model instances, whatever its length.

Rows come from values() and go to orjson as they are; benchmarks/tender_list.py measures this
against nested serializers.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from api.shapes import Flag, Instant, Number, Shape, Text, Whole
from procurement.models import Item, Lot, Tender
from procurement.queries import statuses

HEAD = (
    *statuses.COLUMNS,
    "reference",
    "title",
    "method",
    "reserved_for",
    "currency",
    "province",
    "historical_batch",
    "buyer__public_id",
    "buyer__name",
)
LOT = ("id", "tender_id", "number", "title")
ITEM = ("lot_id", "number", "description", "commodity__code", "quantity", "unit")


class OrganizationRef(Shape):
    id = Text()
    name = Text()


class ListedItem(Shape):
    item = Whole()
    description = Text()
    commodity = Text(allow_null=True)
    quantity = Number()
    unit = Text()


class ListedLot(Shape):
    lot = Whole()
    title = Text()
    items = ListedItem(many=True)


class ListedTender(Shape):
    reference = Text()
    title = Text()
    status = Text()
    buyer = OrganizationRef()
    method = Text()
    reserved_for = Text(allow_blank=True)
    currency = Text()
    province = Text(allow_blank=True)
    published_at = Instant(allow_null=True)
    enquiry_deadline = Instant(allow_null=True)
    deadline = Instant(allow_null=True)
    historical = Flag()
    lots = ListedLot(many=True)


class TenderPage(Shape):
    next = Text(allow_null=True)
    previous = Text(allow_null=True)
    results = ListedTender(many=True)


def heads(tenders: QuerySet[Tender]) -> QuerySet[Tender, dict[str, Any]]:
    return tenders.values(*HEAD)


def rows(page: Iterable[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """The page's rows as they are sent, lots and items inside, with their status at `now`."""
    heads_ = list(page)
    lots = _lots([row["id"] for row in heads_])
    told = statuses.of(heads_, now)
    return [_row(row, told[row["id"]], lots.get(row["id"], [])) for row in heads_]


def _row(row: dict[str, Any], status: str, lots: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "reference": row["reference"],
        "title": row["title"],
        "status": status,
        "buyer": {"id": row["buyer__public_id"], "name": row["buyer__name"]},
        "method": row["method"],
        "reserved_for": row["reserved_for"],
        "currency": row["currency"],
        "province": row["province"],
        "published_at": row["published_at"],
        "enquiry_deadline": row["enquiry_deadline"],
        "deadline": row["deadline"],
        "historical": row["historical_batch"] is not None,
        "lots": lots,
    }


def _lots(tender_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    items = _items(tender_ids)
    found: dict[int, list[dict[str, Any]]] = {}
    wanted = Lot.objects.filter(tender__in=tender_ids).order_by("tender_id", "number")
    for key, tender, number, title in wanted.values_list(*LOT):
        lot = {"lot": number, "title": title, "items": items.get(key, [])}
        found.setdefault(tender, []).append(lot)
    return found


def _items(tender_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    wanted = Item.objects.filter(lot__tender__in=tender_ids).order_by("lot_id", "number")
    for lot, number, description, commodity, quantity, unit in wanted.values_list(*ITEM):
        item = {
            "item": number,
            "description": description,
            "commodity": commodity,
            # Stored in plain form already (fields.plain), so this is the text as it stands.
            "quantity": format(quantity, "f"),
            "unit": unit,
        }
        found.setdefault(lot, []).append(item)
    return found
