"""The dossier of a tender for everybody: ask for it, watch it being made, take it away."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace import ranges
from marketplace.errors import NotFound
from marketplace.web.context import now_of
from marketplace.web.lookups import public_tender
from marketplace.web.operate import explained
from marketplace.web.views.tender_page import crumbs
from procurement.operations import exports
from procurement.tasks import run_exports


@require_http_methods(["GET", "HEAD", "POST"])
@explained
def show(request: HttpRequest, reference: str) -> HttpResponse:
    """The dossier that was made last, or how far it is; a POST asks for a fresh one."""
    now = now_of(request)
    tender = public_tender(reference, now)
    if request.method == "POST":
        exports.request_public(tender=tender, now=now)
        # The row is the duty, and the sweep finds it: without a broker it only takes longer.
        transaction.on_commit(lambda: run_exports.apply_async(retry=False), robust=True)
        return redirect("tender_dossier", reference)
    latest = exports.latest_public(tender)
    context = {
        "tender": tender,
        "latest": latest,
        "in_work": latest is not None and not latest.finished_at and not latest.error,
        "outdated": latest is not None and exports.is_outdated(latest, now),
        "crumbs": crumbs(tender, _("Dossier")),
    }
    return render(request, "web/record/dossier.html", context)


@require_safe
@explained
def file(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The finished file, whole or from where an earlier download broke off."""
    latest = exports.latest_finished(public_tender(reference, now_of(request)))
    if latest is None:
        raise NotFound(_("The dossier is not made yet: ask for it on its page."))
    response = ranges.serve(
        request, latest.file.open("rb"), size=latest.file.size, sha256=latest.sha256
    )
    response["Content-Type"] = "application/zip"
    response["Content-Disposition"] = f'attachment; filename="{reference}-dossier.zip"'
    response["Cache-Control"] = "no-cache"
    return response
