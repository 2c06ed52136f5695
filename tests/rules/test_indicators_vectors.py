"""The published fixtures of the standard indicators give exactly the published results."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from procurement.rules.indicators.engine import examine
from procurement.rules.indicators.thresholds import Thresholds

FOLDER = Path(__file__).parents[1] / "vectors" / "indicators"
EVERY = {"no_price_comparison": frozenset({"NPC"}), "excluded": frozenset({"EXC"})}
SETTINGS = {
    "R003-procurement_method_details-x-5-y-10": {"minimum_days_of": {"x": 5, "y": 10}},
    "R003-procurement_methods-open+selective": {"period_methods": frozenset({"open", "selective"})},
    "R003-threshold-10": {"minimum_days": 10},
    "R048-minimum_contracting_processes-1": {"minimum_processes": 1},
}


def results(name: str) -> dict:
    rules = Thresholds(**{**EVERY, **SETTINGS.get(name, {})})
    lines = (FOLDER / f"{name}.jsonl").read_text().splitlines()
    releases = [json.loads(line, parse_float=Decimal) for line in lines if line.strip()]
    return examine(releases, rules, only=[name[:4]]).grouped()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.expected")), ids=lambda p: p.stem)
def test_the_results_are_the_published_ones(path):
    published = json.loads(path.read_text(), parse_float=Decimal)
    exact = {
        group: {
            subject: {code: Fraction(value) for code, value in told.items()}
            for subject, told in rows.items()
        }
        for group, rows in published.items()
    }
    assert results(path.name.removesuffix(".expected")) == exact
