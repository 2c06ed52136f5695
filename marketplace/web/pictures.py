"""More pictures drawn on the server: lying bars, a tile map, prices beside the market."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from marketplace.web.charts import _pixel

WIDE, ROW, BAR = 300, 44, 14
# Zimbabwe's ten provinces, each a tile about where it lies: column, row.
TILES: Mapping[str, tuple[int, int]] = {
    "Mashonaland West": (1, 0),
    "Mashonaland Central": (2, 0),
    "Mashonaland East": (3, 0),
    "Matabeleland North": (0, 1),
    "Midlands": (1, 1),
    "Harare": (2, 1),
    "Manicaland": (3, 1),
    "Bulawayo": (0, 2),
    "Matabeleland South": (1, 2),
    "Masvingo": (2, 2),
}
SIDE, TALL = 98, 84


@dataclass(frozen=True)
class Bar:
    """One lying bar: its name, its number, and the number in words."""

    name: str
    value: Decimal
    words: str


def lying_bars(bars: Sequence[Bar], label: str, top: Decimal | None = None) -> SafeString:
    """Name and words above each bar; its length by `top`, else by the largest.

    Nothing below nought is drawn.
    """
    top = top or max((bar.value for bar in bars), default=Decimal(0)) or Decimal(1)
    drawn = format_html_join(
        "",
        '<text class="c-text" x="0" y="{}">{}</text>'
        '<text class="c-text" x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect class="c-band" x="0" y="{}" width="{}" height="{}"/>'
        '<rect class="c-bar" x="0" y="{}" width="{}" height="{}"/>',
        (_lying(at, bar, top) for at, bar in enumerate(bars)),
    )
    return _svg(WIDE, ROW * len(bars), label, drawn)


def _lying(at: int, bar: Bar, top: Decimal) -> tuple[object, ...]:
    y = ROW * at + 16
    long = _pixel(max(bar.value, Decimal(0)) / top * WIDE)
    return (y, bar.name[:26], WIDE, y, bar.words, y + 8, WIDE, BAR, y + 8, long, BAR)


def tile_map(values: Mapping[str, Bar], label: str) -> SafeString:
    """A tile a province; the bar at its foot is long where the number is large."""
    top = max((bar.value for bar in values.values()), default=Decimal(0)) or Decimal(1)
    tiles = format_html_join(
        "",
        '<rect class="c-band" x="{}" y="{}" width="{}" height="{}"/>'
        '<rect class="c-bar" x="{}" y="{}" width="{}" height="6"/>{}'
        '<text class="c-text" x="{}" y="{}">{}</text>',
        (_tile(name, place, values.get(name), top) for name, place in TILES.items()),
    )
    return _svg(4 * (SIDE + 2), 3 * (TALL + 4), label, tiles)


def _tile(name: str, place: tuple[int, int], bar: Bar | None, top: Decimal) -> tuple[object, ...]:
    x, y = place[0] * (SIDE + 2), place[1] * (TALL + 4)
    long = _pixel(bar.value / top * SIDE) if bar else 0
    words = format_html_join(
        "",
        '<text class="c-text" x="{}" y="{}">{}</text>',
        ((x + 6, y + 20 + 16 * at, part) for at, part in enumerate(name.split())),
    )
    told = bar.words if bar else "–"
    return (x, y, SIDE, TALL, x, y + TALL - 6, long, words, x + 6, y + 64, told)


def _svg(wide: int, height: int, label: str, inside: SafeString) -> SafeString:
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>', wide, height, label, inside
    )
