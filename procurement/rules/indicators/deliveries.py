"""M010 and M012: a load that was rejected and came back; payment later than promised.

Sources: FAO and WHO, Codex Alimentarius CXG 25-1997 (rejected food must not return by another
door); Zimbabwe's grain board promises payment within seven days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from procurement.rules.indicators.facts import OCID, Flag
from procurement.rules.indicators.thresholds import Thresholds

# Within so many days a load that matches is taken for the same one.
RETURN = timedelta(days=14)
# Weighbridges differ, and a load dries: what is within one in fifty is the same weight.
SAME = Fraction(1, 50)


@dataclass(frozen=True)
class Load:
    """A load at a gate: whose, of what, how much, on which vehicle, and what was decided."""

    ocid: str
    supplier: str
    goods: str
    quantity: Fraction
    vehicle: str
    at: datetime
    accepted: bool


def resold(loads: Iterable[Load]) -> list[Flag]:
    """Accepted loads that match one rejected before: same goods, weight, vehicle."""
    ordered = sorted(loads, key=lambda load: (load.at, load.ocid))
    rejected = [load for load in ordered if not load.accepted]
    found = []
    for load in ordered:
        if load.accepted:
            before = next((one for one in rejected if _is_same(one, load)), None)
            if before:
                found.append(_resold(before, load))
    return found


def _is_same(before: Load, load: Load) -> bool:
    near = timedelta(0) <= load.at - before.at <= RETURN
    weight = abs(before.quantity - load.quantity) <= SAME * before.quantity
    carrier = bool(before.vehicle) and before.vehicle == load.vehicle
    return near and weight and before.goods == load.goods and carrier


def _resold(before: Load, load: Load) -> Flag:
    told = (
        ("rejected", f"{before.at.isoformat()}, {before.ocid}"),
        ("accepted", f"{load.at.isoformat()}, {load.ocid}"),
        ("vehicle", load.vehicle),
        ("goods", load.goods),
    )
    days = Fraction((load.at - before.at) // timedelta(days=1))
    return Flag(
        "M010",
        OCID,
        load.ocid,
        days,
        told,
        (load.supplier,),
        f"{load.vehicle} {load.at.isoformat()}",
    )


def late_payment(
    ocid: str, supplier: str, due_from: date, paid: date | None, today: date, rules: Thresholds
) -> Flag | None:
    """Days from the accepted delivery to the payment, or to today where there is none yet."""
    days = ((paid or today) - due_from).days
    if days <= rules.payment_days:
        return None
    told = (
        ("accepted", due_from.isoformat()),
        ("paid", paid.isoformat() if paid else "not yet"),
        ("days", str(days)),
        ("promised", str(rules.payment_days)),
    )
    return Flag("M012", OCID, ocid, Fraction(days), told, (supplier,))
