"""R025: bids often, wins hardly ever."""

from collections.abc import Iterator
from fractions import Fraction

from procurement.rules.indicators.facts import TENDERER, Flag
from procurement.rules.indicators.fences import fences, quantile
from procurement.rules.indicators.margin import percent
from procurement.rules.indicators.process import Process
from procurement.rules.indicators.thresholds import Thresholds


class FewWins:
    """Among the busiest tenderers, one whose wins by its valid bids are a low outlier."""

    code, party_value = "R025", 0

    def __init__(self, thresholds: Thresholds) -> None:
        self._rules = thresholds
        # Tenderer: wins, processes with a valid bid of its own.
        self._counts: dict[str, list[int]] = {}

    def fold(self, process: Process) -> None:
        supplier = process.only_supplier
        if supplier is None:
            return
        # Once a process, however many bids.
        for tenderer in {bid.single for bid in process.valid if bid.single}:
            row = self._counts.setdefault(tenderer, [0, 0])
            row[0] += tenderer == supplier
            row[1] += 1

    def finish(self) -> Iterator[Flag]:
        if not self._counts:
            return
        sizes = sorted(Fraction(bids) for _, bids in self._counts.values())
        busy = quantile(sizes, self._rules.top_percentile)
        limit = self._limit()
        if limit is None or limit <= 0:
            return
        for tenderer, (wins, bids) in sorted(self._counts.items()):
            ratio = Fraction(wins, bids)
            if bids >= busy and ratio <= limit:
                told = (("wins", str(wins)), ("valid bids", str(bids)), ("limit", percent(limit)))
                yield Flag(self.code, TENDERER, tenderer, ratio, told)

    def _limit(self) -> Fraction | None:
        if self._rules.few_wins is not None:
            return self._rules.few_wins
        ratios = (Fraction(wins, bids) for wins, bids in self._counts.values())
        found = fences(ratios, self._rules.minimum_sample)
        # Where a quarter never wins, a lower fence says nothing.
        return found.lower if found and found.q1 > 0 else None

    def examined(self) -> int:
        return len(self._counts)
