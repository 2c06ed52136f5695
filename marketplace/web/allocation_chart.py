"""Who delivers how much of which lot, as bars: whole pixels, no style, all also in a table."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from marketplace.fields import plain
from marketplace.web.presenters.allocation import View
from procurement.models import Lot

# Narrow, so that the words in it are still readable on a phone.
WIDTH, ROW, HEAD, BAR = 400, 38, 30, 12
# So many suppliers of a lot have a bar of their own; the table has them all.
MOST = 12
Bar = tuple[str, Decimal, str]


def chart(view: View, label: str) -> SafeString:
    """One group of bars a lot; the width of a bar is its part of what is asked."""
    y, drawn = 0, []
    for number, lot in view.lots.items():
        asked = Decimal(next(r for r in view.case["lots"] if r["lot"] == number)["demand"])
        drawn.append(_head(y, _name(lot), f"{plain(asked)} {view.unit}"))
        y += HEAD
        for words, amount, kind in _bars(view, number):
            drawn.append(_bar(y, words, amount, asked, kind, view.unit))
            y += ROW
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        WIDTH,
        y + 4,
        label,
        format_html_join("", "{}", ((part,) for part in drawn)),
    )


def _bars(view: View, number: str) -> Iterator[Bar]:
    parts = [part for part in view.parts if str(part.lot.number) == number]
    for part in parts[:MOST]:
        yield part.supplier, part.quantity, "c-bar"
    if parts[MOST:]:
        rest = sum((part.quantity for part in parts[MOST:]), Decimal(0))
        yield _("%d more suppliers") % len(parts[MOST:]), rest, "c-bar"
    row = next(row for row in view.result["lots"] if row["lot"] == number)
    if row["unmet"] != "0":
        yield _("Nobody: left open"), Decimal(row["unmet"]), "c-band"


def _name(lot: Lot) -> str:
    place = lot.items.all()[0].delivery_place
    return _("Lot %(lot)s, to %(place)s") % {"lot": lot.number, "place": place}


def _head(y: int, title: str, asked: str) -> SafeString:
    return format_html(
        '<text class="c-text" x="0" y="{}">{}</text>'
        '<text class="c-text" x="{}" y="{}" text-anchor="end">{}</text>'
        '<line class="c-axis" x1="0" x2="{}" y1="{}" y2="{}"/>',
        *(y + 18, _short(title, 40), WIDTH, y + 18, asked, WIDTH, y + 25, y + 25),
    )


def _bar(y: int, words: str, amount: Decimal, asked: Decimal, kind: str, unit: str) -> SafeString:
    wide = (amount / asked * WIDTH).to_integral_value(ROUND_HALF_UP)
    return format_html(
        '<text class="c-text" x="0" y="{}">{}</text>'
        '<text class="c-text" x="{}" y="{}" text-anchor="end">{} {}</text>'
        '<rect class="{}" x="0" y="{}" width="{}" height="{}"/>',
        *(y + 15, _short(words, 38), WIDTH, y + 15, plain(amount), unit),
        *(kind, y + 21, max(2, int(wide)), BAR),
    )


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"
