"""Full-text search of tenders behind one function: FTS5 on SQLite, tsvector on PostgreSQL."""

import re
from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from procurement.models import Tender, TenderSearchText


def text_of(tender: Tender) -> str:
    """What is searched: names, goods and places, as one text."""
    parts = [tender.reference, tender.title, tender.description, tender.buyer.name]
    for lot in tender.lots.prefetch_related("items__commodity"):
        parts.append(lot.title)
        for item in lot.items.all():
            commodity = item.commodity.name if item.commodity else ""
            parts += [
                item.description,
                commodity,
                item.delivery_place,
                item.district,
                item.province,
            ]
    return " ".join(part for part in parts if part)


def index(tender: Tender) -> None:
    """Bring the search text of a published tender up to date; part of the publishing operation."""
    TenderSearchText.objects.update_or_create(tender=tender, defaults={"text": text_of(tender)})
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procurement_tender_fts WHERE rowid = %s", [tender.pk])
            cursor.execute(
                "INSERT INTO procurement_tender_fts (rowid, text) VALUES (%s, %s)",
                [tender.pk, tender.search_text.text],
            )


def index_many(texts: Iterable[tuple[Tender, str]]) -> None:
    """Give many new tenders their search text at once; for imports, which have it at hand."""
    rows = [(tender.pk, text) for tender, text in texts]
    TenderSearchText.objects.bulk_create(
        TenderSearchText(tender_id=pk, text=text) for pk, text in rows
    )
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO procurement_tender_fts (rowid, text) VALUES (%s, %s)", rows
            )


def words(query: str) -> list[str]:
    """The words of a query: letters and digits only, so no operator can be smuggled in."""
    return re.findall(r"\w+", query.lower())[:12]


def matching(tenders: QuerySet[Tender], query: str) -> QuerySet[Tender]:
    """The tenders that have every word of `query`, each word also as a beginning."""
    found = words(query)
    if not found:
        return tenders
    if connection.vendor == "sqlite":
        sql = "SELECT rowid FROM procurement_tender_fts WHERE procurement_tender_fts MATCH %s"
        terms = " ".join(f'"{word}"*' for word in found)
    else:
        sql = (
            "SELECT tender_id FROM procurement_tendersearchtext "
            "WHERE to_tsvector('simple', text) @@ to_tsquery('simple', %s)"
        )
        terms = " & ".join(f"{word}:*" for word in found)
    return tenders.filter(pk__in=RawSQL(sql, [terms]))
