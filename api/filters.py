"""Facets of the tender list. A parameter that is not known is refused, not passed over."""

import django_filters as filters
from django.db.models import QuerySet

from api.endpoint import now_of
from procurement.models import Tender
from procurement.queries import lists, search
from procurement.rules.timeline import TenderStatus

STATUSES = [(status.value, status.value) for status in TenderStatus]
PAGING = {"cursor", "page_size", "format"}


class TenderFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", max_length=200, label="Words of title, goods, buyer and place"
    )
    status = filters.MultipleChoiceFilter(method="in_status", choices=STATUSES)
    buyer = filters.CharFilter(field_name="buyer__public_id", max_length=16)
    commodity = filters.CharFilter(method="with_commodity", max_length=40)
    grade = filters.CharFilter(method="with_grade", max_length=20)
    province = filters.CharFilter(method="in_province", max_length=60)
    method = filters.ChoiceFilter(choices=Tender.Method.choices)
    reserved_for = filters.ChoiceFilter(
        choices=[choice for choice in Tender.ReservedFor.choices if choice[0]]
    )
    currency = filters.CharFilter(max_length=3)
    historical = filters.ChoiceFilter(
        method="is_historical", choices=[("true", "true"), ("false", "false")]
    )
    deadline_after = filters.IsoDateTimeFilter(field_name="deadline", lookup_expr="gte")
    deadline_before = filters.IsoDateTimeFilter(field_name="deadline", lookup_expr="lt")
    published_after = filters.IsoDateTimeFilter(field_name="published_at", lookup_expr="gte")
    published_before = filters.IsoDateTimeFilter(field_name="published_at", lookup_expr="lt")

    class Meta:
        model = Tender
        fields: list[str] = []

    def in_status(self, rows: QuerySet[Tender], name: str, value: list[str]) -> QuerySet[Tender]:
        if not value:
            return rows
        return lists.with_status(rows, now_of(self.request)).filter(status_now__in=value)  # type: ignore[misc]

    def search(self, rows: QuerySet[Tender], name: str, value: str) -> QuerySet[Tender]:
        return search.matching(rows, value)

    def with_commodity(self, rows: QuerySet[Tender], name: str, value: str) -> QuerySet[Tender]:
        return rows.filter(lots__items__commodity__code=value).distinct()

    def with_grade(self, rows: QuerySet[Tender], name: str, value: str) -> QuerySet[Tender]:
        return rows.filter(lots__items__specification__grade__code=value).distinct()

    def is_historical(self, rows: QuerySet[Tender], name: str, value: str) -> QuerySet[Tender]:
        return rows.filter(historical_batch__isnull=value == "false")

    def in_province(self, rows: QuerySet[Tender], name: str, value: str) -> QuerySet[Tender]:
        return rows.filter(province=value)


def strangers(given: list[str]) -> list[str]:
    """The query parameters that the list does not know."""
    return sorted(set(given) - set(TenderFilter.base_filters) - PAGING)
