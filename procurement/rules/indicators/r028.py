"""R028: the same price from different tenderers."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from procurement.rules.indicators.currency import compares_prices
from procurement.rules.indicators.facts import OCID, Flag
from procurement.rules.indicators.process import Process
from procurement.rules.indicators.thresholds import Thresholds


class SamePrice:
    """Different tenderers submitted the same amount in the same currency."""

    code, party_value = "R028", 1

    def __init__(self, thresholds: Thresholds) -> None:
        self._rules = thresholds
        self._flags: list[Flag] = []
        self._examined = 0

    def fold(self, process: Process) -> None:
        if not compares_prices(process, self._rules):
            return
        by_price: dict[tuple[Decimal, str], list[frozenset[str]]] = {}
        for bid in process.submitted:
            who = frozenset(bid.tenderers) - {""}
            if bid.amount is not None and bid.currency and who:
                by_price.setdefault((bid.amount, bid.currency), []).append(who)
        self._examined += bool(by_price)
        same = {price: rows for price, rows in by_price.items() if len(set(rows)) > 1}
        if same:
            told = tuple(("same price", f"{amount} {code}") for amount, code in same)
            who = frozenset[str]().union(*(row for rows in same.values() for row in rows))
            flag = Flag(self.code, OCID, process.ocid, Fraction(1), told, tuple(sorted(who)))
            self._flags.append(flag)

    def finish(self) -> Iterator[Flag]:
        yield from self._flags

    def examined(self) -> int:
        return self._examined
