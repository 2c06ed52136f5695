"""A compiled release as the indicators read it: what is missing or malformed is left out.

Published data is never clean: a part that cannot be read makes an indicator silent about the
process, it stops nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from math import lcm
from typing import Any

# An invitation and a withdrawn bid are not competition.
NOT_SUBMITTED = frozenset({"invited", "withdrawn"})
FINAL = frozenset({"active", "cancelled", "unsuccessful"})


@dataclass(slots=True)
class Bid:
    status: str
    tenderers: tuple[str, ...]
    amount: Decimal | None
    currency: str
    date: str

    @property
    def single(self) -> str | None:
        """The tenderer, if there is exactly one."""
        return self.tenderers[0] if len(self.tenderers) == 1 else None


@dataclass(slots=True)
class Award:
    status: str
    suppliers: tuple[str, ...]
    classes: tuple[str, ...]
    date: str


class Process:
    """One contracting process."""

    def __init__(self, release: Mapping[str, Any]) -> None:
        self.ocid = text(release.get("ocid"))
        self.tender = part(release.get("tender"))
        self.buyer = text(part(release.get("buyer")).get("id"))
        self._release = release

    @property
    def is_usable(self) -> bool:
        return bool(self.ocid) and self.tender.get("status") != "cancelled"

    @property
    def entity(self) -> str:
        return text(part(self.tender.get("procuringEntity")).get("id"))

    @property
    def method(self) -> str:
        return text(self.tender.get("procurementMethod"))

    @property
    def details(self) -> str:
        return text(self.tender.get("procurementMethodDetails"))

    @property
    def period(self) -> tuple[str, str]:
        told = part(self.tender.get("tenderPeriod"))
        return text(told.get("startDate")), text(told.get("endDate"))

    @property
    def opened(self) -> str:
        """When bids were opened; the end of the tender period where that is not published."""
        return text(part(self.tender.get("bidOpening")).get("date")) or self.period[1]

    @property
    def estimate(self) -> tuple[Decimal | None, str]:
        value = part(self.tender.get("value"))
        return number(value.get("amount")), text(value.get("currency"))

    @property
    def goods(self) -> tuple[str, ...]:
        """The classes of what was invited for."""
        return _classes(self.tender.get("items"))

    @cached_property
    def bids(self) -> tuple[Bid, ...] | None:
        """Every bid with a status; None where bids were not published at all."""
        rows = part(self._release.get("bids")).get("details")
        if not isinstance(rows, list):
            return None
        return tuple(_bid(row) for row in rows if isinstance(row, dict))

    @cached_property
    def awards(self) -> tuple[Award, ...] | None:
        rows = self._release.get("awards")
        if not isinstance(rows, list):
            return None
        return tuple(_award(row) for row in rows if isinstance(row, dict))

    @cached_property
    def submitted(self) -> tuple[Bid, ...]:
        found = self.bids or ()
        return tuple(bid for bid in found if bid.status and bid.status not in NOT_SUBMITTED)

    @cached_property
    def valid(self) -> tuple[Bid, ...]:
        return tuple(bid for bid in self.bids or () if bid.status == "valid")

    @cached_property
    def active(self) -> tuple[Award, ...]:
        return tuple(award for award in self.awards or () if award.status == "active")

    @cached_property
    def amounts(self) -> tuple[tuple[int, str], ...]:
        """Submitted amounts in the currency of most bids, sorted, with the tenderer of each.

        Whole numbers of one common unit, exact; the tenderer is empty where there are several.
        """
        priced = [bid for bid in self.submitted if bid.amount is not None and bid.currency]
        codes = [bid.currency for bid in priced]
        main = max(sorted(set(codes)), key=codes.count, default="")
        ratios = [
            ((bid.amount or 0).as_integer_ratio(), bid.single or "")
            for bid in priced
            if bid.currency == main
        ]
        unit = lcm(*(below for (_, below), _ in ratios))
        return tuple(sorted((above * (unit // below), who) for (above, below), who in ratios))

    @cached_property
    def is_final(self) -> bool:
        """Bids and awards are published and no award may still change: results stay."""
        known = self.bids is not None and self.awards is not None
        return known and all(not a.status or a.status in FINAL for a in self.awards or ())

    @cached_property
    def only_supplier(self) -> str | None:
        """The supplier of a process with one active award to one supplier, and none pending."""
        if not self.is_final or len(self.active) != 1:
            return None
        suppliers = self.active[0].suppliers
        return (suppliers[0] or None) if len(suppliers) == 1 else None


def text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def part(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def number(value: Any) -> Decimal | None:
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    # A float's shortest text is what was written; Decimal(float) would add digits.
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(Decimal(str(value)))
    return None


def instant(told: str) -> datetime | None:
    """An instant with its offset; None for anything else."""
    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _ids(value: Any) -> tuple[str, ...]:
    rows = value if isinstance(value, list) else ()
    return tuple(text(part(row).get("id")) for row in rows)


def _classes(value: Any) -> tuple[str, ...]:
    rows = value if isinstance(value, list) else ()
    codes = (text(part(part(item).get("classification")).get("id")) for item in rows)
    return tuple(code for code in codes if code)


def _bid(row: Mapping[str, Any]) -> Bid:
    value = part(row.get("value"))
    return Bid(
        status=text(row.get("status")),
        tenderers=_ids(row.get("tenderers")),
        amount=number(value.get("amount")),
        currency=text(value.get("currency")),
        date=text(row.get("date")),
    )


def _award(row: Mapping[str, Any]) -> Award:
    return Award(
        status=text(row.get("status")),
        suppliers=_ids(row.get("suppliers")),
        classes=_classes(row.get("items")),
        date=text(row.get("date")),
    )
