"""The checker's own reckoning: does an award keep every rule, and what does it cost?

Written apart from the model builder and the engine, from the facts alone and as literally as
possible, so that a fault of theirs cannot hide here. An award is a mapping from the name of a bid
to the quantity of each lot that is taken of it. Only the standard library is needed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction

from procurement.rules.allocation.facts import (
    ALL_UNITS,
    AWARDED,
    Bid,
    Case,
    OwnerCap,
    Package,
    Reserve,
)

Supplied = Mapping[str, Mapping[str, Fraction]]
NONE = Fraction(0)


class Books:
    """The totals of an award."""

    def __init__(self, case: Case, supplied: Supplied) -> None:
        self.case, self.supplied = case, supplied
        self.bids = {bid.bid: bid for bid in case.bids}
        self.packages = {package.bid: package for package in case.packages}
        self.seller = {bid.bid: bid.tenderer for bid in case.bids}
        self.seller |= {package.bid: package.tenderer for package in case.packages}
        self._behind: dict[str, set[str]] = defaultdict(set)
        for tenderer in case.tenderers:
            for owner in tenderer.owners:
                self._behind[owner].add(tenderer.tenderer)
        self._demand = {lot.lot: lot.demand for lot in case.lots}
        self.of_lot: dict[str, Fraction] = defaultdict(Fraction)
        self.cell: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for bid, lots in supplied.items():
            for lot, quantity in lots.items():
                self.of_lot[lot] += quantity
                self.cell[self.seller[bid], lot] += quantity
        # Each tenderer's own cells, so that a rule about few tenderers does not walk through all.
        self.own: dict[str, dict[str, Fraction]] = defaultdict(dict)
        self.sellers: dict[str, set[str]] = defaultdict(set)
        for (seller, lot), quantity in self.cell.items():
            self.own[seller][lot] = quantity
            if quantity > 0:
                self.sellers[lot].add(seller)

    def parts(self, name: str) -> tuple[Fraction, Fraction, Fraction]:
        """Price, transport and quality adjustment of what is taken of one bid."""
        if name in self.packages:
            package = self.packages[name]
            return package.price, package.transport, package.quality
        bid = self.bids[name]
        quantity = self.supplied[name][bid.lot]
        return price(bid, quantity), bid.transport * quantity, bid.quality * quantity

    def unmet(self, lot: str) -> Fraction:
        return self._demand[lot] - self.of_lot[lot]

    def paid(self) -> Fraction:
        return sum((sum(self.parts(name)[:2], NONE) for name in self.supplied), NONE)

    def cost(self) -> Fraction:
        bids = sum((sum(self.parts(name), NONE) for name in self.supplied), NONE)
        unmet = ((lot.demand - self.of_lot[lot.lot]) * lot.unmet_penalty for lot in self.case.lots)
        return bids + sum(unmet, NONE)

    def of_lots(self, lots: tuple[str, ...] | None, tenderers: set[str]) -> Fraction:
        """What these tenderers supply of these lots (None: of all)."""
        return sum(
            (
                quantity
                for tenderer in tenderers & self.own.keys()
                for lot, quantity in self.own[tenderer].items()
                if lots is None or lot in lots
            ),
            NONE,
        )

    def everybody(self) -> set[str]:
        return {tenderer.tenderer for tenderer in self.case.tenderers}

    def behind(self, owner: str) -> set[str]:
        return self._behind[owner]

    def owners(self) -> list[str]:
        return sorted(self._behind)

    def outsiders(self, reserve: Reserve) -> set[str]:
        return {t.tenderer for t in self.case.tenderers if reserve.group not in t.groups}

    def whole(self, rule: OwnerCap | Reserve) -> Fraction:
        """That of which a rule's share is taken."""
        if rule.of == AWARDED:
            return self.of_lots(rule.lots, self.everybody())
        lots = (lot for lot in self.case.lots if rule.lots is None or lot.lot in rule.lots)
        return sum((lot.demand for lot in lots), NONE)

    def cap_limit(self, cap: OwnerCap) -> Fraction:
        if cap.quantity is not None:
            return cap.quantity
        return self.whole(cap) * (cap.share or NONE)

    def others_limit(self, reserve: Reserve) -> Fraction:
        return self.whole(reserve) * (1 - reserve.share)

    def arriving(self, depot: str, week: str) -> tuple[Fraction, int]:
        """The quantity and the number of deliveries that a depot receives in a week."""
        quantity, deliveries = NONE, 0
        for lot in self.case.lots:
            for delivery in lot.deliveries:
                if lot.depot == depot and delivery.week == week:
                    quantity += delivery.share * self.of_lot[lot.lot]
                    deliveries += len(self.sellers[lot.lot])
        return quantity, deliveries


