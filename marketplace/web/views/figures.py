"""The public figures: pictures on one page, each as a file. All of them were computed before."""

import csv
import io
import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.ledger.export import cell
from marketplace.web.presenters import figures as presenter
from procurement.queries import figures as queries

SHOWN = ("competition", "savings", "concentration", "groups", "success", "time_to_award")


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The pictures; what has no rows yet is named at the end."""
    every = queries.every()
    told = [presenter.figure(name, every[name]) for name in SHOWN]
    files = [presenter.figure(name, every[name]) for name in ("prices", "market_prices")]
    context: dict[str, Any] = {
        "figures": [row for row in told if row["rows"]],
        "missing": [row["title"] for row in told if not row["rows"]],
        "files": [row for row in files if row["rows"]],
        "computed_at": max((f.computed_at for f in every.values() if f.computed_at), default=None),
        "crumbs": [{"title": _("Prices and figures"), "href": "/prices/"}, {"title": _("Figures")}],
    }
    return render(request, "web/outcomes/figures.html", context)


@require_safe
def file(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """One figure whole: CSV, or JSON with its query, its digest, and when it was computed."""
    found = queries.prepared(name)
    if found is None or kind not in ("csv", "json"):
        raise Http404(_("There is no such figure."))
    body, media = _FORMS[kind](found)
    response = HttpResponse(body, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _csv(found: queries.Prepared) -> tuple[str, str]:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(found.figure.columns)
    for row in found.rows:
        writer.writerow([cell(row[name]) for name in found.figure.columns])
    return out.getvalue(), "text/csv; charset=utf-8"


def _json(found: queries.Prepared) -> tuple[str, str]:
    told = {
        "name": found.name,
        "title": found.figure.title,
        "how": found.figure.how,
        "query": found.figure.sql,
        "computed_at": found.computed_at.isoformat() if found.computed_at else None,
        "digest": found.digest,
        "rows": found.rows,
    }
    return json.dumps(told, ensure_ascii=False, indent=1), "application/json"


_FORMS = {"csv": _csv, "json": _json}
