"""The tender wizard: the quality that an item demands."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.web import drafting
from marketplace.web.forms.quality import GradeForm, LimitsForm, grade_key
from marketplace.web.operate import page, sent
from marketplace.web.presenters.draft import demands_of, grade_words
from marketplace.web.views.buyer import draft_of, now_of
from marketplace.web.views.draft_lots import lot_path, save_part
from procurement.models import Tender
from procurement.queries import contents
from procurement.rules.content import ItemContent
from produce.models import Commodity
from produce.queries import standards_for
from produce.rules.specification import active, differences, summary


@page
def grade(request: HttpRequest, reference: str, lot: int, item: int) -> HttpResponse:
    """Choose the standard and the grade to start from."""
    tender = draft_of(request, reference)
    content = contents.content(tender)
    old = drafting.part(drafting.part(content.lots, lot).items, item)
    commodity = Commodity.objects.get(code=old.commodity)
    now = timezone.localtime(now_of(request)).date()
    form = GradeForm(
        sent(request),
        standards=standards_for(commodity, now),
        initial={"grade": grade_key(old.standard, old.edition, old.grade)},
    )
    return save_part(
        request,
        tender,
        form,
        lambda: drafting.with_item(content, lot, item, graded(old, form)),
        to=lambda made: _after_grade(made, lot, item, form),
        back_href=lot_path(tender, lot),
        title=_("Quality of %(what)s") % {"what": old.description or commodity.name},
    )


def graded(old: ItemContent, form: GradeForm) -> ItemContent:
    """Another grade starts without the changes made to the earlier one."""
    new = replace(old, **form.chosen())
    same = (new.standard, new.edition, new.grade) == (old.standard, old.edition, old.grade)
    # Nor with what was said about limits that the new grade may not have.
    return new if same else replace(new, changes=(), schedule="", schedule_edition="", measuring=())


def _after_grade(tender: Tender, lot: int, item: int, form: GradeForm) -> str:
    if not form.chosen()["standard"]:
        return lot_path(tender, lot)
    return reverse("draft_limits", args=[tender.reference, lot, item])


@page
def limits(request: HttpRequest, reference: str, lot: int, item: int) -> HttpResponse:
    """The grade's limits with the buyer's own."""
    tender = draft_of(request, reference)
    content = contents.content(tender)
    old = drafting.part(drafting.part(content.lots, lot).items, item)
    if not old.standard:
        return redirect("draft_quality", reference, lot, item)
    demands = demands_of(old)
    form = LimitsForm(sent(request), demands=demands)
    here = reverse("draft_limits", args=[reference, lot, item])
    following = reverse("draft_quality_terms", args=[reference, lot, item])
    return save_part(
        request,
        tender,
        form,
        lambda: drafting.with_item(content, lot, item, replace(old, changes=form.changes())),
        to=here if "look" in request.POST else following,
        back_href=reverse("draft_quality", args=[reference, lot, item]),
        title=_("Limits of %(what)s") % {"what": old.description},
        template="web/officer/limits.html",
        grade=grade_words(old),
        differences=differences(demands),
        summary=summary(active(demands)),
    )
