"""The auditor's pages: find a tender, ask for files, fetch them."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace import ranges
from marketplace.errors import NotFound
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.exports import ExportForm
from marketplace.web.operate import page, perform
from marketplace.web.presenters import tender_rows
from procurement import exports as files
from procurement import permissions
from procurement.filters import TenderFilter
from procurement.models import Export
from procurement.operations import exports
from procurement.queries import lists
from procurement.tasks import run_exports


@require_http_methods(["GET", "HEAD", "POST"])
@page
def home(request: HttpRequest) -> HttpResponse:
    """Search tenders; ask for an export; my exports with their progress."""
    user, now = user_of(request), now_of(request)
    permissions.check_user_can_read_history(user)
    form = ExportForm(request.POST or None, now=now, initial={"tender": request.GET.get("tender")})
    if request.method == "POST" and form.is_valid():
        asked = perform(
            request,
            form,
            lambda: exports.request(
                kind=form.cleaned_data["kind"],
                tender=form.cleaned_data["tender"],
                by=user,
                now=now,
            ),
            success=_("The file is being made. It will be listed here."),
        )
        if asked:
            # The row is the duty, and the sweep finds it: without a broker it only takes longer.
            transaction.on_commit(lambda: run_exports.apply_async(retry=False), robust=True)
            return redirect(f"{reverse('audit')}#exports")
    words = request.GET.get("q", "").strip()[:200]
    found = []
    if words:
        wanted = TenderFilter(request.GET, queryset=lists.public(now), now=now)
        found = tender_rows.rows(list(wanted.qs.defer("terms")[:20]), now)
    context = {
        "form": form,
        "words": words,
        "found": found,
        "exports": user.exports.select_related("tender")[:50],
    }
    return render(request, "web/audit/home.html", context)


@require_safe
@page
def show(request: HttpRequest, export: str) -> HttpResponse:
    """How far a file is; while it is being made only this part is asked for again and again."""
    row = _own(request, export)
    part = request.htmx and "web/audit/_progress.html"  # type: ignore[attr-defined]
    return render(request, part or "web/audit/export.html", {"export": row})


@require_POST
@page
def cancel(request: HttpRequest, export: str) -> HttpResponse:
    """Give a file up that is not wanted any more."""
    row = _own(request, export)
    exports.cancel(export=row, by=user_of(request), now=now_of(request))
    return redirect("export", row.public_id)


def _own(request: HttpRequest, export: str) -> Export:
    user = user_of(request)
    permissions.check_user_can_read_history(user)
    rows = Export.objects.filter(public_id=export, requested_by=user)
    row = rows.select_related("tender", "buyer", "tenderer", "commodity").first()
    if row is None:
        raise NotFound("There is no such file, or it is not yours.")
    return row


@require_safe
@page
def download(request: HttpRequest, export: str) -> Any:
    row = _own(request, export)
    if row.finished_at is None or not row.file:
        raise NotFound("There is no such file, or it is not finished.")
    response = ranges.serve(request, row.file.open("rb"), size=row.file.size, sha256=row.sha256)
    response["Content-Disposition"] = f'attachment; filename="{files.download_name(row)}"'
    response["Cache-Control"] = "private, no-store"
    return response
