"""The list of tenders: filters and their counts, search, order, pages, and the same as a file."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from marketplace.ledger.export import cell
from marketplace.web.context import now_of
from marketplace.web.presenters import tender_rows
from marketplace.web.statuses import look
from procurement.filters import SORT_WORDS, TenderFilter
from procurement.models import Tender
from procurement.queries import lists
from procurement.queries.facets import Facet, facets
from procurement.rules.timeline import instant

PER_PAGE = 20
COLUMNS = (
    "reference",
    "title",
    "buyer",
    "status",
    "historical",
    "published",
    "deadline",
    "produce",
    "quantity",
    "province",
    "reserved_for",
    "terms_hash",
)


class Counted(Paginator):
    """Pages over a list whose length is known already from its facets."""

    def __init__(self, rows: QuerySet[Tender], known: int) -> None:
        super().__init__(rows, PER_PAGE)
        self.known = known

    @cached_property
    def count(self) -> int:
        return self.known


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    now = now_of(request)
    tenders = lists.public(now)
    found = TenderFilter(request.GET, queryset=tenders, now=now)
    counted = facets(request.GET, tenders, now)
    page = Counted(found.qs.defer("terms"), counted.total).get_page(request.GET.get("page"))
    context = {
        "form": found.form,
        "page": page,
        "rows": tender_rows.rows(list(page.object_list), now),
        "facets": [_worded(facet) for facet in counted.facets],
        "total": counted.total,
        "chosen": sum(option.checked for facet in counted.facets for option in facet.options),
        "words": request.GET.get("q", "")[:200],
        "sorts": SORT_WORDS,
        "sort": request.GET.get("sort", "latest"),
        "csv_href": f"{reverse('tender_list_csv')}?{_query(request)}",
    }
    return render(request, "web/tenders/list.html", context)


def _worded(facet: Facet) -> Facet:
    """The states in the words that their tags have."""
    if facet.name != "status":
        return facet
    return replace(facet, options=tuple(replace(o, title=look(o.value)[1]) for o in facet.options))


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


@require_safe
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """Every tender that the list shows, all pages, in the same order."""
    now = now_of(request)
    found = TenderFilter(request.GET, queryset=lists.public(now), now=now)
    response = StreamingHttpResponse(_lines(found.qs.defer("terms")), content_type="text/csv")
    response["Content-Disposition"] = 'attachment; filename="tenders.csv"'
    return response


def _lines(tenders: QuerySet[Tender]) -> Iterator[bytes]:
    yield _line(COLUMNS)
    batch: list[Tender] = []
    for tender in tenders.iterator(chunk_size=500):
        batch.append(tender)
        if len(batch) == 500:
            yield from _batch(batch)
            batch = []
    yield from _batch(batch)


def _batch(tenders: list[Tender]) -> Iterator[bytes]:
    goods = tender_rows.goods_of(tenders)
    return (_line(_cells(t, goods.get(t.pk, tender_rows.Goods()))) for t in tenders)


def _cells(tender: Tender, goods: tender_rows.Goods) -> tuple[Any, ...]:
    return (
        tender.reference,
        tender.title,
        tender.buyer.name,
        tender.shown_status,  # type: ignore[attr-defined]
        "yes" if tender.is_historical else "no",
        instant(tender.published_at).isoformat() if tender.published_at else "",
        instant(tender.deadline).isoformat() if tender.deadline else "",
        "; ".join(goods.names),
        "; ".join(goods.amounts),
        "; ".join(goods.places),
        tender.reserved_for,
        tender.terms_hash,
    )


def _line(cells: tuple[Any, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([cell(value) for value in cells])
    return text.getvalue().encode()
