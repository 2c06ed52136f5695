"""Names that nobody bears: people called after produce, firms that admit to being invented."""

from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Final

GIVEN: Final = (
    "Anesu", "Blessing", "Busisiwe", "Chipo", "Danai", "Edith", "Farai", "Fungai", "Garikai",
    "Hazvinei", "Itai", "Japhet", "Kudzai", "Lindiwe", "Maita", "Mthokozisi", "Munashe", "Nomsa",
    "Nyasha", "Panashe", "Ropafadzo", "Rudo", "Sibusiso", "Simba", "Tafadzwa", "Tariro", "Tendai",
    "Thandeka", "Tinashe", "Vimbai", "Wadzanai", "Zanele",
)  # fmt: skip
FIRST_HALF: Final = (
    "Apple", "Barley", "Bean", "Clover", "Furrow", "Granary", "Groundnut", "Harvest", "Honey",
    "Maize", "Mango", "Millet", "Pumpkin", "Sorghum", "Sunflower", "Thresher", "Tomato", "Wheat",
)  # fmt: skip
SECOND_HALF: Final = ("basket", "bloom", "combe", "dew", "field", "grove", "mill", "stead", "worth")

ADMITTING: Final = (
    "Bedtime", "Daydream", "Example", "Fable", "Imaginary", "Makebelieve", "Once-upon-a-Time",
    "Papermoon", "Pretend", "Sample", "Storybook", "Wishful",
)  # fmt: skip
THINGS: Final = (
    "Acacia", "Anthill", "Baobab", "Drum", "Granite", "Hornbill", "Hoe", "Kudu", "Lantern",
    "Marula", "Mopane", "Msasa", "Ox-cart", "Pangolin", "Rainbow", "Reed", "Sunbird", "Well",
)  # fmt: skip
ENDINGS: Final = {
    "cooperative": ("Growers' Co-operative", "Farmers' Co-operative", "Women's Co-operative"),
    "company": ("Millers (Pvt) Ltd", "Traders (Pvt) Ltd", "Produce (Pvt) Ltd", "Foods (Pvt) Ltd"),
}


def people(rng: Random) -> Iterator[str]:
    """Full names, each once, in an order of the seed's."""
    surnames = [a + b for a, b in product(FIRST_HALF, SECOND_HALF)]
    whole = [f"{given} {surname}" for given, surname in product(GIVEN, surnames)]
    rng.shuffle(whole)
    return iter(whole)


def firms(kind: str, rng: Random) -> Iterator[str]:
    """Names of co-operatives or companies, each once."""
    whole = [" ".join(parts) for parts in product(ADMITTING, THINGS, ENDINGS[kind])]
    rng.shuffle(whole)
    return iter(whole)


def email(name: str) -> str:
    """An address under example.org, which never reaches anybody (RFC 2606)."""
    return f"{name.lower().replace(' ', '.')}@example.org"


def phone(number: int) -> str:
    """No subscriber number of Zimbabwe begins with a zero after the country code."""
    return f"+263 000 {number // 1000:03d} {number % 1000:03d}"
