"""“Grade my produce”: what a sample is worth, by the published tables. Nothing is kept."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.errors import MusikaError, NotFound
from marketplace.web.context import now_of
from marketplace.web.forms.grading import SampleForm, ScheduleForm, StandardForm
from marketplace.web.operate import explained, sent, sentence
from marketplace.web.presenters import grading as presenter
from produce.models import PriceAdjustmentSchedule, Standard
from produce.queries import grade_table, schedule_entry, schedules_for
from produce.rules.sample import Reckoned, reckon


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Which produce, and by which standard and edition."""
    standards = Standard.objects.select_related("commodity").order_by("code", "edition")
    given = request.GET if "standard" in request.GET else None
    form = StandardForm(given, standards=standards)
    if form.is_bound and form.is_valid():
        return redirect("grade", form.cleaned_data["standard"])
    return render(request, "web/grading/choose.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@explained
def measure(request: HttpRequest, standard: int) -> HttpResponse:
    """Type what was measured; read the grade, why, and what it is paid."""
    row = Standard.objects.select_related("commodity").filter(pk=standard).first()
    if row is None:
        raise NotFound(_("There is no such standard."))
    today = timezone.localtime(now_of(request)).date()
    schedules = schedules_for(row.commodity, today)
    schedule = _schedule(request, schedules)
    table = grade_table(row)
    entry = schedule_entry(schedule) if schedule else None
    form = SampleForm(sent(request), grades=table, schedule=entry)
    found = _reckoned(form)
    context = {
        "form": form,
        "standard": row,
        "schedule": schedule,
        "remark": presenter.remark(schedule.confidence) if schedule else "",
        "schedules": ScheduleForm(initial={"schedule": _key(schedule)}, schedules=schedules),
        "view": presenter.view(found, table) if found else None,
        "unconfirmed": presenter.unconfirmed(table),
        "crumbs": _crumbs(row),
    }
    return render(request, "web/grading/measure.html", context)


def _schedule(
    request: HttpRequest, schedules: list[PriceAdjustmentSchedule]
) -> PriceAdjustmentSchedule | None:
    wanted = request.GET.get("schedule", "")
    if not wanted:
        return None
    found = next((row for row in schedules if str(row.pk) == wanted), None)
    if found is None:
        raise NotFound(_("There is no such price schedule for this produce."))
    return found


def _key(schedule: PriceAdjustmentSchedule | None) -> str:
    return str(schedule.pk) if schedule else ""


def _reckoned(form: SampleForm) -> Reckoned | None:
    if not (form.is_bound and form.is_valid()):
        return None
    try:
        return reckon(form.grades, form.measured(), form.deal())
    except MusikaError as error:
        names = (f"m_{error.where}", f"x_{error.where}", str(error.where))
        field = next((name for name in names if name in form.fields), None)
        form.add_error(field, sentence(error))
        return None


def _crumbs(standard: Standard) -> list[dict[str, Any]]:
    start = {"title": _("Grade my produce"), "href": reverse("grade_choose")}
    return [start, {"title": standard.commodity.name}]
