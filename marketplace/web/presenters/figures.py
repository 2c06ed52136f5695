"""Prepared figures as pictures, with the table that each is the picture of."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.web import charts, pictures
from marketplace.web.pictures import Bar
from marketplace.web.templatetags.musika import exact, grouped
from procurement.analysis import Competition
from procurement.queries.figures import Prepared

# So many bars are read at a glance; the table and the file have all.
MOST = 12
WORDS = {
    "month": _("Month"), "bids": _("Bids"), "lots": _("Lots"), "currency": _("Currency"),
    "estimated": _("Estimated"), "awarded": _("Awarded"), "saved_percent": _("Saved, %"),
    "buyer": _("Buyer"), "awards": _("Awards"), "suppliers": _("Suppliers"),
    "amount": _("Amount"), "largest_percent": _("Largest supplier, %"), "hhi": _("Index"),
    "group": _("Group"), "share_percent": _("Share, %"), "target_percent": _("Target, %"),
    "kind": _("Kind"), "won": _("Won"), "won_percent": _("Won, %"), "low": _("Lower quarter"),
    "median": _("Median"), "high": _("Upper quarter"), "province": _("Province"),
    "commodity": _("Commodity"), "name": _("Produce"), "grade": _("Grade"), "unit": _("Unit"),
    "lines": _("Lines"), "market": _("Market price"), "market_month": _("Market month"),
    "market_place": _("Market place"), "prices": _("Prices"),
}  # fmt: skip
NAMES = {"month", "currency", "buyer", "group", "kind", "province", "commodity", "name", "grade"}
NAMES |= {"unit", "market_month", "market_place"}
KINDS = {"farmer": _("Farmer"), "cooperative": _("Co-operative"), "company": _("Company")}


def figure(name: str, found: Prepared) -> dict[str, Any]:
    """What the chart component takes; without a picture where a table says it better."""
    draw = PICTURES.get(name)
    href = reverse("figure_file", args=[name, "csv"])
    return {
        "name": name,
        "title": found.figure.title,
        "description": found.figure.how,
        "svg": draw(found) if draw and found.rows else "",
        "columns": columns(found),
        "rows": [_shown(row) for row in reversed(found.rows[-200:])],
        "csv_href": href,
        "json_href": reverse("figure_file", args=[name, "json"]),
        "computed_at": found.computed_at,
    }


def columns(found: Prepared) -> list[dict[str, Any]]:
    return [
        {"key": name, "title": WORDS[name], "numeric": name not in NAMES}
        for name in found.figure.columns
    ]


def _shown(row: dict[str, str]) -> dict[str, str]:
    """Numbers in groups of three; a long fraction of a market price as far as one pays."""
    told = {k: v if k in NAMES or not v else grouped(exact(_short(v))) for k, v in row.items()}
    return {**told, **({"kind": str(KINDS.get(row["kind"], row["kind"]))} if "kind" in row else {})}


def _short(value: str) -> str:
    part = value.partition(".")[2]
    return value if len(part) <= 6 else f"{Decimal(value):.4f}"


def _competition(found: Prepared) -> SafeString:
    counted: dict[int, int] = {}
    for row in found.rows:
        counted[int(row["bids"])] = counted.get(int(row["bids"]), 0) + int(row["lots"])
    rows = [Competition(bids, lots) for bids, lots in sorted(counted.items())]
    return charts.bids_chart(rows, gettext("Bars: how many lots had how many bids"))


def _bars(name: str, value: str, words: str, top: int) -> Callable[[Prepared], SafeString]:
    """The rows with the largest `value`, named by the column `name`."""

    def draw(found: Prepared) -> SafeString:
        rows = [row for row in found.rows if row[value]]
        rows.sort(key=lambda row: Decimal(row[value]), reverse=True)
        bars = [
            Bar(_named(row, name), Decimal(row[value]), words.format(**_shown(row)))
            for row in rows[:MOST]
        ]
        label = "; ".join(f"{bar.name}: {bar.words}" for bar in bars)
        return pictures.lying_bars(bars, f"{found.figure.title}. {label}", Decimal(top))

    return draw


def _months(value: str, words: str) -> Callable[[Prepared], SafeString]:
    """The latest months, the oldest first."""

    def draw(found: Prepared) -> SafeString:
        rows = sorted(found.rows, key=lambda row: row["month"])[-MOST:]
        bars = [
            Bar(_named(row, "month"), Decimal(row[value] or 0), words.format(**_shown(row)))
            for row in rows
        ]
        label = "; ".join(f"{bar.name}: {bar.words}" for bar in bars)
        return pictures.lying_bars(bars, f"{found.figure.title}. {label}")

    return draw


def _named(row: dict[str, str], name: str) -> str:
    told = str(KINDS.get(row[name], row[name])).capitalize() if name != "buyer" else row[name]
    return f"{told}, {row['currency']}" if "currency" in row else told


PICTURES: dict[str, Callable[[Prepared], SafeString]] = {
    "competition": _competition,
    "savings": _months("saved_percent", "{saved_percent} %"),
    "concentration": _bars("buyer", "hhi", "{hhi}", 10_000),
    "groups": _bars("group", "share_percent", "{share_percent} %", 100),
    "success": _bars("kind", "won_percent", "{won} of {bids} bids", 100),
    "time_to_award": _months("median", "{median} days"),
}


def province_map(prices: Prepared, commodity: str, unit: str, currency: str) -> dict[str, Any]:
    """The latest median of each province for one commodity; {} where no province is known."""
    wanted = prices.where(commodity=commodity, unit=unit, currency=currency)
    latest: dict[str, dict[str, str]] = {}
    for row in sorted(wanted, key=lambda row: row["month"]):
        if row["province"]:
            latest[row["province"]] = row
    if not latest:
        return {}
    bars = {
        name: Bar(name, Decimal(row["median"]), grouped(exact(_short(row["median"]))))
        for name, row in latest.items()
    }
    words = ", ".join(f"{bar.name} {bar.words}" for bar in bars.values())
    return {
        "svg": pictures.tile_map(
            bars, gettext("Latest median price by province: {w}").format(w=words)
        ),
        "columns": [
            {"key": "province", "title": WORDS["province"]},
            {"key": "month", "title": WORDS["month"]},
            {"key": "median", "title": WORDS["median"], "numeric": True},
            {"key": "market", "title": WORDS["market"], "numeric": True},
        ],
        "rows": [_shown(row) for row in latest.values()],
    }
