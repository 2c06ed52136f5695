"""Recommend, decide, cancel; a lot without a bid; letters."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts import queries as people
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from marketplace.web.forms.drafts import ReasonForm
from marketplace.web.operate import page, question, sent
from marketplace.web.views.buyer import any_tender, crumbs, lot_of, now_of, tender_of, user_of
from procurement import permissions, visibility
from procurement.models import (
    Award,
    AwardCancellation,
    AwardLetter,
    Lot,
    LotDivision,
    Tender,
)
from procurement.operations import award_cancellations, awards
from procurement.queries import facts
from procurement.queries.bids import standing
from procurement.rules.lifecycle import is_allowed
from procurement.rules.visibility import Fact


def award_path(lot: Lot) -> str:
    return reverse("lot_award", args=[lot.tender.reference, lot.number])


def standing_award(lot: Lot) -> Award | None:
    rows = lot.awards.filter(cancelled_at=None)
    return rows.select_related("supplier", "bid", "recommended_by", "decided_by").first()


def parts_of(lot: Lot) -> list[Award]:
    """The standing awards of a lot that is awarded in parts."""
    rows = lot.awards.filter(cancelled_at=None, is_part=True).select_related("supplier")
    return list(rows.prefetch_related("lines__item").order_by("supplier__name", "id"))


def award_or_404(lot: Lot, chosen: str = "") -> Award:
    """The award that stands; of several the one that the address names (`?award=`)."""
    award = standing_award(lot)
    if chosen:
        award = next((a for a in parts_of(lot) if str(a.pk) == chosen), None)
    if award is None:
        raise NotFound(_("There is no award of this lot to act on."))
    return award


def status_of(request: HttpRequest, lot: Lot) -> Any:
    tender, now = lot.tender, now_of(request)
    if tender.opened_at and not tender.cancelled_at:
        return facts.lot_status(lot, now)
    return facts.status(tender, now)


@page
def show(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    """Where the award of a lot stands and what can be done about it."""
    tender = tender_of(request, reference)
    found = lot_of(tender, lot)
    status, award = status_of(request, found), standing_award(found)
    user = user_of(request)
    if award and not (
        award.decided_at or visibility.sees(user, Fact.RECOMMENDATION, tender, lot=found)
    ):
        award = None
    evaluation = found.evaluations.exclude(confirmed_at=None).first()
    if not visibility.sees(user, Fact.RESULT, tender, lot=found):
        evaluation = None
    divided = LotDivision.objects.filter(lot=found).exists()
    lines = evaluation.bids.select_related("bid__tenderer") if evaluation else None
    context = {
        "tender": tender,
        "lot": found,
        "status": status,
        "award": None if divided else award,
        "divided": divided,
        "parts": _parts(request, found, award, status) if divided else [],
        "evaluation": evaluation,
        "lines": lines,
        "proposal": _proposal(found, award),
        "cancelled": found.awards.exclude(cancelled_at=None).select_related("supplier"),
        "no_bid": _no_bid(request, tender),
        "acts": [a for a in _acts(request, found, award, status) if not divided or a["lone"]],
        "crumbs": crumbs(tender, (_("Award of lot %d") % found.number, "")),
    }
    return render(request, "web/award/show.html", context)


def _proposal(lot: Lot, award: Award | None) -> AwardCancellation | None:
    """The proposal to cancel the award, or one of its parts, that waits for an answer."""
    if award is None:
        return None
    rows = AwardCancellation.objects.filter(award__lot=lot, award__cancelled_at=None)
    return rows.filter(confirmed_at=None, declined_at=None).order_by("-id").first()


def _parts(
    request: HttpRequest, lot: Lot, award: Award | None, status: Any
) -> list[dict[str, Any]]:
    """The parts of a lot, each with the way to propose its cancellation or refusal."""
    user, buyer = user_of(request), lot.tender.buyer
    may = people.has_permission(user, Permission.AWARD_DECIDE, buyer)
    may = may and is_allowed("awards.propose_cancellation", status)
    path = reverse("lot_award_cancel", args=[lot.tender.reference, lot.number])
    return [
        {"award": part, "href": f"{path}?award={part.pk}" if may else ""}
        for part in (parts_of(lot) if award else [])
    ]


def _no_bid(request: HttpRequest, tender: Tender) -> bool:
    """Whether nobody bid. Before the opening only those are told who may end such a tender."""
    told = visibility.sees(user_of(request), Fact.NO_BIDS, tender)
    return told and not standing(tender).exists()


def _acts(request: HttpRequest, lot: Lot, award: Award | None, status: Any) -> list[dict[str, Any]]:
    """The buttons that exist here for this person now; each page explains its refusals."""
    decided = award is not None and award.decided_at is not None
    proposed = award is not None and awards.open_cancellations(award).exists()
    free = award is not None and not proposed
    table = (
        ("recommend", Permission.AWARD_RECOMMEND, "awards.recommend", award is None, ""),
        ("decide", Permission.AWARD_DECIDE, "awards.award", free and not decided, ""),
        ("cancel", Permission.AWARD_DECIDE, "awards.cancel", free and decided, "warning"),
        ("refuse", Permission.AWARD_DECIDE, "awards.award", free and not decided, "warning"),
        (
            "unsuccessful",
            Permission.AWARD_DECIDE,
            "awards.declare_unsuccessful",
            award is None and not awards.has_valid_bid(lot),
            "secondary",
        ),
    )
    user, buyer = user_of(request), lot.tender.buyer
    return [
        {
            "href": _act_path(lot, name),
            "text": str(TITLES[name]()),
            "kind": kind,
            # What is done for a divided lot by itself; all else is done for its parts together.
            "lone": name == "unsuccessful",
        }
        for name, permission, operation, fits, kind in table
        if fits and is_allowed(operation, status) and people.has_permission(user, permission, buyer)
    ]


def _act_path(lot: Lot, name: str) -> str:
    url = {"refuse": "cancel"}.get(name, name)
    return reverse(f"lot_award_{url}", args=[lot.tender.reference, lot.number])


TITLES: dict[str, Callable[[], str]] = {
    "recommend": lambda: _("Recommend the first-ranked bid"),
    "decide": lambda: _("Decide the award"),
    "cancel": lambda: _("Propose to cancel the award"),
    "refuse": lambda: _("Propose to refuse the recommendation"),
    "unsuccessful": lambda: _("Declare the lot unsuccessful"),
}
DONE: dict[str, Callable[[], str]] = {
    "recommend": lambda: _("The award is recommended. The accounting officer decides."),
    "decide": lambda: _("The award is decided. Every bidder has been sent a letter."),
    "cancel": lambda: _("Your proposal waits for an approver. Until then the award stands."),
    "unsuccessful": lambda: _("The lot is closed without an award."),
}


def _reasoned(
    request: HttpRequest,
    lot: Lot,
    name: str,
    needs: Permission,
    call: Callable[[str], Any],
    award: Award | None = None,
) -> HttpResponse:
    """One decision about an award, with the reason that is published."""
    permissions.check_role(user_of(request), needs, lot.tender.buyer)
    form = ReasonForm(sent(request))
    evaluation = lot.evaluations.exclude(confirmed_at=None).first()
    return question(
        request,
        form,
        lambda: call(form.cleaned_data["reason"]),
        to=award_path(lot),
        success=DONE[name](),
        template="web/award/act.html",
        title=TITLES[name](),
        caption=f"{lot.tender.reference} · {lot}",
        back_href=award_path(lot),
        tender=lot.tender,
        lot=lot,
        act=name,
        award=award or standing_award(lot),
        lines=evaluation.bids.select_related("bid__tenderer") if evaluation else None,
    )


@page
def recommend(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    found = lot_of(tender_of(request, reference), lot)
    by, now = user_of(request), now_of(request)
    return _reasoned(
        request,
        found,
        "recommend",
        Permission.AWARD_RECOMMEND,
        lambda reason: awards.recommend(lot=found, reason=reason, by=by, now=now),
    )


@page
def decide(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    found = lot_of(tender_of(request, reference), lot)
    award, by, now = award_or_404(found), user_of(request), now_of(request)
    return _reasoned(
        request,
        found,
        "decide",
        Permission.AWARD_DECIDE,
        lambda reason: awards.decide(award=award, reason=reason, by=by, now=now),
    )


@page
def cancel(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    """Propose to cancel a decided award, or to refuse one that was only recommended."""
    found = lot_of(tender_of(request, reference), lot)
    award = award_or_404(found, request.GET.get("award", ""))
    by, now = user_of(request), now_of(request)
    return _reasoned(
        request,
        found,
        "cancel",
        Permission.AWARD_DECIDE,
        lambda reason: award_cancellations.propose(award=award, reason=reason, by=by, now=now),
        award=award,
    )


@page
def unsuccessful(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    found = lot_of(tender_of(request, reference), lot)
    by, now = user_of(request), now_of(request)
    return _reasoned(
        request,
        found,
        "unsuccessful",
        Permission.AWARD_DECIDE,
        lambda reason: awards.declare_unsuccessful(lot=found, reason=reason, by=by, now=now),
    )


@page
def letters(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    """The letters of a lot's awards."""
    tender = any_tender(reference)
    found = lot_of(tender, lot)
    if not visibility.sees(user_of(request), Fact.LETTER, tender, lot=found):
        raise NotFound(_("There are no letters here for you."))
    rows = AwardLetter.objects.filter(award__lot=found).order_by("-award", "bid__tenderer__name")
    context = {
        "tender": tender,
        "lot": found,
        "letters": rows.select_related("award", "bid__tenderer"),
        "crumbs": crumbs(tender, (_("Letters"), "")),
    }
    return render(request, "web/award/letters.html", context)


@page
def letter(request: HttpRequest, reference: str, lot: int, letter: int) -> HttpResponse:
    """One letter, to be read or printed: for the buyer, its bidder, and auditors."""
    found = lot_of(any_tender(reference), lot)
    result = reverse("lot_result", args=[reference, found.number])
    context = {
        "tender": found.tender,
        "lot": found,
        "letter": letter_of(request, found, letter),
        "result_href": f"{settings.SITE_URL}{result}",
    }
    return render(request, "web/award/letter.html", context)


def letter_of(request: HttpRequest, lot: Lot, letter: int) -> AwardLetter:
    """A letter of that lot which this reader may see; raises NotFound."""
    rows = AwardLetter.objects.filter(award__lot=lot, pk=letter)
    row = rows.select_related("award", "bid__tenderer").first()
    if row is None or not _may_read(request, lot.tender, row):
        raise NotFound(_("There is no such letter."))
    return row


def _may_read(request: HttpRequest, tender: Tender, row: AwardLetter) -> bool:
    user = user_of(request)
    mine = row.bid.tenderer_id in {m.organization_id for m in people.current_memberships(user)}
    return visibility.sees(user, Fact.LETTER, tender, lot=row.award.lot, own=mine)
