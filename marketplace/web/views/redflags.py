"""Red flags: a list for auditors, one flag, those of a tender for whoever judges it."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.errors import NotFound
from marketplace.ledger.export import cell
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.redflags import RedFlagForm
from marketplace.web.operate import page, perform
from marketplace.web.presenters import redflags as presenter
from marketplace.web.views.buyer import any_tender
from procurement import permissions, visibility
from procurement.models import RedFlag
from procurement.operations import redflag_answers
from procurement.queries import redflags as queries
from procurement.rules.indicators.catalogue import CATALOGUE
from procurement.rules.visibility import Fact

PER_PAGE, BATCH = 25, 500
COLUMNS = (
    "flag",
    "indicator",
    "title",
    "state",
    "about",
    "tender",
    "lot",
    "organization",
    "past",
    "value",
    "evidence",
    "parties",
    "found_at",
    "input_digest",
)


def _asked(request: HttpRequest) -> queries.RedFlagFilter:
    permissions.check_user_can_read_history(user_of(request))
    return queries.RedFlagFilter(request.GET, queryset=queries.listed())


@require_safe
@page
def listed(request: HttpRequest) -> HttpResponse:
    """What the indicators find now, narrowed by the address, with the base rates beside it."""
    asked = _asked(request)
    found = Paginator(asked.qs, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": asked.form,
        "page": found,
        "rows": presenter.views(found),
        "narrowed": any(request.GET.get(name) for name in asked.filters),
        "run": queries.latest_run(),
        "rates": [_rate(row) for row in queries.rates()],
        "rate_columns": _rate_columns(),
        "csv_href": f"{reverse('audit_flags_csv')}?{query.urlencode()}",
        "crumbs": [{"title": _("Audit"), "href": reverse("audit")}, {"title": _("Red flags")}],
    }
    return render(request, "web/audit/flags.html", context)


def _rate_columns() -> list[dict[str, Any]]:
    return [
        {"key": "title", "title": _("Indicator")},
        {"key": "flagged", "title": _("Flagged"), "numeric": True},
        {"key": "examined", "title": _("Examined"), "numeric": True},
    ]


def _rate(row: Any) -> dict[str, Any]:
    title = f"{row.code} {CATALOGUE[row.code].title}"
    return {"title": title, "flagged": row.flagged, "examined": row.examined}


@require_safe
@page
def listed_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same as CSV, all pages."""
    return StreamingHttpResponse(
        _lines(_asked(request).qs),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="red-flags.csv"'},
    )


def _lines(rows: QuerySet[RedFlag]) -> Iterator[str]:
    yield _line(COLUMNS)
    for start in range(0, rows.count(), BATCH):
        for view in presenter.views(rows[start : start + BATCH]):
            yield _line(_cells(view))


def _cells(view: presenter.FlagView) -> tuple[str, ...]:
    flag = view.flag
    return (
        flag.public_id,
        flag.code,
        view.about.title,
        view.state,
        flag.group,
        flag.tender.reference if flag.tender else "",
        str(flag.lot.number) if flag.lot else "",
        flag.organization.name if flag.organization else "",
        "yes" if flag.past else "no",
        flag.value,
        view.summary,
        "; ".join(row.name for row in flag.parties.all()),
        flag.found_at.isoformat(),
        flag.input_digest,
    )


def _line(cells: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([cell(value) for value in cells])
    return out.getvalue()


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show(request: HttpRequest, flag: str) -> HttpResponse:
    """One flag with everything that is needed to weigh it; a POST writes down what it came to."""
    user = user_of(request)
    permissions.check_user_can_read_history(user)
    found = queries.one(flag)
    if found is None:
        raise NotFound("There is no such flag.")
    (view,) = presenter.views([found])
    form = RedFlagForm(request.POST or None, state=view.state)
    if request.method == "POST" and form.is_valid():
        said = perform(
            request,
            form,
            lambda: redflag_answers.answer(
                flag=found, by=user, now=now_of(request), **form.cleaned_data
            ),
            success=_("It is on record."),
        )
        if said:
            return redirect("audit_flag", found.public_id)
    context = {
        "view": view,
        "form": form,
        "rate": presenter.rate(queries.rate(found)),
        "answers": found.answers.select_related("answered_by").order_by("-id"),
        "crumbs": [
            {"title": _("Audit"), "href": reverse("audit")},
            {"title": _("Red flags"), "href": reverse("audit_flags")},
            {"title": found.code},
        ],
    }
    return render(request, "web/audit/flag.html", context)


@require_safe
@page
def of_tender(request: HttpRequest, reference: str) -> HttpResponse:
    """For whoever judges the bids, and auditors: what is asked about this tender."""
    tender, user = any_tender(reference), user_of(request)
    if not visibility.sees(user, Fact.RED_FLAGS, tender):
        raise NotFound("There is no such tender.")
    views = presenter.views(queries.of_tender(tender))
    context = {
        "tender": tender,
        "rows": [(view, presenter.rate(queries.rate(view.flag))) for view in views],
        "audits": permissions.user_can_read_history(user),
        "crumbs": [
            {"title": tender.reference, "href": reverse("tender", args=[tender.reference])},
            {"title": _("Red flags")},
        ],
    }
    return render(request, "web/record/flags.html", context)
