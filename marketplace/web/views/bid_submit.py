"""Check, submit, withdraw; the receipt; my bids and my letters."""

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace import clock
from marketplace.accounts import queries as people
from marketplace.accounts.models import Organization, User
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from marketplace.web.context import now_of, user_of
from marketplace.web.operate import Act, page, perform
from marketplace.web.presenters import bid as presenter
from marketplace.web.views.bid_steps import READ, Desk, desk_of
from procurement import papers
from procurement.models import AwardLetter, BidDraft, SealedBid
from procurement.operations import bids, receipts
from procurement.queries import bids as sealed
from procurement.queries import facts
from procurement.rules import timeline


def arrived(request: HttpRequest) -> datetime:
    """The instant after the last byte of the request had arrived, before any lock."""
    request.POST  # noqa: B018 - reads the body to its end
    request.FILES  # noqa: B018
    return clock.now()


@require_http_methods(READ)
@page
def check(request: HttpRequest, reference: str, organisation: str) -> HttpResponse:
    """Check your answers; a POST seals and submits what the draft says."""
    received_at = arrived(request)
    desk = desk_of(request, reference, organisation)
    form = Act(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        bid = perform(request, form, lambda: _submit(request, desk, received_at))
        if bid:
            return redirect("receipt", bid.public_id)
    gaps = presenter.gaps(desk.draft, desk.tender, desk.lots)
    context = desk.context(
        "check",
        _("Check your answers"),
        form=form,
        gaps=gaps,
        unproved=presenter.missing(desk.draft, desk.lots),
        answers=presenter.answers(desk.draft, desk.tender, desk.tenderer, desk.lots),
        standing=sealed.standing_of(desk.tender, desk.tenderer),
        documents_href=desk.href("bid_documents"),
        lots_href=desk.href("bid_lots"),
    )
    return render(request, "web/bids/check.html", context)


def _submit(request: HttpRequest, desk: Desk, received_at: datetime) -> SealedBid:
    return bids.submit(
        tender=desk.tender,
        tenderer=desk.tenderer,
        content=desk.draft.content(presenter.demand_of(desk.tender)),
        by=user_of(request),
        received_at=received_at,
        now=clock.now(),
    )


@require_http_methods(READ)
@page
def withdraw(request: HttpRequest, reference: str, organisation: str) -> HttpResponse:
    received_at = arrived(request)
    desk = desk_of(request, reference, organisation)
    form = Act(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        gone = perform(
            request,
            form,
            lambda: bids.withdraw(
                tender=desk.tender,
                tenderer=desk.tenderer,
                by=user_of(request),
                received_at=received_at,
                now=clock.now(),
            ),
            success=_("Your bid is withdrawn. It will never be opened."),
        )
        if gone:
            return redirect("my_bids")
    context = {
        "form": form,
        "title": _("Withdraw your bid?"),
        "caption": f"{desk.tender.reference}: {desk.tender.title}",
        "back_href": reverse("my_bids"),
        "tender": desk.tender,
        "standing": sealed.standing_of(desk.tender, desk.tenderer),
    }
    return render(request, "web/bids/withdraw.html", context)


def own_organisations(user: User) -> list[Organization]:
    return people.organizations_with(user, Permission.BID_SUBMIT)


def own_bid(user: User, bid: str) -> SealedBid:
    """A sealed bid of an organisation that this person bids for; raises NotFound."""
    rows = SealedBid.objects.filter(public_id=bid, tenderer__in=own_organisations(user))
    found = rows.select_related("tender__buyer", "tenderer", "submitted_by").first()
    if found is None:
        raise NotFound(_("There is no such receipt, or it is not yours."))
    return found


@require_safe
@page
def receipt(request: HttpRequest, bid: str) -> HttpResponse:
    """Proof that the bid was received: hashes, times and its place in the record."""
    row = own_bid(user_of(request), bid)
    latest = sealed.standing_of(row.tender, row.tenderer)
    said = receipts.receipt(row, now=now_of(request))
    context = {
        "bid": row,
        "receipt": said,
        "short": papers.short_form(said["ledger"]),
        "stands": latest is not None and latest.pk == row.pk,
        "open": timeline.accepts_bids(facts.tender_facts(row.tender), now_of(request)),
        "withdraw_href": presenter.address("bid_withdraw", row.tender, row.tenderer),
        "crumbs": [
            {"title": _("My bids"), "href": reverse("my_bids")},
            {"title": _("Receipt for %s") % row.tender.reference},
        ],
    }
    return render(request, "web/bids/receipt.html", context)


@require_safe
@page
def receipt_json(request: HttpRequest, bid: str) -> HttpResponse:
    row = own_bid(user_of(request), bid)
    text = json.dumps(receipts.receipt(row, now=now_of(request)), indent=2, sort_keys=True)
    response = HttpResponse(text + "\n", content_type="application/json")
    name = f"receipt-{row.tender.reference}-{row.revision}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@page
def mine(request: HttpRequest) -> HttpResponse:
    """Every bid and draft of my organisations, and what became of them."""
    now, own = now_of(request), own_organisations(user_of(request))
    rows = SealedBid.objects.filter(tenderer__in=own).defer("envelope")
    rows = rows.select_related("tender__buyer", "tenderer").order_by("-received_at", "-id")[:200]
    drafts = BidDraft.objects.filter(tenderer__in=own).defer("ciphertext")
    context = {
        "organisations": own,
        "bids": _told(list(rows), now),
        "drafts": drafts.select_related("tender", "tenderer").order_by("tender__deadline"),
        "letters": letters_of(own)[:50],
    }
    return render(request, "web/bids/mine.html", context)


def _told(rows: list[SealedBid], now: datetime) -> list[dict[str, Any]]:
    seen: set[tuple[int, int]] = set()
    told = []
    for row in rows:
        key = (row.tender_id, row.tenderer_id)
        told.append({"bid": row, "state": _state(row, key in seen), "latest": key not in seen})
        told[-1]["open"] = row.tender.deadline is not None and now < row.tender.deadline
        seen.add(key)
    return told


def _state(row: SealedBid, is_older: bool) -> str:
    if row.withdrawn_at:
        return "withdrawn"
    if is_older:
        return "replaced"
    return "opened" if row.tender.opened_at else "sealed"


def letters_of(own: list[Organization]) -> Any:
    rows = AwardLetter.objects.filter(bid__tenderer__in=own)
    return rows.select_related("award__lot__tender", "bid__tenderer").order_by("-issued_at", "-id")


def own_letter(user: User, letter: int) -> AwardLetter:
    """A letter to an organisation that this person bids for; raises NotFound."""
    found: AwardLetter | None = letters_of(own_organisations(user)).filter(pk=letter).first()
    if found is None:
        raise NotFound(_("There is no such letter, or it is not yours."))
    return found


@require_safe
@page
def letter(request: HttpRequest, letter: int) -> HttpResponse:
    """What the buyer wrote to my organisation after the decision."""
    row = own_letter(user_of(request), letter)
    crumbs = [{"title": _("My bids"), "href": reverse("my_bids")}, {"title": _("Letter")}]
    return render(request, "web/bids/letter.html", {"letter": row, "crumbs": crumbs})
