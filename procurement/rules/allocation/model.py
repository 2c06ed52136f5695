"""The programme of a case: every rule of the published terms as rows over whole columns.

One column for the quanta in each price range of a simple bid, one yes-or-no for each package, and
yes-or-no columns only where a rule needs to know *whether* something is awarded. The unmet quanta
of a lot are a column as well, so that every case has an award that keeps all rows: none at all.
"""

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction

from procurement.rules.allocation.facts import AWARDED, Bid, Case, Lot, OwnerCap, Reserve
from procurement.rules.allocation.program import Program, Row, row, scaling
from procurement.rules.allocation.reckoning import ZERO, Award, Book, Range

Sum = dict[int, Fraction]
ONE = Fraction(1)


class Model:
    """The columns and rows of a case. `quanta` and `taken` of each bid are sums over columns."""

    def __init__(self, case: Case) -> None:
        self.book = Book(case)
        self.case = case
        self.lower: list[int] = []
        self.upper: list[int] = []
        self.cost: list[Fraction] = []
        self.rows: list[Row] = []
        self.base = {lot.lot: _base(self.book, lot) for lot in case.lots}
        self.quanta: dict[str, Sum] = {}
        self.taken: dict[str, Sum] = {}
        self.unmet: dict[str, int] = {}
        # tenderer -> lot -> the units that it is awarded, over columns
        self.in_lot: dict[str, dict[str, Sum]] = defaultdict(lambda: defaultdict(dict))
        self.suppliers: dict[tuple[str, str], int] = {}
        self.paid: Sum = {}
        # yes-or-no columns that are 1 where one of some others is
        self.follows: list[tuple[int, list[int]]] = []
        self.sellers = _sellers(self.book)
        self._counted = {lot.lot for lot in case.lots if _counts(case, lot)}
        self._required = {name for package in case.packages for name in package.requires}
        self._build()

    def program(self) -> Program:
        """The whole programme, its costs in whole granules."""
        constant = sum((lot.demand * self.base[lot.lot] for lot in self.case.lots), ZERO)
        scale, divisor = scaling(self.cost)
        factor = Fraction(scale, divisor)
        costs = tuple(int(c * factor) for c in self.cost)
        rows = tuple(self.rows)
        return Program(tuple(self.lower), tuple(self.upper), costs, rows, constant, 1 / factor)

    def award(self, values: tuple[int, ...]) -> Award:
        """The award that the columns' values mean."""
        read = {name: sum(values[c] for c in columns) for name, columns in self.quanta.items()}
        return {name: taken for name, taken in read.items() if taken}

    def values(self, award: Award) -> tuple[int, ...]:
        """The columns' values that mean the award."""
        values = [0] * len(self.cost)
        for name, taken in award.items():
            self._place(values, name, taken)
        for lot, quantity in self.book.unmet(award).items():
            values[self.unmet[lot]] = int(quantity / self.book.lots[lot].quantum)
        for column, sources in self.follows:
            values[column] = int(any(values[source] for source in sources))
        return tuple(values)

    def _place(self, values: list[int], name: str, taken: int) -> None:
        number = 0
        if name in self.book.bids:
            within = self.book.ranges[name]
            number = next(n for n, r in enumerate(within) if r.lowest <= taken <= r.highest)
        values[list(self.quanta[name])[number]] = taken
        if self.taken[name]:
            values[list(self.taken[name])[number]] = 1

    # Columns

    def column(self, upper: int, cost: Fraction = ZERO) -> int:
        """A new whole column from 0 to `upper`; its number."""
        self.lower.append(0)
        self.upper.append(upper)
        self.cost.append(cost)
        return len(self.cost) - 1

    def add(
        self, terms: Sum, lower: Fraction | int | None = None, upper: Fraction | int | None = None
    ) -> None:
        """A new row, if it says anything."""
        made = row(terms, lower, upper)
        if made.terms:
            self.rows.append(made)

    def _build(self) -> None:
        for bid in self.case.bids:
            self._bid(bid)
        self._packages()
        for lot in self.case.lots:
            self._lot(lot)
        self._capacities()
        self._exclusive()
        for cap in self.case.owner_caps:
            self._cap(cap)
        for reserve in self.case.reserves:
            self._reserve(reserve)
        self._depots()
        if self.case.budget is not None:
            self.add(self.paid, upper=self.case.budget)

    def _bid(self, bid: Bid) -> None:
        ranges = self.book.ranges[bid.bid]
        self.quanta[bid.bid], self.taken[bid.bid] = {}, {}
        for within in ranges:
            self._range(bid, within, whether=len(ranges) > 1 or self._asks_whether(bid, within))
        if len(ranges) > 1:
            self.add(self.taken[bid.bid], upper=1)

    def _asks_whether(self, bid: Bid, within: Range) -> bool:
        return bool(
            within.lowest > 1
            or within.fixed
            or bid.exclusive
            or bid.bid in self._required
            or bid.lot in self._counted
        )

    def _range(self, bid: Bid, within: Range, *, whether: bool) -> None:
        quantum = self.book.lots[bid.lot].quantum
        unit = within.unit_price + bid.transport + bid.quality - self.base[bid.lot]
        quanta = self.column(within.highest, unit * quantum)
        self.quanta[bid.bid][quanta] = ONE
        self.in_lot[bid.tenderer][bid.lot][quanta] = quantum
        self.paid[quanta] = (within.unit_price + bid.transport) * quantum
        if whether:
            yes = self.column(1, within.fixed)
            self.taken[bid.bid][yes] = ONE
            self.paid[yes] = within.fixed
            self.add({quanta: ONE, yes: Fraction(-within.highest)}, upper=0)
            self.add({quanta: ONE, yes: Fraction(-within.lowest)}, lower=0)

    def _packages(self) -> None:
        for package in self.case.packages:
            cost = self.book.cost(package.bid, 1)
            inside = sum(line.quantity * self.base[line.lot] for line in package.lines)
            yes = self.column(self.book.most(package.bid), cost.total - inside)
            self.quanta[package.bid] = self.taken[package.bid] = {yes: ONE}
            self.paid[yes] = cost.paid
            for line in package.lines:
                self.in_lot[package.tenderer][line.lot][yes] = line.quantity
        for package in self.case.packages:
            for needed in package.requires:
                minus = dict.fromkeys(self.taken[needed], -ONE)
                self.add({**minus, **self.taken[package.bid]}, upper=0)

    # Rows

    def awarded(self, lots: tuple[str, ...] | None, among: Iterable[str]) -> Sum:
        """The units that these tenderers are awarded of some lots (None: of all)."""
        total: Sum = defaultdict(Fraction)
        for tenderer in among:
            for lot, units in self.in_lot.get(tenderer, {}).items():
                if lots is None or lot in lots:
                    for column, quantity in units.items():
                        total[column] += quantity
        return total

    def left(self, lots: tuple[str, ...] | None, share: Fraction) -> Sum:
        """That share of the units of some lots that stay unmet."""
        chosen = (lot for lot in self.case.lots if lots is None or lot.lot in lots)
        return {self.unmet[lot.lot]: share * lot.quantum for lot in chosen}

    def _lot(self, lot: Lot) -> None:
        penalty = (lot.unmet_penalty - self.base[lot.lot]) * lot.quantum
        self.unmet[lot.lot] = self.column(int(lot.demand / lot.quantum), penalty)
        units = self.awarded((lot.lot,), self.sellers[lot.lot])
        self.add({**units, **self.left((lot.lot,), ONE)}, lower=lot.demand, upper=lot.demand)
        if lot.lot in self._counted:
            self._count_suppliers(lot)

    def _count_suppliers(self, lot: Lot) -> None:
        supplying = {self.supplier(seller, lot.lot): ONE for seller in self.sellers[lot.lot]}
        if lot.maximum_suppliers is not None:
            self.add(supplying, upper=lot.maximum_suppliers)
        if lot.minimum_suppliers > 1 and supplying:
            any_at_all = self.column(1)
            self.follows.append((any_at_all, list(supplying)))
            self.add({**supplying, any_at_all: -Fraction(lot.minimum_suppliers)}, lower=0)
            for column in supplying:
                self.add({column: ONE, any_at_all: -ONE}, upper=0)

    def supplier(self, tenderer: str, lot: str) -> int:
        """The yes-or-no column that says whether the tenderer supplies the lot."""
        key = tenderer, lot
        if key not in self.suppliers:
            self.suppliers[key] = self.whether([self.taken[n] for n in self.sellers[lot][tenderer]])
        return self.suppliers[key]

    def whether(self, sources: list[Sum]) -> int:
        """A yes-or-no column that is 1 exactly where one of the yes-or-no sums is."""
        if len(sources) == 1 and len(sources[0]) == 1:
            return next(iter(sources[0]))
        yes, together = self.column(1), {column: ONE for s in sources for column in s}
        self.follows.append((yes, list(together)))
        for source in sources:
            self.add({**source, yes: -ONE}, upper=0)
        self.add({**together, yes: -ONE}, lower=0)
        return yes

    def _capacities(self) -> None:
        for tenderer in self.case.tenderers:
            if tenderer.capacity is not None:
                self.add(self.awarded(None, (tenderer.tenderer,)), upper=tenderer.capacity)

    def _exclusive(self) -> None:
        groups: dict[tuple[str, str], Sum] = defaultdict(dict)
        for name, offer in self.book.offers.items():
            if offer.exclusive is not None:
                groups[offer.tenderer, offer.exclusive].update(self.taken[name])
        for together in groups.values():
            self.add(together, upper=1)

    def _cap(self, cap: OwnerCap) -> None:
        for members in by_owner(self.case).values():
            own = self.awarded(cap.lots, members)
            if not own:
                continue
            if cap.share is None:
                self.add(own, upper=cap.quantity)
            elif cap.of == AWARDED:
                self.add({**own, **self.left(cap.lots, cap.share)}, upper=self._part(cap))
            else:
                self.add(own, upper=self._part(cap))

    def _reserve(self, reserve: Reserve) -> None:
        members = {t.tenderer for t in self.case.tenderers if reserve.group in t.groups}
        if reserve.of == AWARDED:
            own = self.awarded(reserve.lots, sorted(members))
            left = self.left(reserve.lots, reserve.share)
            self.add({**own, **left}, lower=self._part(reserve))
            return
        others = [t.tenderer for t in self.case.tenderers if t.tenderer not in members]
        most = self._demand(reserve.lots) - self._part(reserve)
        self.add(self.awarded(reserve.lots, others), upper=most)

    def _part(self, rule: OwnerCap | Reserve) -> Fraction:
        return (rule.share or ZERO) * self._demand(rule.lots)

    def _demand(self, lots: tuple[str, ...] | None) -> Fraction:
        chosen = (lot for lot in self.case.lots if lots is None or lot.lot in lots)
        return sum((lot.demand for lot in chosen), ZERO)

    def _depots(self) -> None:
        for depot in self.case.depots:
            for week in depot.weeks:
                lots = [lot for lot in self.case.lots if lot.depot == depot.depot]
                self._depot_week(lots, week.week, week.quantity, week.deliveries)

    def _depot_week(
        self, lots: list[Lot], week: str, quantity: Fraction | None, deliveries: int | None
    ) -> None:
        arriving: Sum = {}
        coming: Sum = {}
        for lot in lots:
            share = sum((d.share for d in lot.deliveries if d.week == week), ZERO)
            if share:
                units = self.awarded((lot.lot,), self.sellers[lot.lot])
                arriving = _plus(arriving, units, share)
            if share and deliveries is not None:
                for seller in self.sellers[lot.lot]:
                    coming = _plus(coming, {self.supplier(seller, lot.lot): ONE}, ONE)
        if quantity is not None:
            self.add(arriving, upper=quantity)
        if deliveries is not None:
            self.add(coming, upper=deliveries)


