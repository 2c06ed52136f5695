"""Targets for groups of suppliers, as data: each with its source and effective date."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "data" / "targets.json"


def target(group: str, on: date, jurisdiction: str = "zw") -> Decimal | None:
    """The share of the amount that the group is to have; None where nobody set one."""
    rows = json.loads(FILE.read_text()).get(jurisdiction, [])
    known = [
        row for row in rows if row["group"] == group and date.fromisoformat(row["effective"]) <= on
    ]
    latest = max(known, key=lambda row: str(row["effective"]), default=None)
    return Decimal(latest["share"]) if latest else None
