"""The public record: a tender's history, the latest checkpoint, checks of downloaded files."""

import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.accounts.models import Organization, User
from marketplace.errors import Invalid, MusikaError
from marketplace.ledger import epochs, outside, queries, signer, witnesses
from marketplace.ledger import export as ledger
from marketplace.ledger.models import Entry, Epoch
from marketplace.ledger.verify import FORMAT as HISTORY
from marketplace.ledger.verify import Report
from marketplace.web.context import now_of
from marketplace.web.forms.record import VerifyForm
from marketplace.web.lookups import public_tender
from marketplace.web.operate import explained, sentence
from marketplace.web.presenters import checks, events
from procurement import verification, visibility
from procurement.models import Tender
from procurement.rules.receipts import Recovery, check_receipt, is_receipt

PER_PAGE = 50
SEND = gettext_lazy("Send receipt.json, or a file that ends in .jsonl.")
NOT_OURS = gettext_lazy("This is neither a receipt nor a history of Musika.")


def readable(request: HttpRequest, tender: Tender) -> tuple[str, ...]:
    """The classes of entries that this reader may see now."""
    return visibility.entries(request.user, tender)


@require_safe
@explained
def history(request: HttpRequest, reference: str) -> HttpResponse:
    """What is recorded about a tender, entry by entry."""
    tender = public_tender(reference, now_of(request))
    classes = readable(request, tender)
    rows = queries.entries_for(tender.reference).filter(visibility__in=classes)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    names = names_in(list(page.object_list), people="auditor" in classes)
    context = {
        "tender": tender,
        "page": page,
        "entries": [events.view(row, names) for row in page.object_list],
        "full": "auditor" in classes,
        "crumbs": [
            {"title": _("Tenders"), "href": reverse("tender_list")},
            {"title": tender.reference, "href": reverse("tender", args=[reference])},
            {"title": _("Record")},
        ],
    }
    return render(request, "web/record/history.html", context)


# The facts of an entry that name a person, and those that name an organisation.
PEOPLE = ("by", "opener", "person", "proposed_by")
ORGANIZATIONS = ("tenderer", "supplier", "organization", "buyer")


def names_in(rows: list[Entry], *, people: bool) -> dict[str, str]:
    """Names by public id: an entry that may be read may be read with the firm's name in it."""
    bodies = [json.loads(row.body) for row in rows if row.body]
    firms = {body.get(key) for body in bodies for key in ORGANIZATIONS} - {None}
    found = dict(Organization.objects.filter(public_id__in=firms).values_list("public_id", "name"))
    if people:
        who = {body.get(key) for body in bodies for key in PEOPLE} - {None}
        rows_of = User.objects.filter(public_id__in=who)
        found |= dict(rows_of.values_list("public_id", "full_name"))
    return found


@require_safe
@explained
def history_file(request: HttpRequest, reference: str, kind: str) -> Any:
    """The record of a tender as JSON lines (which anyone can verify) or CSV."""
    now = now_of(request)
    tender = public_tender(reference, now)
    write = ledger.as_jsonl if kind == "jsonl" else ledger.as_csv
    lines: Iterator[bytes] = write(tender.reference, include=readable(request, tender), now=now)
    media = "application/jsonl" if kind == "jsonl" else "text/csv"
    response = StreamingHttpResponse(lines, content_type=f"{media}; charset=utf-8")
    name = f"{tender.reference}-history.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@explained
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The signed size and root of the whole record, and the key to check it with."""
    signed = queries.latest_checkpoint() or signer.sign_checkpoint(now_of(request))
    context = {
        "signed": signed,
        "key": queries.verifier_key(),
        "watched": queries.latest_cosigned(),
        "site_url": settings.SITE_URL,
        "read_only": outside.read_only(),
        "recoveries": Epoch.objects.all(),
    }
    return render(request, "web/record/checkpoint.html", context)


@require_safe
@explained
def checkpoint_note(request: HttpRequest) -> HttpResponse:
    signed = queries.latest_checkpoint() or signer.sign_checkpoint(now_of(request))
    return HttpResponse(queries.cosigned(signed), content_type="text/plain; charset=utf-8")


@require_safe
@explained
def checkpoint_since(request: HttpRequest, old: int) -> HttpResponse:
    """The latest checkpoint with the proof that it begins with the first `old` entries."""
    offer = witnesses.offer(old, now_of(request))
    return HttpResponse(offer.to_text(), content_type="text/plain; charset=utf-8")


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Check a receipt or a history. Nothing of what is sent here is kept."""
    sent = request.method == "POST"
    form = VerifyForm(request.POST if sent else None, request.FILES if sent else None)
    report: Report | None = None
    if sent and form.is_valid():
        try:
            report = _report(form.cleaned_data["content"])
        except MusikaError as error:
            form.add_error("file", sentence(error))
        if report is None:
            form.add_error("file", f"{NOT_OURS} {SEND}")
    lines = checks.lines(report) if report else []
    skips = sum(line.verdict == "SKIP" for line in lines)
    context = {"form": form, "report": report, "checks": lines, "skips": skips}
    return render(request, "web/record/verify.html", context)


def _report(content: bytes) -> Report | None:
    if content.startswith(b"PK"):
        raise Invalid(
            _("This looks like a dossier, which is checked on your own computer."),
            where="file",
            remedy=_(
                "Open verify.html from inside the ZIP in a browser and choose the ZIP there, or "
                "run `python -m marketplace verify FILE`. Neither needs the internet."
            ),
        )
    key = queries.verifier_key()
    if is_receipt(content):
        rows = Epoch.objects.values_list("number", "kept", "lost_size")
        return check_receipt(content, key, [Recovery(*row) for row in rows])
    first = content.lstrip().split(b"\n", 1)[0]
    return verification.verify_file(content, key) if HISTORY.encode() in first else None


@require_safe
@explained
def recoveries(request: HttpRequest) -> HttpResponseBase:
    """The ledger's own history: what was lost in which restore, as JSON lines to verify."""
    lines = ledger.as_jsonl(epochs.SUBJECT, include=("public",), now=now_of(request))
    response = StreamingHttpResponse(lines, content_type="application/jsonl; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recoveries.jsonl"'
    return response
