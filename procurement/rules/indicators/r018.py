"""R018: one tenderer where many were invited."""

from collections.abc import Iterator
from fractions import Fraction

from procurement.rules.indicators.facts import OCID, Flag
from procurement.rules.indicators.process import Process, number
from procurement.rules.indicators.thresholds import Thresholds


class SingleTenderer:
    """One tenderer in an open or selective procedure."""

    code, party_value = "R018", 0

    def __init__(self, thresholds: Thresholds) -> None:
        self._methods = thresholds.single_bid_methods
        self._flags: list[Flag] = []
        self._examined = 0

    def fold(self, process: Process) -> None:
        count = number(process.tender.get("numberOfTenderers"))
        if count is None or process.method not in self._methods:
            return
        self._examined += 1
        if count == 1:
            told = (("tenderers", "1"), ("method", process.method))
            self._flags.append(Flag(self.code, OCID, process.ocid, Fraction(1), told))

    def finish(self) -> Iterator[Flag]:
        yield from self._flags

    def examined(self) -> int:
        return self._examined