def _base(book: Book, lot: Lot) -> Fraction:
    """The cheapest unit cost of a lot: taken off all of them, it keeps the numbers small.

    Every demanded unit is either awarded or unmet, so this changes the cost by a constant.
    """
    units = [
        within.unit_price + bid.transport + bid.quality
        for bid in book.case.bids
        if bid.lot == lot.lot
        for within in book.ranges[bid.bid]
    ]
    for package in book.case.packages:
        if any(line.lot == lot.lot for line in package.lines):
            quantity = sum((line.quantity for line in package.lines), ZERO)
            units.append(Fraction(book.cost(package.bid, 1).total // quantity))
    return min([*units, lot.unmet_penalty])


def _counts(case: Case, lot: Lot) -> bool:
    """Whether a rule counts the suppliers of the lot."""
    weeks = {delivery.week for delivery in lot.deliveries}
    return (
        lot.maximum_suppliers is not None
        or lot.minimum_suppliers > 1
        or any(
            week.week in weeks and week.deliveries is not None
            for depot in case.depots
            if depot.depot == lot.depot
            for week in depot.weeks
        )
    )


def by_owner(case: Case) -> dict[str, list[str]]:
    """The tenderers behind which each beneficial owner stands."""
    found: dict[str, list[str]] = defaultdict(list)
    for tenderer in case.tenderers:
        for owner in tenderer.owners:
            found[owner].append(tenderer.tenderer)
    return found


def _sellers(book: Book) -> dict[str, dict[str, list[str]]]:
    """For each lot the tenderers that could supply it, with their bids on it."""
    found: dict[str, dict[str, list[str]]] = {lot: defaultdict(list) for lot in book.lots}
    for name, offer in book.offers.items():
        for lot in book.quantities(name, 1) if book.most(name) else ():
            found[lot][offer.tenderer].append(name)
    return found


def _plus(one: Sum, other: Sum, factor: Fraction) -> Sum:
    total: Sum = defaultdict(Fraction, one)
    for column, quantity in other.items():
        total[column] += factor * quantity
    return total
