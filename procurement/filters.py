"""What a list of tenders can be narrowed by: the same parameters for people and for programs.

`TenderFilter(data, queryset=lists.public(now), now=now)`; a DRF view passes `request`, whose
`now` is read instead. Unknown words of a closed set are errors; unknown names (a crop that
nobody buys) simply find nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organization
from procurement.models import Item, Lot, Tender
from procurement.queries import lists, search
from procurement.rules.timeline import TenderStatus

HISTORICAL = "historical"
EVERYONE = "everyone"
STATUS_WORDS = [(s.value, s.value.replace("_", " ")) for s in TenderStatus if s.value != "draft"]
STATUSES = [*STATUS_WORDS, (HISTORICAL, "historical")]
RESERVED = [(EVERYONE, _("Everyone"))] + [c for c in Tender.ReservedFor.choices if c[0]]
# Hours until the deadline.
CLOSING = {"day": 24, "week": 7 * 24, "fortnight": 14 * 24, "month": 30 * 24}
CLOSING_WORDS = [
    ("day", _("Within 24 hours")),
    ("week", _("Within 7 days")),
    ("fortnight", _("Within 14 days")),
    ("month", _("Within 30 days")),
]
# Upper ends (exclusive) of the bands of the estimated value, in whole units of the tender's
# currency; what is not estimated is in no band.
BANDS = (("small", 10_000), ("medium", 100_000), ("large", 1_000_000), ("largest", None))
BAND_WORDS = [
    ("small", _("Under 10,000")),
    ("medium", _("10,000 to under 100,000")),
    ("large", _("100,000 to under 1,000,000")),
    ("largest", _("1,000,000 and more")),
]
_SIZE = Case(
    *(When(band=name, then=Value(size)) for size, (name, _) in enumerate(BANDS)),
    output_field=IntegerField(),
)
SORTS = {
    "latest": (F("published_at").desc(), F("pk").desc()),
    "closing": (F("deadline").asc(nulls_last=True), F("pk").asc()),
    # By band: an order by the estimate itself would tell how the sums compare, which are secret.
    "value": (_SIZE.desc(nulls_last=True), F("published_at").desc(), F("pk").desc()),
    "title": (F("title").asc(), F("pk").asc()),
}
SORT_WORDS = [
    ("latest", _("Latest first")),
    ("closing", _("Closing soonest")),
    ("value", _("Largest value")),
    ("title", _("By title")),
]


class WordsField(forms.MultipleChoiceField):
    """Any number of words from an open set, each given as its own parameter."""

    widget = forms.SelectMultiple

    def valid_value(self, value: str) -> bool:
        return len(value) <= 120 and "\x00" not in value


class WordsFilter(django_filters.Filter):
    field_class = WordsField


class SetFilter(django_filters.Filter):
    """Any number of words from a closed set; another word is an error."""

    field_class = forms.MultipleChoiceField


class TenderFilter(django_filters.FilterSet):
    """The public list's parameters. `annotated` must be the base: see `annotated`."""

    q = django_filters.CharFilter(method="by_text", label=_("Words"), max_length=200)
    commodity = WordsFilter(method="by_commodity", label=_("Commodity"))
    grade = WordsFilter(method="by_grade", label=_("Grade (standard:grade)"))
    province = WordsFilter(method="by_province", label=_("Province of delivery"))
    status = SetFilter(method="by_status", choices=STATUSES, label=_("Status"))
    closing = django_filters.ChoiceFilter(
        method="by_closing", choices=CLOSING_WORDS, label=_("Closing within")
    )
    value = SetFilter(method="by_band", choices=BAND_WORDS, label=_("Estimated value"))
    reserved = SetFilter(method="by_reserved", choices=RESERVED, label=_("Reserved for"))
    buyer_kind = SetFilter(
        method="by_buyer_kind",
        choices=Organization.BuyerKind.choices,
        label=_("Kind of buyer"),
    )
    buyer = WordsFilter(field_name="buyer__public_id", lookup_expr="in", label=_("Buyer (id)"))
    sort = django_filters.ChoiceFilter(method="by_sort", choices=SORT_WORDS, label=_("Order"))

    class Meta:
        model = Tender
        fields: list[str] = []

    def __init__(self, *args: Any, now: datetime | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now or getattr(self.request, "now", None)

    def filter_queryset(self, queryset: QuerySet[Tender]) -> QuerySet[Tender]:
        assert self.now is not None, "TenderFilter needs `now`, or a request that has it."
        return super().filter_queryset(annotated(queryset, self.now))

    def by_text(self, rows: QuerySet[Tender], name: str, value: str) -> QuerySet[Tender]:
        return search.matching(rows, value)

    def by_commodity(self, rows: QuerySet, name: str, value: Sequence[str]) -> QuerySet:
        return with_item(rows, Q(commodity__code__in=value)) if value else rows

    def by_grade(self, rows: QuerySet, name: str, value: Sequence[str]) -> QuerySet:
        if not value:
            return rows
        wanted = Q(pk=None)
        for word in value:
            standard, _, grade = word.partition(":")
            found = Q(specification__standard__code=standard)
            wanted |= found & Q(specification__grade__code=grade) if grade else found
        return with_item(rows, wanted)

    def by_province(self, rows: QuerySet, name: str, value: Sequence[str]) -> QuerySet:
        return with_item(rows, Q(province__in=value)) if value else rows

    def by_status(self, rows: QuerySet, name: str, value: Sequence[str]) -> QuerySet:
        return rows.filter(shown_status__in=value) if value else rows

    def by_closing(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        assert self.now is not None
        until = self.now + timedelta(hours=CLOSING[value])
        return rows.filter(
            shown_status=TenderStatus.OPEN.value, deadline__gt=self.now, deadline__lte=until
        )

    def by_band(self, rows: QuerySet, name: str, value: Sequence[str]) -> QuerySet:
        return rows.filter(band__in=value) if value else rows

    def by_reserved(self, rows: QuerySet, name: str, value: Sequence[str]) -> QuerySet:
        words = ["" if word == EVERYONE else word for word in value]
        return rows.filter(reserved_for__in=words) if words else rows

    def by_buyer_kind(self, rows: QuerySet, name: str, value: Sequence[str]) -> QuerySet:
        return rows.filter(buyer__buyer_kind__in=value) if value else rows

    def by_sort(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.order_by(*SORTS[value])


def with_item(rows: QuerySet[Tender], wanted: Q) -> QuerySet[Tender]:
    """The tenders that have an item like that, each once."""
    return rows.filter(Exists(Item.objects.filter(wanted, lot__tender=OuterRef("pk"))))


def annotated(rows: QuerySet[Tender], now: datetime) -> QuerySet[Tender]:
    """Add `shown_status`, `estimate` (hundredths, all lots together) and `band`."""
    cents: Any = Cast("estimated_value", BigIntegerField())
    lots = Lot.objects.filter(tender=OuterRef("pk")).order_by().values("tender")
    total = lots.annotate(total=Sum(cents)).values("total")
    known = lists.with_status(rows, now).annotate(
        estimate=Subquery(total, output_field=BigIntegerField()),
        shown_status=Case(
            When(historical_batch__isnull=False, then=Value(HISTORICAL)),
            default=F("status_now"),
            output_field=CharField(),
        ),
    )
    return known.annotate(band=_band())


def _band() -> Case:
    # The first condition that holds counts, so each band needs its upper end alone.
    steps = [When(estimate__lt=limit * 100, then=Value(name)) for name, limit in BANDS if limit]
    return Case(
        When(estimate=None, then=Value("")),
        *steps,
        default=Value(BANDS[-1][0]),
        output_field=CharField(),
    )
