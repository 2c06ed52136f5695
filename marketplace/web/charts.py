"""Charts drawn on the server as SVG: whole pixels, no style, every figure also in a table."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from procurement.analysis import Competition, Month

# Small, so that the words in it are still readable on a phone.
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 400, 240, 60, 14, 36
FLOOR = HEIGHT - BOTTOM


def _pixel(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_HALF_UP))


def nice_top(highest: Decimal) -> Decimal:
    """The next round number (1, 2, 2.5 or 5 times a power of ten) at or above `highest`."""
    if highest <= 0:
        return Decimal(1)
    power = Decimal(10) ** highest.adjusted()
    steps = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
    return next(step * power for step in steps if step * power >= highest)


def _y(value: Decimal, top: Decimal) -> int:
    return FLOOR - _pixel(value / top * (FLOOR - TOP))


def _x(at: int, count: int) -> int:
    step = Decimal(WIDTH - LEFT - 24) / max(count - 1, 1)
    return LEFT + 12 + _pixel(step * at)


def _scale(top: Decimal) -> SafeString:
    lines = []
    for quarter in range(5):
        value = top * quarter / 4
        lines.append((_y(value, top), f"{value.normalize():,f}"))
    return format_html_join(
        "",
        '<line class="c-grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="c-text" x="{}" y="{}" text-anchor="end">{}</text>',
        ((LEFT, WIDTH, y, y, LEFT - 8, y + 4, words) for y, words in lines),
    )


def _months(months: list[Month]) -> SafeString:
    every, last = max(1, -(-len(months) // 5)), len(months) - 1
    return format_html_join(
        "",
        '<text class="c-text" x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            # The last one would be cut at the edge if it stood in the middle of its place.
            (_x(at, len(months)), HEIGHT - 14, "end" if 0 < at == last else "middle", month.month)
            for at, month in enumerate(months)
            if at % every == 0
        ),
    )


def price_chart(months: list[Month], label: str) -> SafeString:
    """Median as a line with dots, the middle half of the prices as a band."""
    top = nice_top(max(month.high for month in months))
    count = len(months)
    upper = [(_x(i, count), _y(m.high, top)) for i, m in enumerate(months)]
    lower = [(_x(i, count), _y(m.low, top)) for i, m in enumerate(months)]
    line = [(_x(i, count), _y(m.median, top)) for i, m in enumerate(months)]
    dots = format_html_join("", '<circle class="c-dot" cx="{}" cy="{}" r="4"/>', line)
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}'
        '<polygon class="c-band" points="{}"/><polyline class="c-line" points="{}"/>{}{}</svg>',
        WIDTH,
        HEIGHT,
        label,
        _scale(top),
        _points([*upper, *reversed(lower)]),
        _points(line),
        dots,
        _months(months),
    )


def _points(points: list[tuple[int, int]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def bids_chart(rows: list[Competition], label: str) -> SafeString:
    """A bar for each number of bids: how many lots had that many."""
    # A scale of four steps, and there is no half of a lot.
    top = Decimal(-(-max(row.lots for row in rows) // 4) * 4)
    slot = (WIDTH - LEFT) // len(rows)
    wide = min(40, slot * 2 // 3)
    bars = []
    for at, row in enumerate(rows):
        x, y = LEFT + slot * at + slot // 2, _y(Decimal(row.lots), top)
        bars.append((x - wide // 2, y, wide, FLOOR - y, x, HEIGHT - 14, row.bids))
    drawn = format_html_join(
        "",
        '<rect class="c-bar" x="{}" y="{}" width="{}" height="{}"/>'
        '<text class="c-text" x="{}" y="{}" text-anchor="middle">{}</text>',
        bars,
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        WIDTH,
        HEIGHT,
        label,
        _scale(top),
        drawn,
    )
