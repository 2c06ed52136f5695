"""What the list of tenders can be narrowed by: the page's filters, and a few for programs alone."""

import django_filters as filters
from django.db.models import QuerySet
from django.http import QueryDict

from procurement.filters import TenderFilter as PageFilter
from procurement.models import Tender


class ProgramFilter(filters.FilterSet):
    """What a facet has no counts for: exact words and the instants of the timetable."""

    method = filters.ChoiceFilter(choices=Tender.Method.choices, label="Procurement method")
    reserved_for = filters.ChoiceFilter(
        choices=[choice for choice in Tender.ReservedFor.choices if choice[0]],
        label="Reserved for this group; “reserved” takes several and “everyone”",
    )
    currency = filters.CharFilter(max_length=3, label="Currency, three letters")
    historical = filters.ChoiceFilter(
        method="is_historical",
        choices=[("true", "true"), ("false", "false")],
        label="Whether it was imported from a past record",
    )
    deadline_after = filters.IsoDateTimeFilter(
        field_name="deadline", lookup_expr="gte", label="Deadline at or after this instant"
    )
    deadline_before = filters.IsoDateTimeFilter(
        field_name="deadline", lookup_expr="lt", label="Deadline before this instant"
    )
    published_after = filters.IsoDateTimeFilter(
        field_name="published_at", lookup_expr="gte", label="Published at or after this instant"
    )
    published_before = filters.IsoDateTimeFilter(
        field_name="published_at", lookup_expr="lt", label="Published before this instant"
    )

    class Meta:
        model = Tender
        fields: list[str] = []

    def is_historical(self, rows: QuerySet[Tender], name: str, value: str) -> QuerySet[Tender]:
        return rows.filter(historical_batch__isnull=value == "false")


class TenderFilter(PageFilter, ProgramFilter):
    """Every parameter of the list. The cursor keeps the latest first, so there is no order."""

    class Meta(ProgramFilter.Meta, PageFilter.Meta):
        pass

    sort = None

    def only_programs(self) -> QuerySet[Tender]:
        """The rows under what the page does not know: what the page knows is counted by facet."""
        return ProgramFilter(self.data, queryset=self.queryset).qs


def shared(given: QueryDict) -> QueryDict:
    """Of what was asked, what the page's list knows too."""
    found = given.copy()
    for name in set(given) - set(PageFilter.base_filters) | {"sort"}:
        found.pop(name, None)
    return found
