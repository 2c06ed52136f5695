"""What tenders are called and what they say, as a buyer of each kind would put it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from marketplace.demo.prices import Goods
from marketplace.demo.world import Body

WARES: Final = {
    "grain_board": frozenset(
        {
            *("MAIZE_GRAIN", "SORGHUM_GRAIN", "MILLET", "WHEAT"),
            *("DRY_BEANS", "COW_PEAS", "GROUNDNUTS", "SOYA_BEANS"),
        }
    ),
    "school_feeding": frozenset(
        {
            *("MAIZE_MEAL", "DRY_BEANS", "COW_PEAS", "GROUNDNUTS", "RAW_MILK_COW", "HEN_EGGS"),
            *("CABBAGE", "TOMATOES", "ONIONS"),
        }
    ),
    "hospital": frozenset(
        {
            *("POTATOES", "TOMATOES", "ONIONS", "CABBAGE", "RAW_MILK_COW", "HEN_EGGS", "BEEF"),
            *("MAIZE_MEAL", "DRY_BEANS"),
        }
    ),
    "prison": frozenset(
        {"MAIZE_MEAL", "DRY_BEANS", "CABBAGE", "ONIONS", "POTATOES", "BEEF", "TOMATOES"}
    ),
}
# What is written beside the commodity's name: how it is to be, never its name once more.
DETAILS: Final = {
    "MAIZE_GRAIN": "White, of this season's crop, in 50 kg bags",
    "MAIZE_MEAL": "Roller meal, fortified, in 10 kg bags",
    "SORGHUM_GRAIN": "White, cleaned, in 50 kg bags",
    "MILLET": "Pearl millet, cleaned, in 50 kg bags",
    "WHEAT": "For bread flour, in bulk",
    "DRY_BEANS": "Sugar beans of this season, in 25 kg bags",
    "COW_PEAS": "Cleaned and sorted, in 25 kg bags",
    "GROUNDNUTS": "Shelled, for food, in 25 kg bags",
    "SOYA_BEANS": "For crushing, in bulk",
    "POTATOES": "Table potatoes, washed, in 15 kg pockets",
    "TOMATOES": "For the table, firm and ripe, in crates",
    "ONIONS": "Dry bulbs, in 10 kg nets",
    "CABBAGE": "Fresh heads of at least 2 kg",
    "RAW_MILK_COW": "Cooled, delivered on the day of milking",
    "BEEF": "On the bone, chilled, stamped by the inspector",
    "HEN_EGGS": "Large, in trays of 30",
}
TITLES: Final = {
    "grain_board": (
        "{Goods} for the strategic grain reserve, {year}",
        "Purchase of {goods}: {place} depots, {season}",
        "Supply of {goods} to the reserve before the {season_after}",
        "{Goods} from the {year} harvest",
        "Restocking of the {place} silos: {goods}",
    ),
    "school_feeding": (
        "{Goods} for school meals in {place}, {term}",
        "Supply of {goods} to primary schools, {place} district",
        "School feeding {term}: {goods}",
        "Home-grown school meals, {place}: {goods}",
    ),
    "hospital": (
        "Supply and delivery of {goods} to the hospital kitchen, {place}",
        "{Goods} for patients' meals, {quarter}",
        "Weekly deliveries of {goods}, {place} hospital",
        "Provisions for {quarter}: {goods}",
    ),
    "prison": (
        "Rations for {quarter}: {goods}",
        "{Goods} for the prison kitchens, {place}",
        "Supply of {goods} to stations around {place}",
    ),
}
SMALLHOLDERS: Final = (
    "{Goods} bought from smallholders at collection points, {place}",
    "Smallholder purchase of {goods}, {place}, {season}",
    "Farm-gate collection of {goods} in {place}",
)
PURPOSE: Final = {
    "grain_board": "for the strategic reserve",
    "school_feeding": "for school meals",
    "hospital": "for patients' meals",
    "prison": "for its kitchens",
}


def title(buyer: Body, goods: Sequence[Goods], deadline: datetime, number: int) -> str:
    """The title of the tender with that number: the same whenever it is asked for."""
    kinds = TITLES[buyer.buyer_kind]
    return _filled(kinds[number % len(kinds)], goods, buyer.district, deadline)


def from_smallholders(goods: Goods, province: str, deadline: datetime, number: int) -> str:
    return _filled(SMALLHOLDERS[number % len(SMALLHOLDERS)], (goods,), province, deadline)


def description(buyer: Body, goods: Sequence[Goods]) -> str:
    return (
        f"{buyer.name} buys {listed(goods)} {PURPOSE[buyer.buyer_kind]}. Each lot may be awarded "
        "to a different tenderer. Goods are weighed, sampled and inspected at the place of "
        "delivery. Payment follows within seven days of the last delivery."
    )


def listed(goods: Sequence[Goods]) -> str:
    """White maize, millet and wheat: as one would say it."""
    words = [ware.words[0].lower() + ware.words[1:] for ware in goods]
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[:-1] else words)


def _filled(pattern: str, goods: Sequence[Goods], place: str, deadline: datetime) -> str:
    words, year, month = listed(goods), deadline.year, deadline.month
    rainy = month >= 11 or month <= 3
    filled = pattern.format(
        goods=words,
        Goods=words[0].upper() + words[1:],
        place=place,
        year=year,
        season=f"{year} season",
        season_after="rains" if not rainy else "harvest",
        term=f"term {(month - 1) // 4 + 1} of {year}",
        quarter=f"quarter {(month - 1) // 3 + 1} of {year}",
    )
    return filled[:200]
