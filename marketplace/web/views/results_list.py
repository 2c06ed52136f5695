"""What was awarded to whom: the page and its file, narrowed alike."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.fields import plain
from marketplace.ledger.export import cell
from marketplace.web.context import now_of
from marketplace.web.forms.outcomes import chosen, options
from procurement.models import Award
from procurement.queries import outcomes

PER_PAGE = 25
COLUMNS = (
    "awarded_at",
    "tender",
    "title",
    "lot",
    "historical",
    "buyer",
    "supplier",
    "goods",
    "provinces",
    "currency",
    "price",
)


def _asked(request: HttpRequest) -> tuple[QuerySet[Award], dict[str, Any]]:
    """The awards that were asked for, and the three selects as they stand."""
    now = now_of(request)
    offered = {
        "kind": [("present", _("Run on Musika")), ("past", _("Past, from records"))],
        "commodity": outcomes.commodities(now),
        "province": [(name, name) for name in outcomes.provinces(now)],
    }
    given = {name: chosen(request.GET, name, choices) for name, choices in offered.items()}
    rows = outcomes.awards(now, commodity=given["commodity"], province=given["province"])
    if given["kind"]:
        rows = rows.filter(lot__tender__historical_batch__isnull=given["kind"] == "present")
    titles = {"kind": _("Tenders"), "commodity": _("Produce"), "province": _("Province")}
    selects = [
        {"name": name, "title": titles[name], "options": options(choices, given[name])}
        for name, choices in offered.items()
    ]
    return rows, {"selects": selects, "narrowed": any(given.values())}


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """The latest awards, past ones marked."""
    rows, context = _asked(request)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "web/outcomes/results.html", {"page": page, **context})


@require_safe
def results_csv(request: HttpRequest) -> StreamingHttpResponse:
    """All awards of the page's choice as CSV, prices exact."""
    rows, _context = _asked(request)
    return StreamingHttpResponse(
        _csv(_cells(award) for award in rows.iterator(chunk_size=500)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="results.csv"'},
    )


class _Line:
    """A file that gives back what is written, so that lines can be streamed."""

    def write(self, text: str) -> bytes:
        return text.encode()


def _csv(rows: Iterable[tuple[str, ...]]) -> Iterator[bytes]:
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def _cells(award: Award) -> tuple[str, ...]:
    lot, tender = award.lot, award.lot.tender
    items = list(lot.items.all())
    return (
        award.decided_at.isoformat() if award.decided_at else "",
        tender.reference,
        tender.title,
        str(lot.number),
        "yes" if tender.is_historical else "no",
        tender.buyer.name,
        award.supplier.name,
        "; ".join(item.commodity.name if item.commodity else item.description for item in items),
        "; ".join(sorted({item.province for item in items if item.province})),
        award.currency,
        plain(award.price),
    )
