"""Provinces and districts, from a data file of our own that names its source."""

import json
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "zw_places.json"


@cache
def districts() -> dict[str, tuple[str, ...]]:
    """The districts of each province, both in alphabetical order."""
    provinces = json.loads(DATA.read_text("utf-8"))["provinces"]
    return {province: tuple(sorted(names)) for province, names in sorted(provinces.items())}
