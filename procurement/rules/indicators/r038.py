"""R038: who disqualifies, or is disqualified, far more often than others."""

from collections.abc import Iterator
from fractions import Fraction

from procurement.rules.indicators.facts import BUYER, ENTITY, TENDERER, Flag
from procurement.rules.indicators.fences import fences
from procurement.rules.indicators.margin import percent
from procurement.rules.indicators.process import Process
from procurement.rules.indicators.thresholds import Thresholds

Counts = dict[str, list[int]]


class ManyDisqualified:
    """Disqualified by submitted bids is a high outlier for a buyer, an entity or a tenderer."""

    code, party_value = "R038", 0

    def __init__(self, thresholds: Thresholds) -> None:
        self._rules = thresholds
        self._counts: dict[str, Counts] = {BUYER: {}, ENTITY: {}, TENDERER: {}}

    def fold(self, process: Process) -> None:
        bids = process.submitted
        if not bids:
            return
        out = sum(bid.status == "disqualified" for bid in bids)
        for group, name in ((BUYER, process.buyer), (ENTITY, process.entity)):
            if name:
                _add(self._counts[group], name, out, len(bids))
        for bid in bids:
            for name in bid.tenderers:
                if name:
                    _add(self._counts[TENDERER], name, bid.status == "disqualified", 1)

    def finish(self) -> Iterator[Flag]:
        for group, counts in self._counts.items():
            yield from self._flagged(group, counts)

    def _flagged(self, group: str, counts: Counts) -> Iterator[Flag]:
        rows = {name: row for name, row in sorted(counts.items()) if self._counts_enough(row)}
        limit = self._rules.disqualified_share
        if limit is None:
            ratios = (Fraction(out, bids) for out, bids in rows.values())
            found = fences(ratios, self._rules.minimum_sample)
            limit = found.upper if found else Fraction(0)
        # Where three quarters disqualify nobody, the fence is nought and says nothing.
        if limit <= 0:
            return
        for name, (out, bids) in rows.items():
            ratio = Fraction(out, bids)
            if ratio >= limit:
                told = (
                    ("disqualified bids", str(out)),
                    ("submitted bids", str(bids)),
                    ("limit", percent(limit)),
                )
                yield Flag(self.code, group, name, ratio, told)

    def _counts_enough(self, row: list[int]) -> bool:
        return row[1] >= self._rules.minimum_bids

    def examined(self) -> int:
        rows = (row for counts in self._counts.values() for row in counts.values())
        return sum(self._counts_enough(row) for row in rows)


def _add(counts: Counts, name: str, out: int, bids: int) -> None:
    row = counts.setdefault(name, [0, 0])
    row[0] += out
    row[1] += bids
