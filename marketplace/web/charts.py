"""Charts drawn on the server as SVG: whole pixels, no style, every figure also in a table."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from procurement.analysis import Competition, Month

# Small, so that the words in it are still readable on a phone.
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 400, 240, 60, 14, 36
FLOOR = HEIGHT - BOTTOM
# From this many bids on, numbers of bids share bars: eight labels fit side by side on a phone.
MANY, ENDLESS = 8, 10**9
GROUPS = ((0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 9), (10, 29), (30, ENDLESS))


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
    """Of the place `at` among `count`; a single one stands in the middle."""
    if count == 1:
        return LEFT + (WIDTH - LEFT) // 2
    step = Decimal(WIDTH - LEFT - 24) / (count - 1)
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


def _number(month: str) -> int:
    """Months since the year nought, of "2026-03"."""
    year, number = month.split("-")
    return int(year) * 12 + int(number) - 1


def _name(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _axis(first: int, count: int) -> SafeString:
    """At most four months by name, whatever lies between them."""
    every, last = max(1, -(-count // 4)), count - 1
    return format_html_join(
        "",
        '<text class="c-text" x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            # The last one would be cut at the edge if it stood in the middle of its place.
            (_x(at, count), HEIGHT - 14, "end" if 0 < at == last else "middle", _name(first + at))
            for at in range(0, count, every)
        ),
    )


def _runs(months: list[Month]) -> list[list[Month]]:
    """Months that follow each other without a gap: no line leads through what nobody paid."""
    runs: list[list[Month]] = []
    for month in months:
        if runs and _number(month.month) == _number(runs[-1][-1].month) + 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    return runs


def price_chart(
    months: list[Month], label: str, market: Mapping[str, Decimal] | None = None
) -> SafeString:
    """Median as dots, joined where month follows month; the middle half of the prices as a band.

    `market`: the market price by month, as a hollow dot beside ours.
    """
    beside = {m.month: (market or {})[m.month] for m in months if m.month in (market or {})}
    top = nice_top(max([*(month.high for month in months), *beside.values()]))
    first = _number(months[0].month)
    count = _number(months[-1].month) - first + 1
    places = {m.month: _x(_number(m.month) - first, count) for m in months}
    dots = format_html_join(
        "",
        '<circle class="c-dot" cx="{}" cy="{}" r="4"/>',
        ((places[m.month], _y(m.median, top)) for m in months),
    )
    hollow = format_html_join(
        "",
        '<circle class="c-line" cx="{}" cy="{}" r="4"/>',
        ((places[month], _y(price, top)) for month, price in beside.items()),
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        label,
        _scale(top),
        format_html_join("", "{}", ((_run(run, places, top),) for run in _runs(months))),
        hollow,
        dots,
        _axis(first, count),
    )


def _run(run: list[Month], places: dict[str, int], top: Decimal) -> SafeString:
    """Band and line of one run; of a single month a narrow band alone, beside its dot."""
    xs = [places[month.month] for month in run]
    if len(run) == 1:
        high, low = _y(run[0].high, top), _y(run[0].low, top)
        return format_html(
            '<rect class="c-band" x="{}" y="{}" width="12" height="{}"/>',
            xs[0] - 6,
            high,
            low - high,
        )
    upper = [(x, _y(m.high, top)) for x, m in zip(xs, run, strict=True)]
    lower = [(x, _y(m.low, top)) for x, m in zip(xs, run, strict=True)]
    line = [(x, _y(m.median, top)) for x, m in zip(xs, run, strict=True)]
    return format_html(
        '<polygon class="c-band" points="{}"/><polyline class="c-line" points="{}"/>',
        _points([*upper, *reversed(lower)]),
        _points(line),
    )


def _points(points: list[tuple[int, int]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _grouped(rows: list[Competition]) -> list[tuple[str, int]]:
    """What stands under each bar and how many lots are in it; large numbers share a bar."""
    if all(row.bids < MANY for row in rows):
        return [(str(row.bids), row.lots) for row in rows]
    counted: dict[str, int] = {}
    for row in rows:
        low, high = next((low, high) for low, high in GROUPS if row.bids <= high)
        words = str(low) if low == high else f"{low}+" if high == ENDLESS else f"{low}–{high}"
        counted[words] = counted.get(words, 0) + row.lots
    return list(counted.items())


def bids_chart(rows: list[Competition], label: str) -> SafeString:
    """A bar for each number of bids, or for a range of them: how many lots had that many."""
    # A scale of four steps, and there is no half of a lot.
    groups = _grouped(rows)
    top = Decimal(-(-max(lots for _, lots in groups) // 4) * 4)
    slot = (WIDTH - LEFT) // len(groups)
    wide = min(40, slot * 2 // 3)
    bars = []
    for at, (words, lots) in enumerate(groups):
        x, y = LEFT + slot * at + slot // 2, _y(Decimal(lots), top)
        bars.append((x - wide // 2, y, wide, FLOOR - y, x, HEIGHT - 14, words))
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
