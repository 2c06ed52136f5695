"""R036: the lowest bid was disqualified."""

from collections.abc import Iterator
from fractions import Fraction

from procurement.rules.indicators.currency import MainCurrency, compares_prices
from procurement.rules.indicators.facts import OCID, Flag
from procurement.rules.indicators.process import Process
from procurement.rules.indicators.thresholds import Thresholds


class LowestDisqualified:
    """The lowest submitted bid is disqualified, a dearer one is valid, an award is active."""

    code, party_value = "R036", 0

    def __init__(self, thresholds: Thresholds) -> None:
        self._rules = thresholds
        self._currency = MainCurrency(thresholds.currency)
        self._flags: list[Flag] = []
        self._examined = 0

    def fold(self, process: Process) -> None:
        if not process.active or not compares_prices(process, self._rules):
            return
        priced = [
            (amount, bid)
            for bid in process.submitted
            if (amount := self._currency.amount(bid)) is not None
        ]
        if not any(bid.status == "valid" for _, bid in priced):
            return
        self._examined += 1
        # The first of several equal ones, as the method takes it.
        amount, lowest = min(priced, key=lambda row: row[0])
        if lowest.status == "disqualified":
            next_one = min(found for found, bid in priced if bid.status == "valid")
            told = (("lowest bid", str(amount)), ("lowest valid bid", str(next_one)))
            self._flags.append(Flag(self.code, OCID, process.ocid, Fraction(1), told))

    def finish(self) -> Iterator[Flag]:
        yield from self._flags

    def examined(self) -> int:
        return self._examined
