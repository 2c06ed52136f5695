"""The auditor's own files: draw a sample, write in it, take it away as PDF or XLSX."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.errors import NotFound
from marketplace.papers.paper import pdf
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.auditfiles import DrawForm, NoteForm
from marketplace.web.operate import page, perform
from procurement import auditreport, permissions
from procurement.models import AuditFile, Tender
from procurement.operations import auditfiles
from procurement.queries import auditfiles as queries
from procurement.queries import redflags

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
@page
def listed(request: HttpRequest) -> HttpResponse:
    """My files; a POST draws a new one."""
    user = user_of(request)
    permissions.check_user_can_read_history(user)
    form = DrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = perform(
            request,
            form,
            lambda: auditfiles.draw(by=user, now=now_of(request), **form.cleaned_data),
            success=_("The sample is drawn, and its seed is on record."),
        )
        if made:
            return redirect("audit_file", made.public_id)
    context = {
        "form": form,
        "files": queries.mine(user),
        "crumbs": [{"title": _("Audit"), "href": reverse("audit")}, {"title": _("Audit files")}],
    }
    return render(request, "web/audit/files.html", context)


def _own(request: HttpRequest, file: str) -> AuditFile:
    user = user_of(request)
    permissions.check_user_can_read_history(user)
    found = queries.mine(user).filter(public_id=file).first()
    if found is None:
        raise NotFound("There is no such file, or it is not yours.")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show(request: HttpRequest, file: str) -> HttpResponse:
    """The sample with its flags, and what was written; a POST writes something down."""
    found = _own(request, file)
    form = NoteForm(request.POST or None, file=found)
    if request.method == "POST" and form.is_valid():
        said = perform(request, form, lambda: _write(request, found, form))
        if said:
            return redirect(f"{reverse('audit_file', args=[found.public_id])}#notes")
    lots = found.lots.select_related("lot__tender").order_by("position")
    flagged = redflags.listed().filter(lot__in=lots.values("lot"))
    counts: dict[int, int] = {}
    for lot in flagged.values_list("lot", flat=True):
        counts[lot] = counts.get(lot, 0) + 1
    context = {
        "file": found,
        "rows": [(row, counts.get(row.lot_id, 0)) for row in lots],
        "notes": found.notes.select_related("tender", "written_by"),
        "form": form,
        "crumbs": [
            {"title": _("Audit"), "href": reverse("audit")},
            {"title": _("Audit files"), "href": reverse("audit_files")},
            {"title": found.title},
        ],
    }
    return render(request, "web/audit/file.html", context)


def _write(request: HttpRequest, file: AuditFile, form: NoteForm) -> object:
    given = dict(form.cleaned_data)
    named = given.pop("tender")
    tender = Tender.objects.filter(reference=named).first() if named else None
    return auditfiles.write(
        file=file, tender=tender, by=user_of(request), now=now_of(request), **given
    )


@require_safe
@page
def report(request: HttpRequest, file: str, kind: str) -> HttpResponse:
    """The file as PDF/UA or XLSX."""
    found = _own(request, file)
    if kind == "pdf":
        response = HttpResponse(pdf(auditreport.paper(found)), content_type="application/pdf")
    elif kind == "xlsx":
        response = HttpResponse(auditreport.xlsx(found), content_type=XLSX)
    else:
        raise NotFound("There is no such form of the file.")
    response["Content-Disposition"] = f'attachment; filename="audit-{found.public_id}.{kind}"'
    return response
