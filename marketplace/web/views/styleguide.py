"""The living style guide: every component, in every state, on two pages."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from marketplace.web.forms.styleguide import SampleForm
from marketplace.web.statuses import STATUSES
from marketplace.web.templatetags.musika import money

WRONG = {
    "price": "two hundred",
    "harvested_day": "31",
    "harvested_month": "2",
    "harvested_year": "2026",
}
PALETTE = [
    ("Paper", "#fbf8f1"),
    ("Husk", "#f1ebde"),
    ("Ink", "#231b12"),
    ("Soil", "#2f2218"),
    ("Leaf", "#42581b"),
    ("Maize", "#f4b731"),
    ("Clay", "#a13a16"),
]
STEPS = [
    {"title": "Lots", "href": "#steps", "state": "done"},
    {"title": "Prices", "href": "#steps", "state": "done"},
    {"title": "Quality", "state": "current"},
    {"title": "Documents"},
    {"title": "Check and submit"},
]
BARS = (("Apr", 268), ("May", 251), ("Jun", 262), ("Jul", 279), ("Aug", 291), ("Sep", 305))


def bar_chart() -> str:
    """Draw the sample chart: constants only, so that marking it safe is safe."""
    parts = [
        f'<rect class="c-bar" x="{50 + i * 90}" y="{200 - usd * 0.55:.0f}" width="56"'
        f' height="{usd * 0.55:.0f}"/>'
        f'<text class="c-text" x="{78 + i * 90}" y="220" text-anchor="middle">{month}</text>'
        f'<text class="c-text" x="{78 + i * 90}" y="{192 - usd * 0.55:.0f}"'
        f' text-anchor="middle">{usd}</text>'
        for i, (month, usd) in enumerate(BARS)
    ]
    return mark_safe(
        '<svg viewBox="0 0 600 230" role="img" aria-label="Bars: the price rose from 251 in May to'
        ' 305 in September"><line class="c-axis" x1="30" x2="590" y1="200" y2="200"/>'
        f"{''.join(parts)}</svg>"
    )


def sample_events(now: datetime) -> list[dict[str, object]]:
    return [
        {"title": "Tender published", "at": now - timedelta(days=20), "by": "Rudo Samplewright"},
        {"title": "Amendment 1", "at": now - timedelta(days=9), "text": "Moisture limit 12.5 %."},
        {"title": "Bids close", "at": now + timedelta(days=3, hours=4), "state": "current"},
        {"title": "Opening in public", "at": now + timedelta(days=3, hours=5), "state": "next"},
    ]


SAMPLES: dict[str, object] = {
    "crumbs": [{"title": "Home", "href": "/"}, {"title": "Style guide"}],
    "steps": STEPS,
    "palette": PALETTE,
    "states": list(STATUSES),
    "sums": [Decimal("1234.5"), Decimal("123456789012345.67"), Decimal("0.3175"), None],
    "summary_rows": [
        {"key": "Co-operative", "value": "Example Valley Growers", "href": "#summary"},
        {"key": "Price per tonne", "value": money(Decimal("285.5")), "href": "#summary"},
        {"key": "Reference", "value": "MSK-2026-0042"},
    ],
    "columns": [
        {"key": "tenderer", "title": "Tenderer"},
        {"key": "price", "title": "Price per tonne", "numeric": True},
        {"key": "amount", "title": "Quantity (t)", "numeric": True},
        {"key": "grade", "title": "Grade"},
    ],
    "rows": [
        {"tenderer": "Example Valley Growers", "price": "285.50", "amount": "120", "grade": "A"},
        {"tenderer": "Sample Hill Farm", "price": "291.00", "amount": "35", "grade": "A"},
        {
            "tenderer": "Specimen Mills (Pvt) Ltd",
            "price": "279.75",
            "amount": "400",
            "grade": "B",
        },
    ],
    "totals": {"tenderer": "Together", "amount": "555"},
    "chart_columns": [
        {"key": "month", "title": "Month"},
        {"key": "usd", "title": "USD a tonne", "numeric": True},
    ],
    "chart_rows": [{"month": month, "usd": usd} for month, usd in BARS],
    "tasks": [
        {"title": "Lots and quantities", "href": "#tasks", "status": "done"},
        {"title": "Quality", "href": "#tasks", "status": "in-progress", "hint": "2 limits missing"},
        {"title": "Documents", "href": "#tasks", "status": "todo"},
        {"title": "Check and submit", "status": "cannot-start"},
    ],
    "facets": [
        {
            "name": "crop",
            "title": "Crop",
            "options": [
                {"value": "maize", "title": "White maize", "count": 14, "checked": True},
                {"value": "sorghum", "title": "Red sorghum", "count": 6},
                {"value": "beans", "title": "Sugar beans", "count": 0},
            ],
        },
        {
            "name": "province",
            "title": "Province",
            "options": [
                {"value": "mash-central", "title": "Mashonaland Central", "count": 9},
                {"value": "masvingo", "title": "Masvingo", "count": 5},
            ],
        },
    ],
    "meta": ["Example Grain Board", "Bindura", "120 t"],
    "figures": [
        {"label": "Bids per lot", "value": "4.2", "note": "median of 38 lots"},
        {"label": "Saved against estimate", "value": "6.1 %"},
        {"label": "Days to pay", "value": "18", "note": "limit 30"},
    ],
    "working_steps": [
        ("Lowest price ÷ this price", "279.75 ÷ 285.50", "0.97985…"),
        ("times the weight", "0.97985… × 70", "68.59"),
    ],
    "mistakes": [{"text": "Enter the price as a number, such as 285.50", "href": "#id_price"}],
}


def show(request: HttpRequest) -> HttpResponse:
    now = request.now  # type: ignore[attr-defined]
    context = SAMPLES | {
        "sample": SampleForm(auto_id="clean_%s"),
        "wrong": SampleForm(WRONG, auto_id="id_%s"),
        "chart": bar_chart(),
        "events": sample_events(now),
        "soon": now + timedelta(days=3, hours=4, minutes=30),
        "past": now - timedelta(hours=2),
    }
    return render(request, "web/styleguide.html", context)


def question(request: HttpRequest) -> HttpResponse:
    """One question per page, empty (GET) or refused (POST)."""
    context = {
        "form": SampleForm(request.POST or None),
        "title": "What can you deliver?",
        "caption": "Bid for lot 1: white maize",
        "back_href": "/styleguide/",
        "steps": STEPS,
    }
    return render(request, "web/layouts/question.html", context)
