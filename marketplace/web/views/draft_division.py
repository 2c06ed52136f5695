"""The tender wizard: a lot that is awarded in parts, and what such lots keep together."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.web import drafting
from marketplace.web.forms.division import DivisionForm, SharingForm
from marketplace.web.operate import page, sent
from marketplace.web.views.buyer import draft_of
from marketplace.web.views.draft_lots import lot_path, removal, save_part
from procurement.queries import contents


@page
def division(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    tender = draft_of(request, reference)
    content = contents.content(tender)
    old = drafting.part(content.lots, lot)
    form = DivisionForm(sent(request), lot=old, currency=content.currency)
    return save_part(
        request,
        tender,
        form,
        lambda: drafting.with_lot(content, lot, replace(old, division=form.division())),
        to=lot_path(tender, lot),
        title=_("Award lot %d in parts") % lot,
        template="web/officer/division.html",
    )


@page
def division_remove(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    tender = draft_of(request, reference)
    content = contents.content(tender)
    old = drafting.part(content.lots, lot)
    return removal(
        request,
        tender,
        lambda: drafting.with_lot(content, lot, replace(old, division=None)),
        to=lot_path(tender, lot),
        title=_("Award lot %d whole?") % lot,
        what=_("The lot then goes to one supplier, who delivers all of it."),
    )


@page
def sharing(request: HttpRequest, reference: str) -> HttpResponse:
    """Limits over all divided lots: for one supplier, for a group, for the money."""
    tender = draft_of(request, reference)
    content = contents.content(tender)
    initial = SharingForm.initial_of(content.sharing)
    form = SharingForm(sent(request), currency=content.currency, initial=initial)
    return save_part(
        request,
        tender,
        form,
        lambda: replace(content, sharing=form.sharing()),
        to=reverse("draft_lots", args=[reference]),
        title=_("How divided lots are shared"),
        template="web/officer/sharing.html",
    )
