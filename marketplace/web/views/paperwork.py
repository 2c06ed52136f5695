"""Official papers as PDF, and the short form of a receipt that is scanned or typed."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.errors import MusikaError, NotFound
from marketplace.ledger import queries, short
from marketplace.ledger.models import Entry, Epoch
from marketplace.papers.paper import Paper, pdf
from marketplace.web.context import now_of, user_of
from marketplace.web.lookups import public_tender
from marketplace.web.operate import explained, page, refuse
from marketplace.web.views.awards import letter_of
from marketplace.web.views.bid_submit import own_bid, own_letter
from marketplace.web.views.buyer import any_tender, lot_of
from procurement import papers, visibility
from procurement.operations import receipts
from procurement.rules.visibility import Fact


def _file(paper: Paper, name: str) -> HttpResponse:
    """The paper as a PDF to be looked at, or kept under `name`."""
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(pdf(paper), content_type="application/pdf", headers=headers)


@require_safe
@page
def receipt(request: HttpRequest, bid: str) -> HttpResponse:
    row = own_bid(user_of(request), bid)
    paper = papers.receipt(row, receipts.receipt(row, now=now_of(request)))
    return _file(paper, f"receipt-{row.tender.reference}-{row.revision}.pdf")


@require_safe
@page
def my_letter(request: HttpRequest, letter: int) -> HttpResponse:
    row = own_letter(user_of(request), letter)
    return _file(papers.letter(row), f"letter-{row.award.lot.tender.reference}-{row.pk}.pdf")


@require_safe
@page
def lot_letter(request: HttpRequest, reference: str, lot: int, letter: int) -> HttpResponse:
    row = letter_of(request, lot_of(any_tender(reference), lot), letter)
    return _file(papers.letter(row), f"letter-{reference}-{row.pk}.pdf")


@require_safe
@explained
def minutes(request: HttpRequest, reference: str) -> HttpResponse:
    """The minutes of the opening, for everyone once the bids are open."""
    tender = public_tender(reference, now_of(request))
    if not visibility.sees(request.user, Fact.BID, tender):
        raise NotFound(_("The bids of this tender are not open yet."))
    return _file(papers.minutes(tender), f"opening-{reference}.pdf")


class ShortForm(forms.Form):
    code = forms.CharField(
        label=_("Short form of the receipt"),
        max_length=60,
        help_text=_("It stands on the receipt and in the text message: 4711-9f3a-1c20-b8d4-e6f1."),
    )


@require_safe
def short_form(request: HttpRequest, code: str = "") -> HttpResponse:
    """Whether the record holds the entry that a short form names; never what it is about."""
    typed = request.GET.get("code")
    form = ShortForm(request.GET if typed is not None else {"code": code} if code else None)
    found, asked = None, form.is_bound and form.is_valid()
    if asked:
        try:
            wanted = short.read(form.cleaned_data["code"])
        except MusikaError as error:
            refuse(form, error)
            asked = False
        else:
            if typed is not None:
                return redirect("receipt_short_code", short.short(*wanted))
            found = _entry(wanted)
    context = {
        "form": form,
        "entry": found,
        "asked": asked,
        "signed": queries.first_checkpoint_over(found.sequence) if found else None,
        "lost": _lost(wanted.sequence) if asked and not found else None,
    }
    return render(request, "web/record/short.html", context)


def _lost(sequence: int) -> Epoch | None:
    """The recovery in whose lost range that place is, if there is one."""
    return Epoch.objects.filter(kept__lte=sequence, lost_size__gt=sequence).first()


def _entry(wanted: short.Short) -> Entry | None:
    """The entry at that place, if its leaf begins as the short form says."""
    rows = Entry.objects.filter(leaf_hash__startswith=wanted.leaf_starts)
    return rows.filter(sequence=wanted.sequence).first()
