"""Writing a bid, one thing a page. Each step is saved, encrypted, before the next one shows."""

from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts import queries as people
from marketplace.accounts.models import Organization
from marketplace.accounts.roles import Permission
from marketplace.errors import Conflict, NotFound
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.bids import DocumentForm, LotForm, LotsForm, VersionedForm
from marketplace.web.lookups import ITEMS, public_tender
from marketplace.web.operate import Act, page, perform, question
from marketplace.web.presenters import bid as presenter
from procurement import permissions
from procurement.models import Lot, Tender
from procurement.operations import drafts
from procurement.queries import bids as sealed
from procurement.queries import drafts as saved
from procurement.queries import facts
from procurement.rules import biddraft, timeline
from procurement.rules.biddraft import Draft, DraftMalformed
from procurement.rules.sealing import DraftUnreadable

READ = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Desk:
    """One tenderer's bid for one tender, as far as it is written."""

    tender: Tender
    tenderer: Organization
    draft: Draft
    lots: list[Lot]

    def context(self, here: str, title: str, **more: Any) -> dict[str, Any]:
        return {
            "tender": self.tender,
            "tenderer": self.tenderer,
            "draft": self.draft,
            "steps": presenter.steps(self.draft, self.tender, self.tenderer, here),
            "title": title,
            "caption": caption_of(self.tender, self.tenderer),
            **more,
        }

    def href(self, name: str, *more: object) -> str:
        return presenter.address(name, self.tender, self.tenderer, *more)


def caption_of(tender: Tender, tenderer: Organization) -> str:
    said = {"tender": tender.reference, "name": tenderer.name}
    return _("%(tender)s, bid of %(name)s") % said


def tenderer_of(request: HttpRequest, organisation: str) -> Organization:
    """An organisation that this person may bid for; raises NotFound for any other."""
    own = people.organizations_with(user_of(request), Permission.BID_SUBMIT)
    found = next((o for o in own if o.public_id == organisation), None)
    if found is None:
        raise NotFound(_("You do not bid for this organisation."))
    return found


class DraftUnusable(Conflict):
    """The stored draft cannot be read; `href` leads to the page that drops it."""

    code = "draft-malformed"

    def __init__(self, href: str) -> None:
        super().__init__(
            _("What you had written of this bid cannot be read any more."),
            remedy=_("You can start afresh. A bid that you have submitted stands as it is."),
        )
        self.href, self.link = href, _("Start afresh")


def load(tender: Tender, tenderer: Organization) -> Draft:
    """The stored draft, or an empty one; raises DraftUnusable, with a way out."""
    try:
        stored = saved.read(tender, tenderer)
        return Draft() if stored is None else biddraft.from_bytes(*stored)
    except (DraftMalformed, DraftUnreadable) as error:
        raise DraftUnusable(presenter.address("bid_restart", tender, tenderer)) from error


def desk_of(request: HttpRequest, reference: str, organisation: str) -> Desk:
    tenderer = tenderer_of(request, organisation)
    tender = public_tender(reference, now_of(request))
    permissions.check_user_can_bid(user_of(request), tenderer, tender)
    if tender.is_historical:
        raise NotFound(_("A past tender takes no bids."))
    rows = tender.lots.select_related("division").prefetch_related(
        "criteria__options", Prefetch("items", ITEMS)
    )
    return Desk(tender, tenderer, load(tender, tenderer), list(rows))


def save(request: HttpRequest, desk: Desk, draft: Draft, form: forms.BaseForm) -> object:
    """Save through the operation; a draft changed on another device lands above the form.

    The page then shows what was typed with the version that is there now: saving once more puts
    it in place, and nobody types anything twice.
    """
    saved = perform(
        request,
        form,
        lambda: drafts.save(
            tender=desk.tender,
            tenderer=desk.tenderer,
            data=biddraft.to_bytes(draft),
            version=_version(form, desk.draft),
            by=user_of(request),
            now=now_of(request),
        ),
    )
    if saved is None:
        typed = request.POST.copy()
        typed["version"] = str(desk.draft.version)
        form.data = typed
    return saved


def _version(form: forms.BaseForm, draft: Draft) -> int | None:
    # A first save has no version to compare with; after it, the page's own version counts.
    return form.cleaned_data.get("version") if draft.version else None


@require_safe
@page
def start(request: HttpRequest, reference: str) -> HttpResponse:
    """For whom do you bid? What stands already? Then the first step."""
    now = now_of(request)
    tender = public_tender(reference, now)
    own = people.organizations_with(user_of(request), Permission.BID_SUBMIT)
    context = {
        "tender": tender,
        "choices": [_choice(tender, organisation) for organisation in own],
        "open": timeline.accepts_bids(facts.tender_facts(tender), now),
        "back_href": reverse("tender", args=[reference]),
    }
    return render(request, "web/bids/start.html", context)


