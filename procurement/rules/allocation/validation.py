"""What the parts of an allocation case must mean to each other before anything is chosen.

`check_case` raises InvalidCase at the first contradiction, naming the place as in the given order.
Everything left unmet is always a possible award, so a sound case always has a result.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final

from procurement.rules.allocation.facts import (
    Bid,
    Case,
    Depot,
    Lot,
    OwnerCap,
    Package,
    Reserve,
    Tenderer,
)
from procurement.rules.money import plain
from procurement.rules.reading import excerpt, refuse
from procurement.rules.validation import check_unique

# Above this the solver's tolerance could hide one quantum behind a yes-or-no variable.
MAX_QUANTA: Final = 1_000_000


def check_case(case: Case) -> None:
    """Raise InvalidCase unless every part of the case fits the others."""
    check_terms(case)
    check_unique([t.tenderer for t in case.tenderers], "tenderers", "tenderer")
    for index, tenderer in enumerate(case.tenderers):
        _check_tenderer(tenderer, f"tenderers[{index}]")
    _Offers(case).check()


def check_terms(case: Case) -> None:
    """Raise InvalidCase unless the published part of the case is sound by itself."""
    if not case.lots:
        refuse("lots", "there is nothing to award without a lot")
    check_unique([depot.depot for depot in case.depots], "depots", "depot")
    for index, depot in enumerate(case.depots):
        check_unique([week.week for week in depot.weeks], f"depots[{index}].weeks", "week")
    check_unique([lot.lot for lot in case.lots], "lots", "lot")
    for index, lot in enumerate(case.lots):
        _check_lot(lot, case.depots, f"lots[{index}]")
    _check_policies(case)


def _check_lot(lot: Lot, depots: Sequence[Depot], place: str) -> None:
    _whole_quanta(lot.demand, lot, f"{place}.demand")
    if lot.demand / lot.quantum > MAX_QUANTA:
        refuse(
            f"{place}.quantum",
            f"the demand is more than {MAX_QUANTA} quanta",
            "Declare a larger quantum, for instance a tonne in place of a kilogram.",
        )
    most = lot.maximum_suppliers
    if most is not None and most < max(1, lot.minimum_suppliers):
        refuse(f"{place}.maximum_suppliers", "is below the minimum, or nobody may supply")
    _check_deliveries(lot, depots, place)


def _check_deliveries(lot: Lot, depots: Sequence[Depot], place: str) -> None:
    if lot.depot is not None and lot.depot not in {depot.depot for depot in depots}:
        refuse(f"{place}.depot", f'there is no depot "{excerpt(lot.depot)}"')
    if not lot.deliveries:
        return
    if lot.depot is None:
        refuse(f"{place}.deliveries", "deliveries need a depot")
    check_unique([d.week for d in lot.deliveries], f"{place}.deliveries", "week")
    if sum(d.share for d in lot.deliveries) != 1:
        refuse(f"{place}.deliveries", "the shares of the weeks do not add up to 1")


def _check_policies(case: Case) -> None:
    names = {lot.lot for lot in case.lots}
    check_unique([cap.cap for cap in case.owner_caps], "owner_caps", "cap")
    for index, cap in enumerate(case.owner_caps):
        _check_cap(cap, f"owner_caps[{index}]")
        _check_lots(cap.lots, names, f"owner_caps[{index}].lots")
    check_unique([reserve.reserve for reserve in case.reserves], "reserves", "reserve")
    for index, reserve in enumerate(case.reserves):
        _check_share(reserve, f"reserves[{index}]")
        _check_lots(reserve.lots, names, f"reserves[{index}].lots")


def _check_cap(cap: OwnerCap, place: str) -> None:
    if (cap.quantity is None) == (cap.share is None):
        refuse(place, "give either the quantity or the share, and null for the other")
    if (cap.share is None) != (cap.of is None):
        refuse(f"{place}.of", "a share is of awarded or of demanded; a quantity is of neither")
    _check_share(cap, place)


def _check_share(rule: OwnerCap | Reserve, place: str) -> None:
    if rule.share is not None and rule.share > 1:
        refuse(f"{place}.share", "is a part of one; write 0.3 for 30 %")


def _check_lots(lots: Sequence[str] | None, known: set[str], place: str) -> None:
    if lots is None:
        return
    if not lots:
        refuse(place, "names no lot; write null for all lots")
    check_unique(lots, place, "lot")
    for index, lot in enumerate(lots):
        if lot not in known:
            refuse(f"{place}[{index}]", f'there is no lot "{excerpt(lot)}"')


def _check_tenderer(tenderer: Tenderer, place: str) -> None:
    if not tenderer.owners:
        refuse(f"{place}.owners", "name who is behind the tenderer; a farmer may own herself")
    check_unique(tenderer.owners, f"{place}.owners", "owner")
    check_unique(tenderer.groups, f"{place}.groups", "group")


class _Offers:
    """The names that bids may use, against which each is checked."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.lots = {lot.lot: lot for lot in case.lots}
        self.tenderers = {t.tenderer for t in case.tenderers}
        self.owner_of = {bid.bid: bid.tenderer for bid in case.bids}
        self.owner_of |= {package.bid: package.tenderer for package in case.packages}

    def check(self) -> None:
        case = self.case
        check_unique([bid.bid for bid in case.bids], "bids", "bid")
        # Counted on from the simple bids, so that a package cannot take a simple bid's name.
        taken = {bid.bid for bid in case.bids}
        check_unique([package.bid for package in case.packages], "packages", "bid")
        check_unique([(b.lot, b.tenderer) for b in case.bids], "bids", "bid")
        for index, bid in enumerate(case.bids):
            self._check_bid(bid, f"bids[{index}]")
        for index, package in enumerate(case.packages):
            if package.bid in taken:
                refuse(f"packages[{index}].bid", f'"{excerpt(package.bid)}" is a simple bid')
            self._check_package(package, f"packages[{index}]")

    def _check_bid(self, bid: Bid, place: str) -> None:
        self._check_tenderer(bid.tenderer, place)
        self._lot(bid.lot, f"{place}.lot")
        if bid.minimum > bid.maximum:
            refuse(f"{place}.minimum", "is above the maximum")
        if not bid.tiers or bid.tiers[0].starts_at != 0:
            refuse(f"{place}.tiers", "the first tier must start at 0")
        starts = [tier.starts_at for tier in bid.tiers]
        for index, (one, next_one) in enumerate(pairwise(starts), 1):
            if one >= next_one:
                refuse(f"{place}.tiers[{index}].starts_at", "must be above that of the tier before")

    def _check_package(self, package: Package, place: str) -> None:
        self._check_tenderer(package.tenderer, place)
        if not package.lines:
            refuse(f"{place}.lines", "a package needs at least one lot")
        check_unique([line.lot for line in package.lines], f"{place}.lines", "lot")
        for index, line in enumerate(package.lines):
            lot = self._lot(line.lot, f"{place}.lines[{index}].lot")
            _whole_quanta(line.quantity, lot, f"{place}.lines[{index}].quantity")
        check_unique(package.requires, f"{place}.requires", "bid")
        for index, name in enumerate(package.requires):
            if name == package.bid or self.owner_of.get(name) != package.tenderer:
                refuse(
                    f"{place}.requires[{index}]",
                    f'"{excerpt(name)}" is not another bid of the same tenderer',
                )

    def _check_tenderer(self, name: str, place: str) -> None:
        if name not in self.tenderers:
            refuse(f"{place}.tenderer", f'there is no tenderer "{excerpt(name)}"')

    def _lot(self, name: str, place: str) -> Lot:
        if name not in self.lots:
            refuse(place, f'there is no lot "{excerpt(name)}"')
        return self.lots[name]


def _whole_quanta(quantity: Fraction, lot: Lot, place: str) -> None:
    if (quantity / lot.quantum).denominator != 1:
        quantum = plain(lot.quantum)
        refuse(place, f"is not a whole number of the lot's quanta ({quantum})", "Round it down.")
