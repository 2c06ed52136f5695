"""Schedules and loads for tests, as text of the case format."""

import json
from decimal import Decimal

from produce.operations.catalogue import DATA
from produce.rules.adjustment import adjust
from produce.rules.adjustmentcase import read_case

PUBLISHED = {
    (schedule["code"], schedule["edition"]): schedule
    for schedule in json.loads((DATA / "adjustments.json").read_text(encoding="utf-8"))["schedules"]
}
# What is measured where a test does not say otherwise: the best that each schedule knows.
BEST = {"TEST_WEIGHT": "56", "PROTEIN": "12"}
PRICED = {"price_deduction", "price_bonus"}
LIMITS = {
    "MOISTURE": ("13.5", "lower_is_better"),
    "PROTEIN": ("10", "higher_is_better"),
    "FLOUR": ("4", "lower_is_better"),
}


def schedule(*steps, **changes):
    base = PUBLISHED["DRY_MATTER_WEIGHT", "base 12.5"]
    return {**base, "steps": list(steps) or base["steps"], **changes}


def case(published, measured=None, **changes):
    """A case of 10 t at 300 of the schedule's currency a unit that it understands."""
    units = {s["parameter"]: s["parameter_unit"] for s in published["steps"] if "parameter" in s}
    values = {name: BEST.get(name, "0") for name in units} | (measured or {})
    load = {
        "net_weight": "10000",
        "measured": [
            {"parameter": name, "value": str(value), "unit": units.get(name, "% m/m")}
            for name, value in values.items()
        ],
        "rounding": {"mode": "half_up", "decimals": 2},
        **_money(published),
        **_limits(published),
        "delivered_on": "2022-07-31",
        "rates": [{"currency": "USD", "rate": "400"}],
        **changes,
    }
    return {"format": "musika-adjustment-case-1", "schedule": published, "load": load}


def _money(published):
    effects = {s["effect"] for s in published["steps"]}
    if "base_price" in effects:
        return {}
    priced = [s["unit"] for s in published["steps"] if s["effect"] in PRICED]
    currency, per = priced[0].split("/") if priced else ("USD", "t")
    unit = "litre" if per == "litre" else "kg"
    return {"price": {"amount": "300", "currency": currency, "per": per}, "unit": unit}


def _limits(published):
    names = {s["parameter"] for s in published["steps"] if s.get("relative_to_limit")}
    limits = [
        {"parameter": name, "limit": LIMITS[name][0], "direction": LIMITS[name][1]}
        for name in sorted(names)
    ]
    return {"limits": limits} if limits else {}


def paid(found_case):
    """The result for a case, read as the command reads it."""
    return adjust(*read_case(json.dumps(found_case)))


def amounts(found):
    return {amount.currency: Decimal(amount.shown) for amount in found.payments}
