"""What an award costs, exactly: quanta in, money out.

An award is a mapping from the name of a bid to what is taken of it: quanta of a simple bid, 1 for
a package; a bid that is not taken is not in it. The checker does not use this module: it reckons
by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from procurement.rules.allocation.facts import ALL_UNITS, Bid, Case, Lot, Package, Tenderer

Award = Mapping[str, int]
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Range:
    """A run of quanta in which the price is `fixed` + `unit_price` for each unit."""

    lowest: int
    highest: int
    unit_price: Fraction
    fixed: Fraction


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one taken bid in its parts."""

    price: Fraction
    transport: Fraction
    quality: Fraction

    @property
    def total(self) -> Fraction:
        return self.price + self.transport + self.quality

    @property
    def paid(self) -> Fraction:
        """What the budget has to cover: a quality adjustment only compares, nobody pays it."""
        return self.price + self.transport


class Book:
    """The facts of a case by their names, and the bids in the order of their submission."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.lots: dict[str, Lot] = {lot.lot: lot for lot in case.lots}
        self.tenderers: dict[str, Tenderer] = {t.tenderer: t for t in case.tenderers}
        self.bids: dict[str, Bid] = {bid.bid: bid for bid in case.bids}
        self.packages: dict[str, Package] = {p.bid: p for p in case.packages}
        given: list[Bid | Package] = [*case.bids, *case.packages]
        offers = sorted(given, key=lambda b: (b.submitted_at, b.bid))
        self.offers: dict[str, Bid | Package] = {offer.bid: offer for offer in offers}
        self.ranges = {bid.bid: ranges(bid, self.lots[bid.lot]) for bid in case.bids}

    def most(self, name: str) -> int:
        """The most that can be taken of a bid by its own terms and the demand; 0: nothing."""
        if name in self.bids:
            return max((r.highest for r in self.ranges[name]), default=0)
        lines = self.packages[name].lines
        return int(all(line.quantity <= self.lots[line.lot].demand for line in lines))

    def least(self, name: str) -> int:
        """The least that can be taken of a bid, if any."""
        if name in self.bids:
            return min((r.lowest for r in self.ranges[name]), default=1)
        return 1

    def quantities(self, name: str, taken: int) -> dict[str, Fraction]:
        """The quantity of each lot that so much of a bid supplies."""
        if name in self.bids:
            lot = self.lots[self.bids[name].lot]
            return {lot.lot: taken * lot.quantum}
        return {line.lot: line.quantity for line in self.packages[name].lines}

    def cost(self, name: str, taken: int) -> Cost:
        """What so much of a bid costs. `taken` must be possible by the bid's own terms."""
        if name in self.packages:
            package = self.packages[name]
            return Cost(package.price, package.transport, package.quality)
        bid = self.bids[name]
        units = taken * self.lots[bid.lot].quantum
        within = next(r for r in self.ranges[name] if r.lowest <= taken <= r.highest)
        price = within.fixed + within.unit_price * units
        return Cost(price, bid.transport * units, bid.quality * units)

    def unmet(self, award: Award) -> dict[str, Fraction]:
        """The demand of each lot that the award leaves unmet."""
        left = {lot.lot: lot.demand for lot in self.case.lots}
        for name, taken in award.items():
            for lot, quantity in self.quantities(name, taken).items():
                left[lot] -= quantity
        return left

    def total(self, award: Award) -> Fraction:
        """The cost of an award: its bids, and the penalty for what stays unmet."""
        unmet = self.unmet(award)
        penalty = sum((q * self.lots[lot].unmet_penalty for lot, q in unmet.items()), ZERO)
        return penalty + sum((self.cost(n, t).total for n, t in award.items()), ZERO)


def ranges(bid: Bid, lot: Lot) -> tuple[Range, ...]:
    """The quanta that may be taken of a simple bid, tier by tier; none where nothing fits."""
    lowest = max(1, ceil(bid.minimum / lot.quantum))
    highest = floor(min(bid.maximum, lot.demand) / lot.quantum)
    found, before = [], ZERO
    for index, tier in enumerate(bid.tiers):
        start = max(lowest, ceil(tier.starts_at / lot.quantum))
        end, upper = highest, None
        if index + 1 < len(bid.tiers):
            upper = bid.tiers[index + 1].starts_at
            end = min(highest, ceil(upper / lot.quantum) - 1)
        fixed = ZERO if bid.discount == ALL_UNITS else before - tier.unit_price * tier.starts_at
        if start <= end:
            found.append(Range(start, end, tier.unit_price, fixed))
        if upper is not None:
            before += tier.unit_price * (upper - tier.starts_at)
    return tuple(found)