def price(bid: Bid, quantity: Fraction) -> Fraction:
    """The price of a quantity by the bid's tiers."""
    reached = [tier for tier in bid.tiers if tier.starts_at <= quantity]
    if bid.discount == ALL_UNITS:
        return quantity * reached[-1].unit_price
    total = NONE
    for number, tier in enumerate(reached):
        ends = reached[number + 1].starts_at if number + 1 < len(reached) else quantity
        total += (ends - tier.starts_at) * tier.unit_price
    return total


def form_faults(case: Case, supplied: Supplied) -> Iterator[str]:
    """What is wrong with the award bid by bid; nothing else can be reckoned before it is mended."""
    bids = {bid.bid: bid for bid in case.bids}
    packages = {package.bid: package for package in case.packages}
    quanta = {lot.lot: lot.quantum for lot in case.lots}
    for name, lots in supplied.items():
        if name in packages:
            if dict(lots) != {line.lot: line.quantity for line in packages[name].lines}:
                yield f"package {name} is not taken as it was offered"
        elif name not in bids:
            yield f"there is no bid {name}"
        elif set(lots) != {bids[name].lot}:
            yield f"bid {name} is not for this lot"
        else:
            quantity = lots[bids[name].lot]
            if not bids[name].minimum <= quantity <= bids[name].maximum or quantity <= 0:
                yield f"bid {name} does not offer this quantity"
            if (quantity / quanta[bids[name].lot]).denominator != 1:
                yield f"bid {name} is not taken in whole quanta"


def rule_faults(books: Books) -> Iterator[str]:
    """Every published rule that the award breaks."""
    yield from _lot_faults(books)
    yield from _tenderer_faults(books)
    yield from _partner_faults(books)
    yield from _policy_faults(books)
    yield from _depot_faults(books)
    if books.case.budget is not None and books.paid() > books.case.budget:
        yield "the budget is exceeded"


def _lot_faults(books: Books) -> Iterator[str]:
    for lot in books.case.lots:
        suppliers = len(books.sellers[lot.lot])
        if books.of_lot[lot.lot] > lot.demand:
            yield f"lot {lot.lot}: more is awarded than demanded"
        if 0 < suppliers < lot.minimum_suppliers:
            yield f"lot {lot.lot}: too few suppliers"
        if lot.maximum_suppliers is not None and suppliers > lot.maximum_suppliers:
            yield f"lot {lot.lot}: too many suppliers"


def _tenderer_faults(books: Books) -> Iterator[str]:
    for tenderer in books.case.tenderers:
        total = books.of_lots(None, {tenderer.tenderer})
        if tenderer.capacity is not None and total > tenderer.capacity:
            yield f"tenderer {tenderer.tenderer}: its capacity is exceeded"


def _partner_faults(books: Books) -> Iterator[str]:
    groups = set()
    offers: list[Bid | Package] = [*books.case.bids, *books.case.packages]
    for offer in offers:
        if offer.bid in books.supplied and offer.exclusive is not None:
            group = offer.tenderer, offer.exclusive
            if group in groups:
                yield f"bid {offer.bid}: another of its exclusive group is taken"
            groups.add(group)
    for package in books.case.packages:
        if package.bid in books.supplied:
            for name in package.requires:
                if name not in books.supplied:
                    yield f"package {package.bid}: bid {name}, which it requires, is not taken"


def _policy_faults(books: Books) -> Iterator[str]:
    for cap in books.case.owner_caps:
        limit = books.cap_limit(cap)
        for owner in books.owners():
            if books.of_lots(cap.lots, books.behind(owner)) > limit:
                yield f"owner cap {cap.cap}: {owner} gets too much"
    for reserve in books.case.reserves:
        others = books.of_lots(reserve.lots, books.outsiders(reserve))
        if others > books.others_limit(reserve):
            yield f"reserve {reserve.reserve}: those outside the group get too much"


def _depot_faults(books: Books) -> Iterator[str]:
    for depot in books.case.depots:
        for week in depot.weeks:
            quantity, deliveries = books.arriving(depot.depot, week.week)
            if week.quantity is not None and quantity > week.quantity:
                yield f"depot {depot.depot}, {week.week}: more arrives than it can receive"
            if week.deliveries is not None and deliveries > week.deliveries:
                yield f"depot {depot.depot}, {week.week}: more deliveries than it can receive"
