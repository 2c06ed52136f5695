"""Thresholds by rule set: a data file each, every version with its source and effective date."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from marketplace.errors import NotFound

FOLDER: Final = Path(__file__).parent / "data"


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """What the indicators compare with; None: the fence of the data's own distribution."""

    effective: date | None = None
    source: str = ""
    # The main currency; empty: that of the first bid that has one.
    currency: str = ""
    # Fewer values have no outliers; the published method knows no such limit.
    minimum_sample: int = 1
    minimum_days: int = 15
    minimum_days_of: Mapping[str, int] = field(default_factory=dict)
    period_methods: frozenset[str] = frozenset()
    single_bid_methods: frozenset[str] = frozenset({"open", "selective"})
    no_price_comparison: frozenset[str] = frozenset()
    price_comparison: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    close_price: Fraction | None = None
    heavy_discount: Fraction | None = None
    top_percentile: Fraction = Fraction(75, 100)
    few_wins: Fraction | None = None
    disqualified_tenderers: int = 1
    disqualified_share: Fraction | None = None
    minimum_bids: int = 2
    class_digits: int = 2
    classes: Fraction | None = None
    minimum_processes: int = 20
    # Of our own indicators.
    variation: Fraction = Fraction(3, 100)
    relative_distance: Fraction = Fraction(1)
    kurtosis: Fraction = Fraction(2)
    screened_bids: int = 4
    gap_near: Fraction = Fraction(1, 1000)
    gap_far: Fraction = Fraction(1, 50)
    gap_pairs: int = 100
    # Square of the standard normal quantile at one in a hundred, one-sided.
    gap_strength: Fraction = Fraction(5412, 1000)
    rotation_tenders: int = 5
    rotation_suppliers: int = 3
    rotation_evenness: Fraction = Fraction(4, 5)
    split_threshold: Mapping[str, Fraction] = field(default_factory=dict)
    split_near: Fraction = Fraction(9, 10)
    split_days: int = 30
    amendment_hours: int = 72
    score_distance: Fraction = Fraction(3)
    award_days: int = 90
    payment_days: int = 7


def load(code: str, on: date) -> Thresholds:
    """The version of a rule set in force on a day; raises NotFound."""
    try:
        told = json.loads((FOLDER / f"{code}.json").read_text(), parse_float=Decimal)
    except FileNotFoundError:
        raise NotFound(f"There are no thresholds for “{code}”.", where="jurisdiction") from None
    versions = sorted(told["versions"], key=lambda row: str(row["effective"]))
    known = [row for row in versions if date.fromisoformat(row["effective"]) <= on]
    if not known:
        raise NotFound(f"No thresholds of “{code}” were in force on {on}.", where="jurisdiction")
    return parse(known[-1])


def parse(row: Mapping[str, Any]) -> Thresholds:
    """One version; shares are texts, so that they are exact."""
    values = {name: _value(name, told) for name, told in row["thresholds"].items()}
    sources = "; ".join(f"{name}: {told}" for name, told in row["sources"].items())
    return Thresholds(effective=date.fromisoformat(row["effective"]), source=sources, **values)


def _value(name: str, told: Any) -> Any:
    if isinstance(told, list):
        return frozenset(told)
    if isinstance(told, Mapping):
        return {k: v if isinstance(v, int) else Fraction(v) for k, v in told.items()}
    return Fraction(told) if isinstance(told, str) and name != "currency" else told
