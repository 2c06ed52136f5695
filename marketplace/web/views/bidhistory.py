"""The auditor chooses a slice of the bids: how many rows, in which form, at once or as a job."""

from tempfile import TemporaryFile
from urllib.parse import urlencode

from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.errors import Invalid
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.exports import BidSliceForm, FormatForm
from marketplace.web.operate import page, perform
from procurement import permissions
from procurement.bidhistory import query, write
from procurement.operations import exports
from procurement.queries import slices
from procurement.tasks import run_exports


@require_http_methods(["GET", "HEAD", "POST"])
@page
def choose(request: HttpRequest) -> HttpResponse:
    """The slice is in the address; a POST asks for its file in the form that was chosen."""
    user, now = user_of(request), now_of(request)
    permissions.check_user_can_read_history(user)
    form, formats = BidSliceForm(request.GET), FormatForm(request.POST or None)
    count = query.count(form.chosen) if form.is_valid() else None
    if count is not None and request.method == "POST" and formats.is_valid():
        wanted = formats.cleaned_data["format"]
        if count <= slices.AT_ONCE:
            given = {**request.GET.dict(), "format": wanted}
            return redirect(f"{reverse('audit_bids_file')}?{urlencode(given)}")
        made = perform(
            request,
            formats,
            lambda: exports.request_bids(chosen=form.chosen, form=wanted, by=user, now=now),
        )
        if made is not None:
            # The row is the duty, and the sweep finds it: without a broker it only takes longer.
            transaction.on_commit(lambda: run_exports.apply_async(retry=False), robust=True)
            return redirect("export", made.public_id)
    context = {"form": form, "formats": formats, "count": count, "at_once": slices.AT_ONCE}
    return render(request, "web/audit/bids.html", context)


@require_safe
@page
def file(request: HttpRequest) -> HttpResponseBase:
    """A small slice at once. It is whole before its first byte goes out: no half file, ever."""
    permissions.check_user_can_read_history(user_of(request))
    form = BidSliceForm(request.GET)
    if not form.is_valid():
        raise Invalid(
            _("This address names something that is not there."), remedy=_("Choose again.")
        )
    wanted = request.GET.get("format", "csv")
    slices.check_at_once(form.chosen, wanted)
    out = TemporaryFile()  # noqa: SIM115 - the answer closes it
    write.write(out, form.chosen, form=wanted, now=now_of(request))
    out.seek(0)
    name = f"{form.chosen.tender or 'all'}-bids-{wanted}.zip"
    return FileResponse(out, as_attachment=True, filename=name, content_type="application/zip")
