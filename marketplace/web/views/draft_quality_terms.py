"""The tender wizard: what a deviation costs, how a load is sampled, what is measured where."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.web import drafting
from marketplace.web.forms.quality_terms import QualityTermsForm
from marketplace.web.operate import page, sent
from marketplace.web.presenters.draft import demands_of
from marketplace.web.presenters.quality import QualityView, quality_view
from marketplace.web.views.buyer import draft_of, now_of
from marketplace.web.views.draft_lots import lot_path, save_part
from procurement.queries import contents
from procurement.rules.content import ItemContent
from produce.models import Commodity, PriceAdjustmentSchedule
from produce.queries import schedules_for
from produce.rules.limits import LimitFact
from produce.rules.specification import active


@page
def terms(request: HttpRequest, reference: str, lot: int, item: int) -> HttpResponse:
    """One page beside the limits, with the farmer's summary below it."""
    tender = draft_of(request, reference)
    content = contents.content(tender)
    old = drafting.part(drafting.part(content.lots, lot).items, item)
    limits = active(demands_of(old))
    if not limits:
        return redirect("draft_quality", reference, lot, item)
    commodity = Commodity.objects.get(code=old.commodity)
    schedules = schedules_for(commodity, timezone.localtime(now_of(request)).date())
    form = QualityTermsForm(sent(request), item=old, limits=limits, schedules=schedules)
    here = reverse("draft_quality_terms", args=[reference, lot, item])
    return save_part(
        request,
        tender,
        form,
        lambda: drafting.with_item(content, lot, item, replace(old, **form.chosen())),
        to=here if "look" in request.POST else lot_path(tender, lot),
        back_href=reverse("draft_limits", args=[reference, lot, item]),
        title=_("Sampling and price of %(what)s") % {"what": old.description or commodity.name},
        template="web/officer/quality_terms.html",
        quality=_seen(old, commodity, limits, schedules),
    )


def _seen(
    item: ItemContent,
    commodity: Commodity,
    limits: tuple[LimitFact, ...],
    schedules: list[PriceAdjustmentSchedule],
) -> QualityView:
    chosen = (item.schedule, item.schedule_edition)
    schedule = next((row for row in schedules if (row.code, row.edition) == chosen), None)
    return quality_view(
        commodity=commodity.name,
        limits=limits,
        quantity=item.quantity,
        unit=item.unit,
        tolerance=item.quantity_tolerance,
        measuring=item.measuring,
        sampling=item.sampling,
        schedule=schedule,
    )
