"""M008: the tender changed shortly before its deadline.

Source: World Bank, "Fraud and Corruption Awareness Handbook" (2009): changes late enough that only
one who knew of them can answer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from procurement.rules.indicators.facts import OCID, Flag
from procurement.rules.indicators.thresholds import Thresholds


@dataclass(frozen=True)
class Amended:
    """One published amendment: when, and the deadline that bidders then had."""

    at: datetime
    deadline: datetime


def late(ocid: str, rows: list[Amended], rules: Thresholds) -> Flag | None:
    """A flag if the shortest time that an amendment left was less than the rules' hours."""
    if not rows:
        return None
    shortest = min(rows, key=lambda row: row.deadline - row.at)
    left = shortest.deadline - shortest.at
    if left >= timedelta(hours=rules.amendment_hours):
        return None
    hours = Fraction(left // timedelta(seconds=1), 3600)
    told = (
        ("amended", shortest.at.isoformat()),
        ("deadline after it", shortest.deadline.isoformat()),
        ("whole hours left", str(int(hours))),
        ("limit", str(rules.amendment_hours)),
    )
    return Flag("M008", OCID, ocid, hours, told)
