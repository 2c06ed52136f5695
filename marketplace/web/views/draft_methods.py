"""The tender wizard: how the bids for a lot are compared, and what they are judged on."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from marketplace.web import drafting
from marketplace.web.forms.lots import GateForm, QualityForm
from marketplace.web.forms.methods import (
    ComponentForm,
    MethodForm,
    MoneyCriterionForm,
    PointsCriterionForm,
    PointsForm,
    PreferenceForm,
    RatedForm,
)
from marketplace.web.operate import page, sent
from marketplace.web.views.buyer import draft_of
from marketplace.web.views.draft_lots import lot_path, removal, save_part
from procurement.queries import contents
from procurement.rules.content import CriterionContent
from procurement.rules.method_parts import PointsContent


@page
def method(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    tender = draft_of(request, reference)
    content = contents.content(tender)
    old = drafting.part(content.lots, lot)
    form = MethodForm(sent(request), initial=MethodForm.initial_of(old))
    return save_part(
        request,
        tender,
        form,
        lambda: drafting.with_lot(content, lot, replace(old, **form.parts())),
        to=lot_path(tender, lot),
        title=_("Evaluation method of lot %d") % lot,
        template="web/officer/method.html",
    )


@page
def points(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    tender = draft_of(request, reference)
    content = contents.content(tender)
    old = drafting.part(content.lots, lot)
    initial = vars(old.points) if old.points else {"total": PointsContent.total}
    bounds = old.evaluation_method == "fixed_bounds_points"
    form = PointsForm(sent(request), currency=content.currency, bounds=bounds, initial=initial)
    return save_part(
        request,
        tender,
        form,
        lambda: drafting.with_lot(content, lot, replace(old, points=form.points())),
        to=lot_path(tender, lot),
        title=_("Points for the price"),
    )


@page
def preference(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    tender = draft_of(request, reference)
    content = contents.content(tender)
    old = drafting.part(content.lots, lot)
    form = PreferenceForm(sent(request), initial=PreferenceForm.initial_of(old.preference))
    return save_part(
        request,
        tender,
        form,
        lambda: drafting.with_lot(content, lot, replace(old, preference=form.preference())),
        to=lot_path(tender, lot),
        title=_("Margin of preference"),
    )


@page
def preference_remove(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    tender = draft_of(request, reference)
    content = contents.content(tender)
    old = drafting.part(content.lots, lot)
    return removal(
        request,
        tender,
        lambda: drafting.with_lot(content, lot, replace(old, preference=None)),
        to=lot_path(tender, lot),
        title=_("Remove the margin of preference?"),
        what=old.preference.title if old.preference else "",
    )


@page
def component(request: HttpRequest, reference: str, lot: int, component: int = 0) -> HttpResponse:
    """One addition; without a number, a new one."""
    tender = draft_of(request, reference)
    content = contents.content(tender)
    parts = drafting.part(content.lots, lot).components
    old = drafting.part(parts, component) if component else None
    form = ComponentForm(sent(request), initial=ComponentForm.initial_of(old))
    return save_part(
        request,
        tender,
        form,
        lambda: drafting.with_component(content, lot, component, form.component()),
        to=lot_path(tender, lot),
        title=_("An addition to the price"),
    )


@page
def component_remove(
    request: HttpRequest, reference: str, lot: int, component: int
) -> HttpResponse:
    tender = draft_of(request, reference)
    content = contents.content(tender)
    old = drafting.part(drafting.part(content.lots, lot).components, component)
    return removal(
        request,
        tender,
        lambda: drafting.with_component(content, lot, component, None),
        to=lot_path(tender, lot),
        title=_("Remove this addition?"),
        what=old.title,
    )


FORMS: dict[str, Any] = {
    "gate": GateForm,
    "quality": QualityForm,
    "points": PointsCriterionForm,
    "money": MoneyCriterionForm,
    "rated": RatedForm,
}
TITLES = {
    "gate": later("A requirement that must be met"),
    "quality": later("A quality criterion"),
    "points": later("A criterion that earns points"),
    "money": later("A criterion that costs money"),
    "rated": later("A criterion that evaluators mark"),
}
PLAIN = "web/layouts/question.html"
TEMPLATES = {"gate": PLAIN, "rated": PLAIN}


@page
def criterion_new(request: HttpRequest, reference: str, lot: int, kind: str) -> HttpResponse:
    return _criterion(request, reference, lot, 0, kind)


@page
def criterion(request: HttpRequest, reference: str, lot: int, criterion: int) -> HttpResponse:
    return _criterion(request, reference, lot, criterion, "")


def _criterion(
    request: HttpRequest, reference: str, lot: int, number: int, kind: str
) -> HttpResponse:
    tender = draft_of(request, reference)
    content = contents.content(tender)
    criteria = drafting.part(content.lots, lot).criteria
    old = drafting.part(criteria, number) if number else None
    kind = old.kind if old else kind
    form = FORMS[kind](sent(request), initial=_initial(old))
    return save_part(
        request,
        tender,
        form,
        lambda: drafting.with_criterion(content, lot, number, form.criterion()),
        to=lot_path(tender, lot),
        title=TITLES[kind],
        template=TEMPLATES.get(kind, "web/officer/quality_criterion.html"),
        kind=kind,
    )


def _initial(old: CriterionContent | None) -> dict[str, object]:
    if old is None:
        return {}
    if old.kind == "gate":
        return {"title": old.title, "source": old.source}
    found: dict[str, object] = FORMS[old.kind].initial_of(old)
    return found


@page
def criterion_remove(
    request: HttpRequest, reference: str, lot: int, criterion: int
) -> HttpResponse:
    tender = draft_of(request, reference)
    content = contents.content(tender)
    old = drafting.part(drafting.part(content.lots, lot).criteria, criterion)
    return removal(
        request,
        tender,
        lambda: drafting.with_criterion(content, lot, criterion, None),
        to=lot_path(tender, lot),
        title=_("Remove this criterion?"),
        what=old.title,
    )
