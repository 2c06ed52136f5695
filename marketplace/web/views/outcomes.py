"""Public figures: prices by month, bids per lot."""

import csv
import io
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from marketplace.fields import plain
from marketplace.ledger.export import cell
from marketplace.web import charts
from marketplace.web.context import now_of
from marketplace.web.presenters.figures import province_map
from marketplace.web.templatetags.musika import exact, grouped
from procurement import analysis
from procurement.analysis import Month, Series
from procurement.queries import figures

PRICE_COLUMNS: list[dict[str, Any]] = [
    {"key": "month", "title": gettext_lazy("Month")},
    {"key": "awards", "title": gettext_lazy("Awards"), "numeric": True},
    {"key": "low", "title": gettext_lazy("Lower quarter"), "numeric": True},
    {"key": "median", "title": gettext_lazy("Median"), "numeric": True},
    {"key": "high", "title": gettext_lazy("Upper quarter"), "numeric": True},
]
MARKET_COLUMN = {"key": "market", "title": gettext_lazy("Market price"), "numeric": True}
BID_COLUMNS = [
    {"key": "bids", "title": gettext_lazy("Bids for the lot")},
    {"key": "lots", "title": gettext_lazy("Lots"), "numeric": True},
]


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """One price series as a chart, with the choice of the others; bids per lot."""
    found = analysis.prices(now_of(request), settings.TIME_ZONE)
    ordered = sorted(found, key=lambda s: (s.historical, s.name, s.unit))
    wanted = request.GET.get("series", "")
    chosen = next((s for s in ordered if s.key == wanted), _fullest(found))
    context: dict[str, Any] = {
        "series": ordered,
        "chosen": chosen,
        "price_columns": [*PRICE_COLUMNS, MARKET_COLUMN],
        "bid_columns": BID_COLUMNS,
        "competition": [_competition(past) for past in (False, True)],
    }
    if chosen is not None:
        context |= _price_context(chosen, found[chosen], figures.prepared("prices"))
    return render(request, "web/outcomes/statistics.html", context)


def _fullest(found: dict[Series, list[Month]]) -> Series | None:
    """Our own tenders first, then what was awarded most often."""
    counts = {s: (not s.historical, sum(m.awards for m in rows)) for s, rows in found.items()}
    return max(counts, key=counts.__getitem__) if counts else None


def _beside(series: Series, prices: figures.Prepared | None) -> dict[str, Decimal]:
    """The market price by month; of several places and grades the mean, for the picture alone."""
    if prices is None or series.historical:
        return {}
    rows = prices.where(commodity=series.commodity, unit=series.unit, currency=series.currency)
    by_month: dict[str, list[Decimal]] = {}
    for row in rows:
        if row["market"]:
            by_month.setdefault(row["month"], []).append(Decimal(row["market"]))
    return {month: sum(found, Decimal(0)) / len(found) for month, found in by_month.items()}


def _price_context(
    series: Series, months: list[Month], prices: figures.Prepared | None
) -> dict[str, Any]:
    market = _beside(series, prices)
    words = _("%(name)s, %(currency)s for one %(unit)s") % {
        "name": series.name,
        "currency": series.currency,
        "unit": series.unit,
    }
    label = _(
        "Line of the median price of %(words)s, %(first)s to %(last)s: from %(low)s to %(high)s"
    ) % {
        "words": words,
        "first": months[0].month,
        "last": months[-1].month,
        "low": _shown(months[0]),
        "high": _shown(months[-1]),
    }
    return {
        "chart": charts.price_chart(months, label, market),
        "market": market,
        "map": province_map(prices, series.commodity, series.unit, series.currency)
        if prices and not series.historical
        else {},
        "rows": [_row(month, market) for month in reversed(months)],
        "words": words,
        "csv_href": f"{reverse('prices_csv')}?series={series.key}",
    }


def _shown(month: Month) -> str:
    return grouped(exact(plain(month.median)))


def _row(month: Month, market: dict[str, Decimal]) -> dict[str, Any]:
    prices = {"low": month.low, "median": month.median, "high": month.high}
    shown = {name: grouped(exact(plain(value))) for name, value in prices.items()}
    beside = market.get(month.month)
    told = grouped(exact(plain(round(beside, 4)))) if beside is not None else "–"
    return {"month": month.month, "awards": month.awards, **shown, "market": told}


def _competition(past: bool) -> dict[str, Any]:
    rows = analysis.competition(past)
    if not rows:
        return {}
    lots = sum(row.lots for row in rows)
    label = _("Bars: of %d lots, how many had how many bids") % lots
    return {
        "title": _("Past tenders read from records") if past else _("Tenders run on Musika"),
        "svg": charts.bids_chart(rows, label),
        "rows": [{"bids": row.bids, "lots": row.lots} for row in rows],
        "lots": lots,
    }


@require_safe
def prices_csv(request: HttpRequest) -> HttpResponse:
    """The figures of one price chart as a file."""
    found = analysis.prices(now_of(request), settings.TIME_ZONE)
    series = next((s for s in found if s.key == request.GET.get("series")), None)
    if series is None:
        raise Http404(_("There is no such series of prices."))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["produce", "unit", "currency", "past", *(c["key"] for c in PRICE_COLUMNS)])
    past = "yes" if series.historical else "no"
    for month in found[series]:
        figures = [plain(month.low), plain(month.median), plain(month.high)]
        head = [series.name, series.unit, series.currency, past, month.month, str(month.awards)]
        writer.writerow([cell(value) for value in [*head, *figures]])
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="prices.csv"'
    return response
