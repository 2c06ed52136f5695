"""In public: goods received notes, rejected loads by depot, days to pay by buyer."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from marketplace.errors import NotFound
from marketplace.fields import plain
from marketplace.ledger.export import cell
from marketplace.papers.paper import pdf
from marketplace.web.context import now_of
from marketplace.web.operate import explained
from marketplace.web.views import contract_desk as desk
from marketplace.web.views.loads import working
from procurement import papers_received
from procurement.models import GoodsReceipt
from procurement.queries import gates, invoices
from procurement.rules.visibility import Fact


def _receipt(request: HttpRequest, number: str) -> GoodsReceipt:
    rows = GoodsReceipt.objects.select_related(
        "delivery__contract__award__supplier",
        "delivery__contract__award__lot__tender__buyer",
        "delivery__line__item",
        "delivery__depot",
        "test",
    )
    found = rows.filter(number=number).first()
    if found is None or not desk.sees(request, found.delivery.contract, Fact.CONTRACT):
        raise NotFound(gettext("There is no such goods received note."))
    return found


@require_safe
@explained
def note(request: HttpRequest, note: str) -> HttpResponse:
    """What was received, and what it is worth; no vehicle, nobody's name."""
    row = _receipt(request, note)
    contract = row.delivery.contract
    context = {
        "receipt": row,
        "contract": contract,
        "item": row.delivery.line.item,
        "workings": working(row.test, contract) if row.test else [],
        "crumbs": desk.crumbs(contract, (row.number, ""))[1:],
    }
    return render(request, "web/loads/note.html", context)


@require_safe
@explained
def note_pdf(request: HttpRequest, note: str) -> HttpResponse:
    row = _receipt(request, note)
    headers = {"Content-Disposition": f'inline; filename="{row.number}.pdf"'}
    content = pdf(papers_received.note(row))
    return HttpResponse(content, content_type="application/pdf", headers=headers)


DAYS_COLUMNS: list[dict[str, Any]] = [
    {"key": "buyer", "title": _("Buyer")},
    {"key": "paid", "title": _("Notes paid"), "numeric": True},
    {"key": "median", "title": _("Days, median"), "numeric": True},
    {"key": "longest", "title": _("Days, longest"), "numeric": True},
    {"key": "late", "title": _("Paid late"), "numeric": True},
    {"key": "waiting", "title": _("Not paid yet"), "numeric": True},
    {"key": "overdue", "title": _("Overdue now"), "numeric": True},
]


def _days(request: HttpRequest) -> list[dict[str, str]]:
    return [
        {
            "buyer": one.buyer.name,
            "paid": str(one.days.paid),
            "median": "" if one.days.median is None else plain(one.days.median),
            "longest": "" if one.days.longest is None else str(one.days.longest),
            "late": str(one.days.late),
            "waiting": str(one.days.waiting),
            "overdue": str(one.days.overdue),
        }
        for one in invoices.days_to_pay(now_of(request))
    ]


@require_safe
def days(request: HttpRequest) -> HttpResponse:
    rows = [{key: value or "–" for key, value in row.items()} for row in _days(request)]
    context = {"rows": rows, "columns": DAYS_COLUMNS}
    return render(request, "web/payments/days.html", context)


@require_safe
def days_csv(request: HttpRequest) -> HttpResponse:
    names = [column["key"] for column in DAYS_COLUMNS]
    return _csv("days-to-pay.csv", names, ([row[n] for n in names] for row in _days(request)))


DEPOT_COLUMNS: list[dict[str, Any]] = [
    {"key": "depot", "title": _("Depot")},
    {"key": "buyer", "title": _("Buyer")},
    {"key": "decided", "title": _("Loads decided on"), "numeric": True},
    {"key": "rejected", "title": _("Rejected"), "numeric": True},
    {"key": "share", "title": _("Share"), "numeric": True},
]


@require_safe
def rejected(request: HttpRequest) -> HttpResponse:
    """Depots side by side, and every rejection with its reasons."""
    rows = [
        {
            "depot": one.depot.name,
            "buyer": one.buyer.name,
            "decided": str(one.decided),
            "rejected": str(one.rejected),
            "share": one.share,
        }
        for one in gates.counts()
    ]
    context = {"rows": rows, "columns": DEPOT_COLUMNS, "rejections": gates.rejections()}
    return render(request, "web/loads/rejected.html", context)


@require_safe
def rejected_csv(request: HttpRequest) -> HttpResponse:
    names = ["rejected_at", "buyer", "depot", "goods", "reasons"]
    rows = (
        [one.rejected_at.astimezone(UTC).isoformat(), one.buyer, one.depot, one.goods, one.reasons]
        for one in gates.rejections()
    )
    return _csv("rejected-loads.csv", names, rows)


def _csv(name: str, head: list[str], rows: Iterable[list[str]]) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)
