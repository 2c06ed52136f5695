"""An award that grows bid by bid, with the room that every rule leaves for the next one.

The rules that only more can break (demand, capacity, caps in units, greatest number of suppliers,
set-asides of demanded, depots, budget, exclusive bids) are kept at every step. Those that only the
whole award can meet (fewest suppliers, shares of awarded, required bids) are told by `short`.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from procurement.rules.allocation.facts import AWARDED, DEMANDED, OwnerCap, Reserve, Tenderer
from procurement.rules.allocation.reckoning import ZERO, Book


@dataclass(frozen=True, slots=True)
class Limit:
    """How many quanta (of a package: 0 or 1) a rule still allows, and which rule it is."""

    rule: str
    name: str
    room: int


@dataclass(frozen=True, slots=True)
class Short:
    """A rule that is not met, the bids to withdraw from, and by how many units (None: wholly)."""

    rule: str
    name: str
    bids: list[str]
    excess: Fraction | None


class Standing:
    """The running totals of an award. `award` maps bids to what is taken of them."""

    def __init__(self, book: Book, *, final: bool = False) -> None:
        """`final`: shares of awarded are of what is awarded now, not of what might still be."""
        self.book, self.final = book, final
        self.award: dict[str, int] = {}
        self.by_lot: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        self.of_lot: dict[str, Fraction] = defaultdict(Fraction)
        self.suppliers: dict[str, set[str]] = defaultdict(set)
        self.owned: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        self.outside: dict[str, Fraction] = defaultdict(Fraction)
        self.of_tenderer: dict[str, Fraction] = defaultdict(Fraction)
        self.got: dict[OwnerCap | Reserve, Fraction] = defaultdict(Fraction)
        self._policies_of = {lot: _about(book, lot) for lot in book.lots}
        self._demand: dict[OwnerCap | Reserve, Fraction] = defaultdict(Fraction)
        for lot in book.case.lots:
            for rule in self._policies_of[lot.lot]:
                self._demand[rule] += lot.demand
        self.paid = ZERO
        self._weeks = {
            (depot.depot, week.week): week for depot in book.case.depots for week in depot.weeks
        }
        self._at = _lots_at(book)

    def take(self, name: str, taken: int) -> None:
        """Add a bid to the award."""
        self.award[name] = taken
        self._count(name, taken, 1)

    def drop(self, name: str) -> int:
        """Take a bid out of the award; what had been taken of it."""
        taken = self.award.pop(name)
        self._count(name, taken, -1)
        return taken

    def _count(self, name: str, taken: int, sign: int) -> None:
        offer = self.book.offers[name]
        owners = self.book.tenderers[offer.tenderer].owners
        for lot, quantity in self.book.quantities(name, taken).items():
            change = sign * quantity
            self.by_lot[lot, offer.tenderer] += change
            self.of_lot[lot] += change
            self.of_tenderer[offer.tenderer] += change
            for rule in self._policies_of[lot]:
                self.got[rule] += change
            supplies = self.by_lot[lot, offer.tenderer] > 0
            (self.suppliers[lot].add if supplies else self.suppliers[lot].discard)(offer.tenderer)
            for cap in self.book.case.owner_caps:
                for owner in owners if covers(cap, lot) else ():
                    self.owned[cap.cap, owner] += change
            for reserve in self.book.case.reserves:
                if covers(reserve, lot) and not self._inside(reserve, offer.tenderer):
                    self.outside[reserve.reserve] += change
        self.paid += sign * self.book.cost(name, taken).paid

    def _inside(self, reserve: Reserve, tenderer: str) -> bool:
        return reserve.group in self.book.tenderers[tenderer].groups

    # Room

    def tightest(self, name: str) -> Limit:
        """The rule that leaves the least room for a bid that is not taken."""
        return min(self.limits(name), key=lambda limit: limit.room)

    def limits(self, name: str) -> Iterator[Limit]:
        """Every rule's room for a bid that is not taken, the bid's own terms first."""
        offer = self.book.offers[name]
        yield Limit("terms", name, self.book.most(name))
        unit = self.book.quantities(name, 1)
        for lot, quantity in unit.items():
            left = self.book.lots[lot].demand - self.of_lot[lot]
            yield Limit("demand", lot, _fits(left, quantity))
            yield from self._suppliers(lot, offer.tenderer)
        yield from self._tenderer(offer.tenderer, unit)
        yield from self._policies(offer.tenderer, unit)
        yield from self._depots(offer.tenderer, unit)
        yield from self._partners(name)
        yield from self._budget(name)

    def _suppliers(self, lot: str, tenderer: str) -> Iterator[Limit]:
        most = self.book.lots[lot].maximum_suppliers
        already = self.suppliers[lot]
        if most is not None and tenderer not in already and len(already) >= most:
            yield Limit("maximum_suppliers", lot, 0)

    def _tenderer(self, tenderer: str, unit: dict[str, Fraction]) -> Iterator[Limit]:
        capacity = self.book.tenderers[tenderer].capacity
        if capacity is not None:
            left = capacity - self.of_tenderer[tenderer]
            yield Limit("capacity", tenderer, _fits(left, sum(unit.values(), ZERO)))

    def _policies(self, tenderer: str, unit: dict[str, Fraction]) -> Iterator[Limit]:
        for cap in self.book.case.owner_caps:
            more = _covered(cap, unit) * self._weight(cap, cap.share)
            for owner in self.book.tenderers[tenderer].owners if more else ():
                room = self.cap_limit(cap) - self.owned[cap.cap, owner]
                yield Limit("owner_cap", cap.cap, _fits(room, more))
        for reserve in self.book.case.reserves:
            more = _covered(reserve, unit) * self._weight(reserve, 1 - reserve.share)
            if more and not self._inside(reserve, tenderer) and self._bounds(reserve):
                room = self.others_limit(reserve) - self.outside[reserve.reserve]
                yield Limit("reserve", reserve.reserve, _fits(room, more))

    def _weight(self, rule: OwnerCap | Reserve, share: Fraction | None) -> Fraction:
        """How much of the room one more unit uses: it also adds to what is awarded in all."""
        grows = self.final and rule.of == AWARDED
        return 1 - share if grows and share is not None else Fraction(1)

    def cap_limit(self, cap: OwnerCap) -> Fraction:
        """The units that a cap allows one owner."""
        if cap.quantity is not None:
            return cap.quantity
        return (cap.share or ZERO) * self._whole(cap)

    def others_limit(self, reserve: Reserve) -> Fraction:
        """The units that a reserve leaves to those outside its group."""
        return (1 - reserve.share) * self._whole(reserve)

    def _bounds(self, reserve: Reserve) -> bool:
        return self.final or reserve.of == DEMANDED

    def _whole(self, rule: OwnerCap | Reserve) -> Fraction:
        """What a share is a share of; while an award grows, all may still be awarded."""
        return self.awarded(rule) if self.final and rule.of == AWARDED else self.demand(rule)

    def demand(self, rule: OwnerCap | Reserve) -> Fraction:
        """The units demanded of the lots that a policy is about."""
        return self._demand[rule]

    def _depots(self, tenderer: str, unit: dict[str, Fraction]) -> Iterator[Limit]:
        more: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        new: dict[tuple[str, str], int] = defaultdict(int)
        for lot, quantity in unit.items():
            for week in self.book.lots[lot].deliveries:
                at = self.book.lots[lot].depot or "", week.week
                more[at] += week.share * quantity
                new[at] += tenderer not in self.suppliers[lot]
        for at in more:
            if at in self._weeks:
                yield from self._week(at, more[at], new[at])

    def _week(self, at: tuple[str, str], more: Fraction, new: int) -> Iterator[Limit]:
        limit, name = self._weeks[at], " ".join(at)
        lots = self._at[at]
        if limit.quantity is not None:
            used = sum((share * self.of_lot[lot] for lot, share in lots), ZERO)
            yield Limit("depot_quantity", name, _fits(limit.quantity - used, more))
        if limit.deliveries is not None and new:
            used_up = sum(len(self.suppliers[lot]) for lot, _ in lots)
            if used_up + new > limit.deliveries:
                yield Limit("depot_deliveries", name, 0)

    def _partners(self, name: str) -> Iterator[Limit]:
        offer = self.book.offers[name]
        for other in self.award if offer.exclusive is not None else ():
            rival = self.book.offers[other]
            same = rival.exclusive == offer.exclusive and rival.tenderer == offer.tenderer
            if same and other != name:
                yield Limit("exclusive", other, 0)
        if name in self.book.packages:
            for needed in self.book.packages[name].requires:
                if needed not in self.award:
                    yield Limit("requires", needed, 0)

    def _budget(self, name: str) -> Iterator[Limit]:
        budget = self.book.case.budget
        if budget is None:
            return
        left = budget - self.paid
        if name in self.book.packages:
            yield Limit("budget", "", int(self.book.cost(name, 1).paid <= left))
            return
        yield Limit("budget", "", self.affordable(name, self.book.most(name)))

    def affordable(self, name: str, room: int) -> int:
        """The most up to `room` that the budget still pays; 0: nothing.

        More can cost less where a discount holds for all units, so each tier is tried by itself.
        """
        if self.book.case.budget is None or name in self.book.packages:
            return room
        left, most = self.book.case.budget - self.paid, 0
        for within in self.book.ranges[name]:
            highest = min(within.highest, room)
            if within.lowest <= highest:
                most = max(most, self._affordable(name, within.lowest, highest, left))
        return most

    def _affordable(self, name: str, lowest: int, highest: int, left: Fraction) -> int:
        if self.book.cost(name, lowest).paid > left:
            return 0
        while lowest < highest:
            middle = (lowest + highest + 1) // 2
            if self.book.cost(name, middle).paid <= left:
                lowest = middle
            else:
                highest = middle - 1
        return lowest

    # What only the whole award can meet

    def short(self) -> Iterator[Short]:
        """Each rule that the award as a whole does not meet, and the bids that stand in its way."""
        for name in self.award:
            for needed in self.book.packages[name].requires if name in self.book.packages else ():
                if needed not in self.award:
                    yield Short("requires", needed, [name], None)
        for lot in self.book.case.lots:
            if 0 < len(self.suppliers[lot.lot]) < lot.minimum_suppliers:
                yield Short("minimum_suppliers", lot.lot, self._supplying({lot.lot}), None)
        for cap in self.book.case.owner_caps:
            yield from self._over(cap)
        for reserve in self.book.case.reserves:
            yield from self._below(reserve)

    def _over(self, cap: OwnerCap) -> Iterator[Short]:
        if cap.of != AWARDED or cap.share is None or cap.share == 1:
            return
        most = cap.share * self.awarded(cap)
        for (name, owner), owned in sorted(self.owned.items()):
            if name == cap.cap and owned > most:
                names = self._supplying(self._lots(cap))
                theirs = [n for n in names if owner in self._seller(n).owners]
                yield Short("owner_cap", cap.cap, theirs, (owned - most) / (1 - cap.share))

    def _below(self, reserve: Reserve) -> Iterator[Short]:
        most = (1 - reserve.share) * self.awarded(reserve)
        excess = self.outside[reserve.reserve] - most
        if reserve.of == AWARDED and excess > 0:
            names = self._supplying(self._lots(reserve))
            others = [n for n in names if reserve.group not in self._seller(n).groups]
            yield Short("reserve", reserve.reserve, others, excess / reserve.share)

    def _lots(self, rule: OwnerCap | Reserve) -> set[str]:
        return {lot for lot in self.book.lots if covers(rule, lot)}

    def awarded(self, rule: OwnerCap | Reserve) -> Fraction:
        """The units awarded of the lots that a policy is about."""
        return self.got[rule]

    def _supplying(self, lots: set[str]) -> list[str]:
        return [n for n in self.award if lots & set(self.book.quantities(n, 1))]

    def _seller(self, name: str) -> Tenderer:
        return self.book.tenderers[self.book.offers[name].tenderer]


def _about(book: Book, lot: str) -> list[OwnerCap | Reserve]:
    rules: list[OwnerCap | Reserve] = [*book.case.owner_caps, *book.case.reserves]
    return [rule for rule in rules if covers(rule, lot)]


def covers(rule: OwnerCap | Reserve, lot: str) -> bool:
    """Whether a policy is about this lot."""
    return rule.lots is None or lot in rule.lots


def _covered(rule: OwnerCap | Reserve, unit: dict[str, Fraction]) -> Fraction:
    return sum((quantity for lot, quantity in unit.items() if covers(rule, lot)), ZERO)


def _fits(room: Fraction, each: Fraction) -> int:
    return max(0, floor(room / each))


def _lots_at(book: Book) -> dict[tuple[str, str], list[tuple[str, Fraction]]]:
    found: dict[tuple[str, str], list[tuple[str, Fraction]]] = defaultdict(list)
    for lot in book.case.lots:
        for week in lot.deliveries:
            found[lot.depot or "", week.week].append((lot.lot, week.share))
    return found
