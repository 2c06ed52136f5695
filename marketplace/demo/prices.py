"""What produce costs in the demo: prices by commodity, month and province, and how bids spread.

The quantiles come from retail and wholesale prices in Zimbabwean markets since 2014 (World Food
Programme, published on the Humanitarian Data Exchange under CC BY-IGO); the spread of bids from
3,754 public contracts for farm produce. Commodities marked "invented" have no published series.
All arithmetic is in whole numbers and decimals, so that a seed gives the same figures everywhere.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from random import Random
from typing import Final

PERMILLE: Final = 1000
BASIS: Final = 10_000


@dataclass(frozen=True)
class Goods:
    """A commodity as the demo buys it: unit, kilograms (litres, pieces) in it, price quantiles.

    `prices` are USD per kilogram (litre, head, dozen) at the 10th, 50th and 90th percentile.
    `quality` is the standard and grade to start from; empty where the catalogue has none.
    """

    commodity: str
    words: str
    unit: str
    content: Decimal
    prices: tuple[Decimal, Decimal, Decimal]
    lots: tuple[int, int]
    quality: tuple[str, str] = ("", "")


def _goods(
    commodity: str,
    words: str,
    unit: str,
    content: int,
    prices: str,
    lots: tuple[int, int],
    quality: tuple[str, str] = ("", ""),
) -> Goods:
    low, middle, high = (Decimal(text) for text in prices.split("/"))
    return Goods(commodity, words, unit, Decimal(content), (low, middle, high), lots, quality)


GOODS: Final[tuple[Goods, ...]] = (
    _goods("MAIZE_GRAIN", "White maize", "t", 1000, "0.28/0.34/0.46", (40, 600), ("EAS2", "1")),
    _goods("MAIZE_GRAIN", "White maize", "t", 1000, "0.28/0.34/0.46", (40, 600), ("EAS2", "2")),
    _goods("MAIZE_MEAL", "Roller meal", "kg", 1, "0.35/0.60/0.70", (5000, 60000)),
    _goods(
        "SORGHUM_GRAIN",
        "White sorghum",
        "t",
        1000,
        "0.17/0.40/0.57",
        (20, 200),
        ("ZW_GMB_INTAKE", "INTAKE"),
    ),
    _goods("MILLET", "Millet", "t", 1000, "0.17/0.39/0.70", (10, 120), ("ZW_GMB_INTAKE", "INTAKE")),
    _goods("WHEAT", "Wheat", "t", 1000, "0.38/0.46/0.58", (60, 500), ("EAX_WH", "2")),
    _goods(
        "DRY_BEANS", "Sugar beans", "t", 1000, "1.00/2.30/3.00", (5, 60), ("CXS171", "TROPICAL")
    ),
    _goods("COW_PEAS", "Cow peas", "t", 1000, "0.17/0.85/2.00", (5, 40), ("CXS171", "TROPICAL")),
    _goods("GROUNDNUTS", "Groundnuts", "t", 1000, "0.29/1.00/1.90", (5, 40), ("CXS200", "ACCEPT")),
    # Invented prices from here on.
    _goods("SOYA_BEANS", "Soya beans", "t", 1000, "0.40/0.52/0.66", (20, 200)),
    _goods("POTATOES", "Potatoes", "kg", 1, "0.45/0.60/0.85", (2000, 20000)),
    _goods("TOMATOES", "Tomatoes", "kg", 1, "0.30/0.50/0.90", (1000, 8000), ("UNECE_FFV36", "I")),
    _goods("ONIONS", "Onions", "kg", 1, "0.40/0.60/0.95", (1000, 8000), ("UNECE_FFV25", "I")),
    _goods("CABBAGE", "Cabbage", "head", 1, "0.35/0.50/0.80", (1000, 9000)),
    _goods("RAW_MILK_COW", "Raw milk", "litre", 1, "0.50/0.58/0.70", (3000, 40000)),
    _goods("BEEF", "Beef on the bone", "kg", 1, "3.60/4.20/5.10", (800, 9000)),
    _goods("HEN_EGGS", "Large eggs", "dozen", 1, "1.40/1.70/2.10", (800, 9000)),
)

# White maize by month of delivery, and by province, in permille of its middle price.
MAIZE_BY_MONTH: Final = (1353, 1309, 1176, 1088, 912, 853, 853, 853, 853, 853, 853, 882)
BY_PROVINCE: Final = {
    "Matabeleland South": 1290,
    "Harare": 1097,
    "Matabeleland North": 1097,
    "Manicaland": 1000,
}
ELSEWHERE: Final = 935

# How many bid for a lot, in permille; and how far the next bid lies above the one before it, in
# basis points at the 0th, 10th, 50th, 90th and 100th percentile.
BIDDERS: Final = ((430, 1), (760, 2), (960, 3), (993, 4), (1000, 6))
GAPS: Final = ((0, 5), (100, 70), (500, 350), (900, 1100), (1000, 2400))


def bidders(rng: Random) -> int:
    """How many tenderers bid for one lot."""
    drawn = rng.randrange(PERMILLE)
    return next(count for below, count in BIDDERS if drawn < below)


def gap(rng: Random) -> int:
    """Basis points by which the next higher bid exceeds the one before it."""
    return between(GAPS, rng.randrange(PERMILLE))


def between(points: tuple[tuple[int, int], ...], at: int) -> int:
    """The value at `at` on the straight lines through `points`, cut to a whole number."""
    for (left, low), (right, high) in pairwise(points):
        if at <= right:
            return low + (high - low) * (at - left) // (right - left)
    return points[-1][1]


def usual(goods: Goods, province: str, month: int, rng: Random) -> Decimal:
    """The price per `goods.unit` that the best bid for a lot is about to name, in USD."""
    low, middle, high = (int(price * BASIS) for price in goods.prices)
    points = ((0, low * 9 // 10), (100, low), (500, middle), (900, high), (1000, high * 11 // 10))
    if goods.commodity == "MAIZE_GRAIN":
        # Month and place explain most of maize's spread; the rest is a narrow one.
        each = middle * MAIZE_BY_MONTH[month - 1] * rng.randrange(960, 1041) // PERMILLE**2
    else:
        # The middle half of the distribution: public buyers seldom pay the extremes.
        each = between(points, rng.randrange(300, 700))
    local = BY_PROVINCE.get(province, ELSEWHERE)
    return cents(Decimal(each * local) / (BASIS * PERMILLE) * goods.content)


def ladder(lowest: Decimal, count: int, rng: Random) -> list[Decimal]:
    """`count` prices from the lowest up, each above the one before it by a drawn gap.

    In a crowd the gaps shrink with its size, so that the dearest of 300 stays believable.
    """
    prices = [lowest]
    crowd = max(1, count // 6)
    while len(prices) < count:
        step = Decimal(BASIS * crowd + gap(rng)) / (BASIS * crowd)
        prices.append(cents(prices[-1] * step))
    return prices


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
