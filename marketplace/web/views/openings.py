"""The opening: each opener's passphrase, the act of opening, and the public page of it."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.errors import Conflict, NotFound
from marketplace.web.forms.opening import NewPassphraseForm, PassphraseForm
from marketplace.web.operate import explained, page, question, sent
from marketplace.web.views.buyer import any_tender, now_of, user_of
from procurement import visibility
from procurement.models import CommitteeMember, Tender
from procurement.operations import committees, openings
from procurement.queries import facts, opened, outages
from procurement.rules import lifecycle
from procurement.rules.timeline import TenderStatus
from procurement.rules.visibility import Fact


def _seat(request: HttpRequest, tender: Tender) -> CommitteeMember:
    """The person's own seat; without one there is nothing to see here (NotFound)."""
    member = tender.committee.filter(user=user_of(request)).first()
    if member is None:
        raise NotFound(_("You have no seat on this tender's opening committee."))
    return member


@page
def passphrase(request: HttpRequest, reference: str) -> HttpResponse:
    """An opener sets the passphrase for this one tender, while it is a draft."""
    tender = any_tender(reference)
    if _seat(request, tender).enrolled_at is not None:
        raise Conflict(_("You have set your passphrase for this tender already."))
    lifecycle.check_allowed("tenders.edit", facts.status(tender, now_of(request)))
    form = NewPassphraseForm(sent(request))

    def save() -> CommitteeMember:
        phrase = form.cleaned_data["passphrase"]
        return committees.enrol(
            tender=tender, passphrase=phrase, by=user_of(request), now=now_of(request)
        )

    return question(
        request,
        form,
        save,
        to=reverse("officer_home"),
        success=_("Your passphrase is set. Keep it until the opening; nobody can recover it."),
        template="web/opening/passphrase.html",
        title=_("Set your passphrase"),
        caption=f"{tender.reference} · {tender.title}",
        back_href=reverse("officer_home"),
        tender=tender,
    )


@explained
def show(request: HttpRequest, reference: str) -> HttpResponse:
    """The opening for everyone: who is awaited before it, what was read out after it."""
    tender = any_tender(reference)
    now, user = now_of(request), user_of(request)
    status = facts.status(tender, now)
    if not visibility.sees(AnonymousUser(), Fact.TENDER, tender, now=now):
        raise NotFound(_("There is no such tender."))
    members = list(tender.committee.select_related("user", "organization"))
    bids = opened.opened_bids(tender) if visibility.sees(user, Fact.BID, tender) else []
    context = {
        "tender": tender,
        "status": status,
        "members": members,
        "acted": sum(1 for m in members if m.acted_at),
        "mine": next((m for m in members if m.user_id == user.pk), None),
        "opens_at": outages.closes_at(tender),
        "named": visibility.sees(user, Fact.OPENERS, tender),
        "bids": bids,
        "failed": [bid for bid in bids if bid.failure],
        "lots": opened.read_out(tender, bids),
    }
    return render(request, "web/opening/show.html", context)


@page
def act(request: HttpRequest, reference: str) -> HttpResponse:
    """The opening room: an opener gives the passphrase; the last one needed opens all bids."""
    tender = any_tender(reference)
    member, now = _seat(request, tender), now_of(request)
    form = PassphraseForm(sent(request))

    def save() -> Tender:
        phrase = form.cleaned_data["passphrase"]
        return openings.release(tender=tender, passphrase=phrase, by=user_of(request), now=now)

    status = facts.status(tender, now)
    opens_at = outages.closes_at(tender) if tender.deadline else None
    due = status is TenderStatus.CLOSING and opens_at is not None and now >= opens_at
    return question(
        request,
        form,
        save,
        to=reverse("tender_opening", args=[reference]),
        success=_("Your part in the opening is recorded."),
        template="web/opening/act.html",
        title=_("Open the bids"),
        caption=f"{tender.reference} · {tender.title}",
        back_href=reverse("officer_home"),
        tender=tender,
        status=status,
        member=member,
        opens_at=opens_at,
        ready=member.acted_at is None and (due or status is TenderStatus.AWAITING_OPENING),
        members=list(tender.committee.select_related("user", "organization")),
    )
