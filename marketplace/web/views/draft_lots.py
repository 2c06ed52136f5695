"""The tender wizard: lots, items and criteria."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.web import drafting
from marketplace.web.forms.lots import ItemForm, LotForm
from marketplace.web.operate import Act, page, question, sent
from marketplace.web.presenters.division import sharing_words
from marketplace.web.presenters.draft import lot_views
from marketplace.web.views.buyer import crumbs, draft_of, now_of, user_of
from procurement.models import Tender
from procurement.operations import tenders
from procurement.queries import contents
from procurement.rules.content import ItemContent, LotContent, TenderContent
from procurement.rules.scoring import METHODS

Change = Callable[[], TenderContent]


def lot_path(tender: Tender, lot: int) -> str:
    return reverse("draft_lot", args=[tender.reference, lot])


def save_part(
    request: HttpRequest, tender: Tender, form: Any, change: Change, **context: Any
) -> Any:
    """Ask for one part of a draft; `change` gives the whole content with it."""

    def save() -> Tender:
        return tenders.revise(
            tender=tender, content=change(), by=user_of(request), now=now_of(request)
        )

    context.setdefault("success", _("Saved."))
    context.setdefault("back_href", context["to"])
    caption = f"{tender.reference} · {tender.title}"
    return question(request, form, save, caption=caption, tender=tender, **context)


def removal(request: HttpRequest, tender: Tender, change: Change, **context: Any) -> Any:
    """Ask whether to take a part away."""
    template = "web/officer/remove.html"
    context.setdefault("success", _("Removed."))
    return save_part(request, tender, Act(sent(request)), change, template=template, **context)


@page
def lots(request: HttpRequest, reference: str) -> HttpResponse:
    tender = draft_of(request, reference)
    content = contents.content(tender)
    context = {
        "tender": tender,
        "lots": lot_views(content),
        "divided": any(lot.division for lot in content.lots),
        "shared": sharing_words(content.sharing, content.currency),
        "crumbs": crumbs(tender, (_("Lots and items"), "")),
    }
    return render(request, "web/officer/lots.html", context)


@page
def lot_new(request: HttpRequest, reference: str) -> HttpResponse:
    tender = draft_of(request, reference)
    content = contents.content(tender)
    form = LotForm(sent(request), currency=content.currency)
    return save_part(
        request,
        tender,
        form,
        lambda: drafting.with_lot(content, 0, LotContent(**form.cleaned_data)),
        to=lot_path(tender, len(content.lots) + 1),
        back_href=reverse("draft_lots", args=[reference]),
        title=_("Add a lot"),
    )


@page
def lot(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    """One lot of the draft with its items and criteria."""
    tender = draft_of(request, reference)
    content = contents.content(tender)
    found = drafting.part(content.lots, lot)
    view = drafting.part(tuple(lot_views(content)), lot)
    method = METHODS[found.evaluation_method]
    context = {
        "tender": tender,
        "lot": found,
        "view": view,
        "items": view.items,
        "by_points": method.by_points,
        "adds": method.adds,
        "relative": method.relative,
        "kinds": _kinds(tender, lot, method.criteria),
        "number": lot,
        "currency": content.currency,
        "crumbs": crumbs(
            tender,
            (_("Lots and items"), reverse("draft_lots", args=[reference])),
            (_("Lot %d") % lot, ""),
        ),
    }
    return render(request, "web/officer/lot.html", context)


def _kinds(tender: Tender, lot: int, kinds: tuple[str, ...]) -> list[dict[str, str]]:
    """A button for each kind of criterion that the method uses."""
    words = {
        "quality": _("Add a quality criterion"),
        "points": _("Add a criterion that earns points"),
        "money": _("Add a criterion that costs money"),
        "rated": _("Add a criterion that evaluators mark"),
    }
    return [
        {"text": words[kind], "href": reverse(f"draft_{kind}_new", args=[tender.reference, lot])}
        for kind in kinds
    ]


@page
def lot_edit(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    tender = draft_of(request, reference)
    content = contents.content(tender)
    old = drafting.part(content.lots, lot)
    initial = {"title": old.title, "estimated_value": old.estimated_value}
    form = LotForm(sent(request), currency=content.currency, initial=initial)
    return save_part(
        request,
        tender,
        form,
        lambda: drafting.with_lot(content, lot, replace(old, **form.cleaned_data)),
        to=lot_path(tender, lot),
        title=_("Name and value of lot %d") % lot,
    )


@page
def lot_remove(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    tender = draft_of(request, reference)
    content = contents.content(tender)
    old = drafting.part(content.lots, lot)
    return removal(
        request,
        tender,
        lambda: drafting.with_lot(content, lot, None),
        to=reverse("draft_lots", args=[reference]),
        title=_("Remove lot %d?") % lot,
        what=_("“%(title)s” goes with its items and criteria. Later lots move up by one.")
        % {"title": old.title},
    )


@page
def item(request: HttpRequest, reference: str, lot: int, item: int = 0) -> HttpResponse:
    """One item; without a number, a new one."""
    tender = draft_of(request, reference)
    content = contents.content(tender)
    items = drafting.part(content.lots, lot).items
    old = drafting.part(items, item) if item else None
    initial = ItemForm.initial_of(old) if old else {"unit": "t"}
    form = ItemForm(sent(request), initial=initial)
    return save_part(
        request,
        tender,
        form,
        lambda: drafting.with_item(content, lot, item, _item(old, form.cleaned_data)),
        to=_after_item(tender, lot, item, len(items)),
        back_href=lot_path(tender, lot),
        title=_("Item %d") % item if item else _("Add an item"),
        template="web/officer/item.html",
    )


def _after_item(tender: Tender, lot: int, item: int, count: int) -> str:
    """A new item goes on to its quality."""
    if item:
        return lot_path(tender, lot)
    return reverse("draft_quality", args=[tender.reference, lot, count + 1])


def _item(old: ItemContent | None, said: dict[str, Any]) -> ItemContent:
    if old is None:
        return ItemContent(**said)
    new = replace(old, **said)
    if new.commodity == old.commodity:
        return new
    # The quality of another commodity makes no sense here.
    return replace(new, standard="", edition="", grade="", changes=())


@page
def item_remove(request: HttpRequest, reference: str, lot: int, item: int) -> HttpResponse:
    tender = draft_of(request, reference)
    content = contents.content(tender)
    old = drafting.part(drafting.part(content.lots, lot).items, item)
    return removal(
        request,
        tender,
        lambda: drafting.with_item(content, lot, item, None),
        to=lot_path(tender, lot),
        title=_("Remove item %d?") % item,
        what=old.description,
    )
