"""Red flags as lists: with their state, their base rate, and what may narrow them."""

from typing import Any

import django_filters as filters
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from procurement.models import IndicatorRate, IndicatorRun, RedFlag, RedFlagAnswer, Tender
from procurement.rules.indicators.catalogue import CATALOGUE

OPEN = RedFlagAnswer.State.REOPENED.value
STATES = [("open", "Open"), ("explained", "Explained"), ("confirmed", "Confirmed")]


def listed() -> QuerySet[RedFlag]:
    """All flags that the indicators find now, with `state`; the latest first."""
    return with_state(RedFlag.objects.filter(gone_at=None))


def with_state(rows: QuerySet[RedFlag]) -> QuerySet[RedFlag]:
    latest = RedFlagAnswer.objects.filter(flag=OuterRef("pk")).order_by("-id")
    found = rows.annotate(state=Coalesce(Subquery(latest.values("state")[:1]), Value(OPEN)))
    found = found.select_related("tender__buyer", "lot", "organization")
    return found.prefetch_related("evidence", "parties")


def of_tender(tender: Tender) -> QuerySet[RedFlag]:
    return listed().filter(tender=tender).order_by("code", "id")


def one(public_id: str) -> RedFlag | None:
    """The flag that an address names, whether it is still found or not."""
    return with_state(RedFlag.objects.filter(key__startswith=public_id)).first()


def state_of(flag: RedFlag) -> str:
    latest = flag.answers.order_by("-id").values_list("state", flat=True).first()
    return latest or OPEN


def rates(past: bool = False) -> list[IndicatorRate]:
    return list(IndicatorRate.objects.filter(run__past=past).order_by("code"))


def rate(flag: RedFlag) -> IndicatorRate | None:
    return IndicatorRate.objects.filter(run__past=flag.past, code=flag.code).first()


def latest_run() -> IndicatorRun | None:
    return IndicatorRun.objects.filter(past=False).first()


class RedFlagFilter(filters.FilterSet):
    """Which indicator, in which state, about which tender or organisation, ours or past."""

    code = filters.ChoiceFilter(
        choices=[(row.code, f"{row.code} {row.title}") for row in CATALOGUE.values()],
        label="Indicator",
        empty_label="All",
    )
    state = filters.ChoiceFilter(choices=STATES, label="State", empty_label="All")
    past = filters.ChoiceFilter(
        choices=[("false", "Run on Musika"), ("true", "Past, from records")],
        label="Tenders",
        empty_label="All",
    )
    q = filters.CharFilter(method="words", max_length=100, label="Tender or organisation")

    class Meta:
        model = RedFlag
        fields: list[str] = []

    def words(self, rows: QuerySet[RedFlag], name: str, value: Any) -> QuerySet[RedFlag]:
        about = Q(tender__reference__icontains=value) | Q(tender__title__icontains=value)
        about |= Q(organization__name__icontains=value) | Q(tender__buyer__name__icontains=value)
        about |= Q(parties__name__icontains=value)
        return rows.filter(pk__in=RedFlag.objects.filter(about).values("pk"))
