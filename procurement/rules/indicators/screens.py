"""Screens for complementary bids: what a courtesy bid does to the distribution of bids.

Sources: R. Abrantes-Metz, L. Froeb, J. Geweke, C. Taylor, "A variance screen for collusion",
International Journal of Industrial Organization 24 (2006) 467-486; D. Imhof, "Detecting bid-rigging
cartels with descriptive statistics", Journal of Competition Law & Economics 15 (2019) 427-467.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from procurement.rules.indicators import distribution
from procurement.rules.indicators.facts import OCID, Flag, Indicator
from procurement.rules.indicators.gaps import MissingBids
from procurement.rules.indicators.margin import share
from procurement.rules.indicators.process import Process
from procurement.rules.indicators.thresholds import Thresholds

Screen = Callable[[list[int]], Fraction | None]


@dataclass
class OneTender:
    """A screen on the valid bids of one tender; flagged if the value passes the limit."""

    code: str
    screen: Screen
    limit: Fraction
    # Low values are suspicious for a variation, high ones for a distance.
    low: bool
    name: str
    rules: Thresholds
    party_value: int = 0

    def __post_init__(self) -> None:
        self._flags: list[Flag] = []
        self._examined = 0

    def fold(self, process: Process) -> None:
        ordered = [amount for amount, _ in process.amounts]
        if len(ordered) < self.rules.screened_bids:
            return
        value = self.screen(ordered)
        if value is None:
            return
        self._examined += 1
        if value <= self.limit if self.low else value > self.limit:
            told = (
                (self.name, share(value)),
                ("limit", share(self.limit)),
                ("bids", str(len(ordered))),
            )
            self._flags.append(Flag(self.code, OCID, process.ocid, value, told))

    def finish(self) -> Iterator[Flag]:
        yield from self._flags

    def examined(self) -> int:
        return self._examined


class Screens:
    """The four of them."""

    @staticmethod
    def all(rules: Thresholds) -> list[Indicator]:
        return [
            OneTender(
                "M001",
                distribution.variation_squared,
                rules.variation**2,
                True,
                "coefficient of variation, squared",
                rules,
            ),
            OneTender(
                "M002",
                distribution.distance_squared,
                rules.relative_distance**2,
                False,
                "relative distance, squared",
                rules,
            ),
            OneTender(
                "M003", distribution.kurtosis, rules.kurtosis, False, "excess kurtosis", rules
            ),
            MissingBids(rules),
        ]
