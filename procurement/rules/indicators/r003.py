"""R003: bidders had little time."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from procurement.rules.indicators.facts import OCID, Flag
from procurement.rules.indicators.process import Process, instant
from procurement.rules.indicators.thresholds import Thresholds

DAY = timedelta(days=1)


class ShortPeriod:
    """The tender period has fewer whole days than the rules ask for its kind of procedure."""

    code, party_value = "R003", 0

    def __init__(self, thresholds: Thresholds) -> None:
        self._rules = thresholds
        self._flags: list[Flag] = []
        self._examined = 0

    def fold(self, process: Process) -> None:
        methods = self._rules.period_methods
        if methods and process.method not in methods:
            return
        start, end = (instant(told) for told in process.period)
        if start is None or end is None:
            return
        self._examined += 1
        # Whole days, cut towards nought, as the method counts them.
        days = int((end - start) / DAY)
        wanted = self._rules.minimum_days_of.get(process.details, self._rules.minimum_days)
        if days < wanted:
            told = (("days", str(days)), ("expected", str(wanted)))
            self._flags.append(Flag(self.code, OCID, process.ocid, Fraction(1), told))

    def finish(self) -> Iterator[Flag]:
        yield from self._flags

    def examined(self) -> int:
        return self._examined
