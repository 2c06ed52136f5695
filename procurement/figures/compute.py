"""From rows to tables. pandas groups; the arithmetic is exact, and rounding is said in the name."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from marketplace.fields import plain
from procurement.analysis import HALF, QUARTER, quantile
from procurement.figures import rows as source
from procurement.figures.market import Market
from procurement.figures.rows import Asked, total
from procurement.figures.targets import target

Table = list[dict[str, str]]
CENT = Decimal("0.01")


def percent(part: Decimal, whole: Decimal) -> str:
    """Two decimals, half up; empty for a whole of nought."""
    return str((part * 100 / whole).quantize(CENT, ROUND_HALF_UP)) if whole else ""


def text(value: Fraction) -> str:
    """Exact where a decimal is, else twelve decimals."""
    told = Decimal(value.numerator) / Decimal(value.denominator)
    return plain(told if Fraction(told) == value else round(told, 12))


def _groups(rows: Iterable[dict[str, Any]], *keys: str) -> list[tuple[tuple[Any, ...], Any]]:
    found = list(rows)
    if not found:
        return []
    groups: Any = pd.DataFrame(found, dtype=object).groupby(list(keys))
    return [(key if isinstance(key, tuple) else (key,), group) for key, group in groups]


def _quartiles(values: list[Decimal]) -> dict[str, str]:
    ordered = sorted(values)
    parts = {"low": QUARTER, "median": HALF, "high": 1 - QUARTER}
    return {name: plain(quantile(ordered, part)) for name, part in parts.items()}


def prices(asked: Asked) -> Table:
    keys = ("commodity", "name", "grade", "province", "month", "unit", "currency")
    market, table = Market(source.market()), []
    for key, group in _groups(source.priced(asked), *keys):
        row = dict(zip(keys, key, strict=True))
        beside = market.beside(
            row["commodity"], row["currency"], row["province"], row["month"], row["unit"]
        )
        compared = {
            "market": text(beside.price) if beside else "",
            "market_month": beside.month if beside else "",
            "market_place": (beside.place or "country") if beside else "",
        }
        table.append(
            {**row, "lines": str(len(group)), **_quartiles(list(group["price"])), **compared}
        )
    return table


def market_prices(asked: Asked) -> Table:
    names = ("commodity", "currency", "province", "month")
    return [
        {
            **dict(zip(names, key, strict=True)),
            "unit": unit,
            "prices": str(count),
            "median": plain(middle),
        }
        for key, (count, middle, unit) in Market(source.market()).months()
    ]


def competition(asked: Asked) -> Table:
    return [
        {"month": month, "bids": str(bids), "lots": str(len(group))}
        for (month, bids), group in _groups(source.competition(asked), "month", "bids")
    ]


def savings(asked: Asked) -> Table:
    """Of lots with an estimate: what was estimated, what was awarded."""
    rows = [row for row in source.awards(asked) if row["estimate"] is not None]
    table = []
    for (month, currency), group in _groups(rows, "month", "currency"):
        # A divided lot has several awards and one estimate.
        estimates = dict(zip(group["lot"], group["estimate"], strict=True))
        estimated, awarded = total(estimates.values()), total(group["price"])
        table.append(
            {
                "month": month,
                "currency": currency,
                "lots": str(len(estimates)),
                "estimated": plain(estimated),
                "awarded": plain(awarded),
                "saved_percent": percent(estimated - awarded, estimated),
            }
        )
    return table


def concentration(asked: Asked) -> Table:
    """Herfindahl-Hirschman index of each buyer's awards: 10,000 is one supplier for all."""
    table = []
    for (buyer, currency), group in _groups(source.awards(asked), "buyer", "currency"):
        by = [total(rows["price"]) for _, rows in group.groupby("supplier")]
        whole = total(by)
        if not whole:
            continue
        index = sum((Fraction(part) / Fraction(whole)) ** 2 for part in by) * 10_000
        table.append(
            {
                "buyer": buyer,
                "currency": currency,
                "awards": str(len(group)),
                "suppliers": str(len(by)),
                "amount": plain(whole),
                "largest_percent": percent(max(by), whole),
                "hhi": str(int(index + Fraction(1, 2))),
            }
        )
    return table


# Who counts to which group; a co-operative sells what its members grew.
GROUPS = {
    "smallholders": lambda row: row["kind"] in ("farmer", "cooperative"),
    "reserved for women": lambda row: row["reserved_for"] == "women",
    "reserved for youth": lambda row: row["reserved_for"] == "youth",
    "companies": lambda row: row["kind"] == "company",
}


def groups(asked: Asked) -> Table:
    table = []
    for (currency,), group in _groups(source.awards(asked), "currency"):
        rows = group.to_dict("records")
        whole = total(row["price"] for row in rows)
        for name, counts in GROUPS.items():
            mine = [row for row in rows if counts(row)]
            amount, goal = total(row["price"] for row in mine), target(name, asked.now.date())
            table.append(
                {
                    "group": name,
                    "currency": currency,
                    "awards": str(len(mine)),
                    "amount": plain(amount),
                    "share_percent": percent(amount, whole),
                    "target_percent": percent(goal, Decimal(1)) if goal is not None else "",
                }
            )
    return table


def success(asked: Asked) -> Table:
    """Bids for a lot and awards, by the kind of organisation."""
    return [
        {
            "kind": kind,
            "bids": str(len(group)),
            "won": str(int(sum(group["won"]))),
            "won_percent": percent(Decimal(int(sum(group["won"]))), Decimal(len(group))),
        }
        for (kind,), group in _groups(source.bids(asked), "kind")
    ]


def time_to_award(asked: Asked) -> Table:
    """Whole days from the opening to the decision, by the month of the opening."""
    rows = [row for row in source.awards(asked) if row["days"] is not None]
    return [
        {
            "month": month,
            "awards": str(len(group)),
            **_quartiles([Decimal(days) for days in group["days"]]),
        }
        for (month,), group in _groups(rows, "opened")
    ]
