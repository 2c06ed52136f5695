"""M007: one need bought in pieces below a threshold.

Source: Public Procurement and Disposal of Public Assets Act [Chapter 22:23] of Zimbabwe, section 25
(a requirement is not divided to avoid a threshold); World Bank, "Fraud and Corruption Awareness
Handbook" (2009), on split purchases.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from procurement.rules.indicators.facts import BUYER, Flag
from procurement.rules.indicators.margin import amount_text
from procurement.rules.indicators.process import Process, instant
from procurement.rules.indicators.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Purchase:
    at: datetime
    amount: Fraction
    ocid: str


class Splitting:
    """A buyer's tenders for one class of goods, each below the threshold, together above it.

    They start within so many days of each other, and at least one is just below the threshold.
    """

    code, party_value = "M007", 0

    def __init__(self, rules: Thresholds) -> None:
        self._rules = rules
        self._groups: dict[tuple[str, str, str], list[Purchase]] = {}

    def fold(self, process: Process) -> None:
        amount, currency = process.estimate
        limit = self._rules.split_threshold.get(currency)
        start = instant(process.period[0])
        if amount is None or limit is None or start is None or not process.buyer:
            return
        if not 0 < amount < limit:
            return
        for goods in set(process.goods):
            bought = Purchase(start, Fraction(amount), process.ocid)
            self._groups.setdefault((process.buyer, goods, currency), []).append(bought)

    def finish(self) -> Iterator[Flag]:
        for (buyer, goods, currency), rows in sorted(self._groups.items()):
            limit = Fraction(self._rules.split_threshold[currency])
            for near in self._clusters(sorted(rows, key=lambda row: (row.at, row.ocid))):
                total = sum((row.amount for row in near), Fraction(0))
                just_below = max(row.amount for row in near) >= limit * self._rules.split_near
                if len(near) > 1 and total >= limit and just_below:
                    told = (
                        ("class of goods", goods),
                        ("tenders", ", ".join(row.ocid for row in near)),
                        ("together", f"{amount_text(total)} {currency}"),
                        ("threshold", f"{amount_text(limit)} {currency}"),
                    )
                    part = f"{goods} {near[0].ocid}"
                    yield Flag(self.code, BUYER, buyer, total / limit, told, part=part)

    def _clusters(self, rows: list[Purchase]) -> Iterator[list[Purchase]]:
        """Runs that begin within so many days of their first; each purchase is in one."""
        window, run = timedelta(days=self._rules.split_days), list[Purchase]()
        for row in rows:
            if run and row.at - run[0].at > window:
                yield run
                run = []
            run.append(row)
        if run:
            yield run

    def examined(self) -> int:
        return len(self._groups)
