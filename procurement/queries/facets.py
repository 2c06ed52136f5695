"""How many tenders each choice of the public list would leave, in four queries.

A facet's counts take every other choice into account and its own not, so that a reader sees what
adding a choice would bring. What a tender has one of (status, band, ...) is counted from one
cross table; what it may have several of (goods, places) takes a query each.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from marketplace.accounts.models import Organization
from procurement import filters
from procurement.filters import TenderFilter
from procurement.models import Item, Tender
from procurement.rules.timeline import TenderStatus

SINGLE = ("status", "closing", "value", "reserved", "buyer_kind")
SEVERAL = ("commodity", "grade", "province")
COLUMNS = {
    "status": "shown_status",
    "closing": "closes",
    "value": "band",
    "reserved": "reserved_for",
    "buyer_kind": "buyer__buyer_kind",
}
WITHIN = [name for name, _ in filters.CLOSING_WORDS]


@dataclass(frozen=True)
class Option:
    value: str
    title: str
    count: int
    checked: bool


@dataclass(frozen=True)
class Facet:
    name: str
    title: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Facets:
    """`total` is the number of tenders that the whole filter finds."""

    facets: tuple[Facet, ...]
    total: int


def facets(data: QueryDict, tenders: QuerySet[Tender], now: datetime) -> Facets:
    """Facets of `tenders` (unfiltered) under the choices in `data`."""
    crossed = _crossed(_narrowed(data, tenders, now, SINGLE), now)
    chosen = {name: set(data.getlist(name)) for name in (*SINGLE, *SEVERAL)}
    counts: dict[str, Counter[Any]] = {name: _rolled(crossed, chosen, name) for name in SINGLE}
    for name in SEVERAL:
        counts[name] = _goods(_narrowed(data, tenders, now, (name,)), name)
    found = (_facet(name, counts[name], chosen[name]) for name in ORDER)
    total = sum(n for row, n in crossed if _fits(row, chosen, ""))
    return Facets(tuple(facet for facet in found if facet.options), total)


def _narrowed(
    data: QueryDict, tenders: QuerySet[Tender], now: datetime, without: Iterable[str]
) -> QuerySet[Tender]:
    rest = data.copy()
    for name in (*without, "sort", "page"):
        rest.pop(name, None)
    return TenderFilter(rest, queryset=tenders, now=now).qs


Row = dict[str, Any]


def _crossed(tenders: QuerySet[Tender], now: datetime) -> list[tuple[Row, int]]:
    table = tenders.annotate(closes=_closes(now)).order_by().values(*COLUMNS.values())
    return [(row, row.pop("n")) for row in table.annotate(n=Count("pk"))]


def _closes(now: datetime) -> Case:
    steps = [
        When(deadline__lte=now + timedelta(hours=filters.CLOSING[name]), then=Value(name))
        for name in WITHIN
    ]
    later = ~Q(shown_status=TenderStatus.OPEN.value) | Q(deadline__lte=now)
    return Case(When(later, then=Value("")), *steps, default=Value(""), output_field=CharField())


def _words(row: Row, name: str) -> set[str]:
    """The words of facet `name` that a row of the cross table answers to."""
    value = row[COLUMNS[name]]
    if name == "reserved":
        return {value or filters.EVERYONE}
    if name == "closing":
        # What closes within a day closes within a week.
        return set(WITHIN[WITHIN.index(value) :]) if value else set()
    return {value} if value else set()


def _fits(row: Row, chosen: dict[str, set[str]], but: str) -> bool:
    asked = (name for name in SINGLE if name != but and chosen[name])
    return all(chosen[name] & _words(row, name) for name in asked)


def _rolled(crossed: list[tuple[Row, int]], chosen: dict[str, set[str]], name: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for row, number in crossed:
        if _fits(row, chosen, name):
            counts.update(dict.fromkeys(_words(row, name), number))
    return counts


def _goods(tenders: QuerySet[Tender], name: str) -> Counter[tuple[str, str]]:
    columns = {
        "commodity": ("commodity__code", "commodity__name"),
        "province": ("province", "province"),
        "grade": (
            "specification__standard__code",
            "specification__grade__code",
            "specification__standard__title",
            "specification__grade__name",
        ),
    }[name]
    items = Item.objects.filter(lot__tender__in=tenders.order_by().values("pk")).order_by()
    counted = items.values_list(*columns).annotate(n=Count("lot__tender", distinct=True))
    return Counter({_named(row[:-1]): row[-1] for row in counted if row[0]})


def _named(row: Sequence[str]) -> tuple[str, str]:
    if len(row) == 4:
        return f"{row[0]}:{row[1]}", f"{row[3]}, {row[2]}"
    return row[0], row[1]


TITLES = {
    "commodity": gettext_lazy("Produce"),
    "province": gettext_lazy("Province"),
    "status": gettext_lazy("Where it stands"),
    "closing": gettext_lazy("Closing"),
    "buyer_kind": gettext_lazy("Buyer"),
    "reserved": gettext_lazy("Reserved for"),
    "grade": gettext_lazy("Grade"),
    "value": gettext_lazy("Estimated value"),
}
ORDER = tuple(TITLES)
FIXED: dict[str, Sequence[tuple[str, Any]]] = {
    "status": filters.STATUSES,
    "closing": filters.CLOSING_WORDS,
    "value": filters.BAND_WORDS,
    "reserved": filters.RESERVED,
    "buyer_kind": Organization.BuyerKind.choices,
}


def _facet(name: str, counts: Counter, chosen: set[str]) -> Facet:
    if name in FIXED:
        options = [(value, gettext(str(title)), counts[value]) for value, title in FIXED[name]]
    else:
        rows = sorted(counts.items(), key=lambda row: row[0][1])
        options = [(value, title, number) for (value, title), number in rows]
        known = {value for value, _, _ in options}
        # A choice that finds nothing is still shown, or nobody could take it away.
        options += [(value, value, 0) for value in sorted(chosen - known)]
    shown = [
        Option(value, title, number, value in chosen)
        for value, title, number in options
        if number or value in chosen
    ]
    return Facet(name, str(TITLES[name]), tuple(shown))
