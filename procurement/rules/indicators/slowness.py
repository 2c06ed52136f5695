"""M011: a long time between the opening and the award.

Source: Transparency International, "Curbing Corruption in Public Procurement" (2014): delays after
the opening leave room for negotiation behind closed doors.
"""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from procurement.rules.indicators.facts import OCID, Flag
from procurement.rules.indicators.process import Process, instant
from procurement.rules.indicators.thresholds import Thresholds

DAY = timedelta(days=1)


class SlowAward:
    """More whole days from opening to the first active award than the rules allow for."""

    code, party_value = "M011", 0

    def __init__(self, rules: Thresholds) -> None:
        self._days = rules.award_days
        self._flags: list[Flag] = []
        self._examined = 0

    def fold(self, process: Process) -> None:
        opened = instant(process.opened)
        dates = [at for award in process.active if (at := instant(award.date))]
        if opened is None or not dates:
            return
        self._examined += 1
        days = (min(dates) - opened) // DAY
        if days > self._days:
            told = (("days from opening to award", str(days)), ("limit", str(self._days)))
            self._flags.append(Flag(self.code, OCID, process.ocid, Fraction(days), told))

    def finish(self) -> Iterator[Flag]:
        yield from self._flags

    def examined(self) -> int:
        return self._examined