def _choice(tender: Tender, organisation: Organization) -> dict[str, Any]:
    return {
        "organisation": organisation,
        "standing": sealed.standing_of(tender, organisation),
        "draft": tender.drafts.filter(tenderer=organisation).first(),
        "href": presenter.address("bid_lots", tender, organisation),
        "device_href": presenter.address("bid_device", tender, organisation),
    }


@require_http_methods(READ)
@page
def restart(request: HttpRequest, reference: str, organisation: str) -> HttpResponse:
    """Drop what was written so far, readable or not; what was submitted stands."""
    tenderer = tenderer_of(request, organisation)
    tender = public_tender(reference, now_of(request))
    form = Act(request.POST if request.method == "POST" else None)

    def drop() -> bool:
        by, now = user_of(request), now_of(request)
        drafts.discard(tender=tender, tenderer=tenderer, by=by, now=now)
        return True

    return question(
        request,
        form,
        drop,
        to=presenter.address("bid_lots", tender, tenderer),
        success=_("What was written is gone. You start afresh."),
        template="web/bids/restart.html",
        title=_("Start this bid afresh?"),
        caption=caption_of(tender, tenderer),
        back_href=reverse("bid_start", args=[reference]),
    )


@require_http_methods(READ)
@page
def lots(request: HttpRequest, reference: str, organisation: str) -> HttpResponse:
    desk = desk_of(request, reference, organisation)
    chosen = desk.draft.lots or tuple(lot.number for lot in desk.lots if len(desk.lots) == 1)
    form = LotsForm(
        request.POST or None,
        tender=desk.tender,
        initial={"lots": list(chosen), "version": desk.draft.version},
    )
    if request.method == "POST" and form.is_valid():
        draft = replace(desk.draft, lots=tuple(sorted(form.cleaned_data["lots"])))
        if save(request, desk, draft, form):
            return redirect(desk.href("bid_lot", draft.lots[0]))
    back = reverse("bid_start", args=[reference])
    context = desk.context("lots", _("Choose the lots"), form=form, back_href=back)
    return render(request, "web/bids/lots.html", context)


@require_http_methods(READ)
@page
def lot(request: HttpRequest, reference: str, organisation: str, lot: int) -> HttpResponse:
    """Prices, declared quality and options of one lot."""
    desk = desk_of(request, reference, organisation)
    row = next((row for row in desk.lots if row.number == lot), None)
    if row is None or lot not in desk.draft.lots:
        return redirect(desk.href("bid_lots"))
    form = LotForm(request.POST or None, lot=row, draft=desk.draft, currency=desk.tender.currency)
    if request.method == "POST" and form.is_valid():
        draft = form.applied(desk.draft)
        if save(request, desk, draft, form):
            missed = presenter.warnings(draft, row)
            # Shown on the same page once, with the way on: nothing of it is kept in a message.
            if not missed or "seen" in request.POST:
                following = presenter.after(draft, desk.tender, desk.tenderer, f"lot-{lot}")
                return redirect(following)
            return redirect(f"{desk.href('bid_lot', lot)}?look")
    context = desk.context(
        f"lot-{lot}",
        row.title,
        form=form,
        lot=row,
        warnings=presenter.warnings(desk.draft, row) if "look" in request.GET else [],
        back_href=desk.href("bid_lots"),
    )
    return render(request, "web/bids/lot.html", context)


@require_http_methods(READ)
@page
def documents(request: HttpRequest, reference: str, organisation: str) -> HttpResponse:
    """Documents of the bid: inside the encrypted draft, never on their own."""
    desk = desk_of(request, reference, organisation)
    sent = request.method == "POST"
    form = DocumentForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        initial={"version": desk.draft.version},
        requirements=[gate.title for gate in presenter.requirements(desk.draft, desk.lots)],
    )
    if sent and form.is_valid() and _attached(request, desk, form):
        return redirect(desk.href("bid_documents"))
    context = desk.context(
        "documents",
        _("Documents"),
        form=form,
        documents=desk.draft.documents,
        unproved=presenter.missing(desk.draft, desk.lots),
        used=sum(len(document.content) for document in desk.draft.documents),
        most=settings.BID_MAX_BYTES // 1_400_000,
        next_href=desk.href("bid_check"),
    )
    return render(request, "web/bids/documents.html", context)


def _attached(request: HttpRequest, desk: Desk, form: DocumentForm) -> object:
    made = perform(request, form, form.attachment)
    if made is None:
        return None
    draft = replace(desk.draft, documents=(*desk.draft.documents, made))
    return save(request, desk, draft, form)


@require_POST
@page
def document_remove(
    request: HttpRequest, reference: str, organisation: str, document: int
) -> HttpResponse:
    desk = desk_of(request, reference, organisation)
    form = VersionedForm(request.POST)
    kept = tuple(d for at, d in enumerate(desk.draft.documents, 1) if at != document)
    draft = replace(desk.draft, documents=kept)
    if form.is_valid() and not save(request, desk, draft, form):
        messages.error(request, " ".join(str(text) for text in form.non_field_errors()))
    return redirect(desk.href("bid_documents"))
