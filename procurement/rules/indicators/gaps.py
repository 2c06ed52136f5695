"""M004: bids are missing close to the winner.

Source: S. Chassang, K. Kawai, J. Nakabayashi, J. Ortner, "Robust Screens for Noncompetitive Bidding
in Procurement Auctions", Econometrica 90 (2022) 315-346: whoever competes does not know where the
others bid, so that close misses and close wins happen as often as slightly wider ones. Where nobody
is close, somebody sees to it.
"""

from collections.abc import Iterator
from fractions import Fraction

from procurement.rules.indicators.facts import BUYER, TENDERER, Flag
from procurement.rules.indicators.margin import share
from procurement.rules.indicators.process import Process
from procurement.rules.indicators.thresholds import Thresholds

Counts = dict[str, list[int]]


def too_few(near: int, all_: int, rules: Thresholds) -> bool:
    """Whether `near` of `all_` is improbably few, if near ones were as dense as the others.

    Normal approximation of the binomial, one-sided at one in a hundred; squares are compared.
    """
    expected = rules.gap_near / rules.gap_far * all_
    if all_ < rules.gap_pairs or expected < 5 or near >= expected:
        return False
    spread = expected * (1 - rules.gap_near / rules.gap_far)
    return (expected - near) ** 2 >= rules.gap_strength * spread


class MissingBids:
    """Of a tenderer's bids within 2 % of the best of the others, hardly any is within 0.1 %."""

    code, party_value = "M004", 0

    def __init__(self, rules: Thresholds) -> None:
        self._rules = rules
        self._near, self._far = rules.gap_near, rules.gap_far
        # Bids close to the best of the others, and all that are not far from it.
        self._counts: dict[str, Counts] = {TENDERER: {}, BUYER: {}}

    def fold(self, process: Process) -> None:
        rows = process.amounts
        if len(rows) < 2 or rows[0][0] <= 0:
            return
        lowest, second = rows[0][0], rows[1][0]
        self._count(process.buyer, rows[0][1], second - lowest, second)
        for amount, tenderer in rows[1:]:
            self._count(process.buyer, tenderer, amount - lowest, lowest)

    def _count(self, buyer: str, tenderer: str, gap: int, other: int) -> None:
        if gap * self._far.denominator > self._far.numerator * other:
            return
        is_near = gap * self._near.denominator <= self._near.numerator * other
        for group, name in ((TENDERER, tenderer), (BUYER, buyer)):
            if name:
                row = self._counts[group].setdefault(name, [0, 0])
                row[0] += is_near
                row[1] += 1

    def finish(self) -> Iterator[Flag]:
        expected = self._rules.gap_near / self._rules.gap_far
        for group, counts in self._counts.items():
            for name, (near, all_) in sorted(counts.items()):
                if too_few(near, all_, self._rules):
                    told = (
                        ("bids within 0.1 % of the best other", str(near)),
                        ("bids within 2 %", str(all_)),
                        ("expected", share(expected * all_)),
                    )
                    yield Flag(self.code, group, name, Fraction(near, all_), told)

    def examined(self) -> int:
        rows = (row for counts in self._counts.values() for row in counts.values())
        return sum(row[1] >= self._rules.gap_pairs for row in rows)
