"""The specification in plain words, as the officer previews it and the farmer reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from marketplace.web.presenters import sentences
from produce.models import PriceAdjustmentSchedule
from produce.queries import sampling_schemes, schedule_entry
from produce.rules import farmer
from produce.rules.adjustmentfacts import UnitPrice
from produce.rules.adjustmentfile import ScheduleEntry
from produce.rules.adjustmentwords import step_words
from produce.rules.limits import LimitFact
from produce.rules.sampling import size_words
from produce.rules.terms import Measuring


@dataclass(frozen=True)
class QualityView:
    """`must`, `bring` and `measured` are sentences; the schedule has its steps and examples."""

    must: list[str]
    bring: str
    measured: list[str]
    schedule: str
    schedule_source: str
    schedule_remark: str
    steps: list[str]
    previews: list[farmer.Preview]
    sampling: str
    sampling_remark: str
    sizes: list[str]
    beyond: str


def quality_view(
    *,
    commodity: str,
    limits: Sequence[LimitFact],
    quantity: Decimal,
    unit: str,
    tolerance: Decimal | None,
    measuring: Sequence[Measuring],
    sampling: str,
    schedule: PriceAdjustmentSchedule | None,
    price: UnitPrice | None = None,
) -> QualityView:
    entry = schedule_entry(schedule) if schedule else None
    scheme = sampling_schemes().get(sampling)
    return QualityView(
        must=sentences.must(commodity, limits),
        bring=farmer.bring(quantity, unit, tolerance),
        measured=farmer.where_measured(limits, measuring),
        schedule=str(schedule) if schedule else "",
        schedule_source=schedule.source if schedule else "",
        schedule_remark=sentences.remark(schedule.confidence) if schedule else "",
        steps=_steps(entry),
        previews=farmer.previews(limits, entry, price) if entry else [],
        sampling=scheme.name if scheme else "",
        sampling_remark=sentences.remark(scheme.confidence) if scheme else "",
        sizes=size_words(scheme) if scheme else [],
        beyond="" if entry else _("A load beyond a limit is rejected."),
    )


def _steps(entry: ScheduleEntry | None) -> list[str]:
    return [step_words(step) for step in entry.steps] if entry else []
