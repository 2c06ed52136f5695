"""Standards, editions, grades and limits: for everybody to read, compare and download."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.accounts.queries import has_permission
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from marketplace.web.context import now_of
from marketplace.web.forms.standards import CompareForm
from marketplace.web.operate import explained
from marketplace.web.presenters import standards as presenter
from marketplace.web.presenters.sentences import remark
from produce.models import Grade, Standard
from produce.queries import comparison, grade_table, is_in_force
from produce.rules.standardcsv import write_csv
from produce.standardforms import standard_form

KINDS = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every table by commodity, with its days of force and how well it is known."""
    today = timezone.localtime(now_of(request)).date()
    rows = Standard.objects.select_related("commodity").order_by(
        "commodity__name", "code", "edition"
    )
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row.commodity.name, []).append(
            {"row": row, "force": is_in_force(row, today), "remark": _remark(row)}
        )
    context = {"groups": groups.items(), "may_propose": _may_see_proposals(request)}
    return render(request, "web/standards/list.html", context)


@require_safe
@explained
def show(request: HttpRequest, standard: int) -> HttpResponse:
    """One table: every parameter with the limit of every grade."""
    row = _standard(standard)
    grades = grade_table(row)
    first = row.grades.first()
    initial = {"first": first.pk if first else None}
    context = {
        "standard": row,
        "remark": _remark(row),
        "grades": grades,
        "rows": presenter.table(grades),
        "form": CompareForm(commodity=row.commodity_id, initial=initial),
        "crumbs": [_crumb(), {"title": str(row)}],
    }
    return render(request, "web/standards/show.html", context)


@require_safe
@explained
def compare(request: HttpRequest) -> HttpResponse:
    """Two grades beside each other, of one edition or of two."""
    first = Grade.objects.select_related("standard__commodity")
    start = first.filter(pk=_number(request.GET.get("first", ""))).first()
    if start is None:
        raise NotFound(_("There is no such grade to compare."))
    form = CompareForm(request.GET, commodity=start.standard.commodity_id)
    rows = []
    if form.is_valid():
        chosen = form.cleaned_data
        rows = presenter.compared(comparison(chosen["first"], chosen["second"]))
    context = {
        "form": form,
        "rows": rows,
        "chosen": form.cleaned_data if rows else {},
        "commodity": start.standard.commodity.name,
        "crumbs": [_crumb(), {"title": _("Compare")}],
    }
    return render(request, "web/standards/compare.html", context)


@require_safe
@explained
def file(request: HttpRequest, standard: int, kind: str) -> HttpResponse:
    """The table in its published form, as JSON or CSV; both can be proposed again."""
    if kind not in KINDS:
        raise NotFound(_("A table is given as json or as csv."))
    row = _standard(standard)
    form = standard_form(row)
    text = write_csv(form) if kind == "csv" else json.dumps(form, indent=2, ensure_ascii=False)
    answer = HttpResponse(text, content_type=KINDS[kind])
    name = f"{row.code}-{row.pk}.{kind}".lower()
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _standard(key: int) -> Standard:
    row = Standard.objects.select_related("commodity").filter(pk=key).first()
    if row is None:
        raise NotFound(_("There is no such standard."))
    return row


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _remark(row: Standard) -> str:
    return remark(row.confidence)


def _crumb() -> dict[str, str]:
    return {"title": _("Standards"), "href": reverse("standards")}


def _may_see_proposals(request: HttpRequest) -> bool:
    user = request.user
    return user.is_authenticated and (
        has_permission(user, Permission.TENDER_DRAFT)
        or has_permission(user, Permission.TENDER_PUBLISH)
    )
