"""The award of several lots: a pure function from a case to its result.

Cheapest first for a first award and for the explanation, the solver for the cheapest, the
tie-break among equals, the exact check of all of it, and then the report around it.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from procurement.rules.allocation import solver as engine
from procurement.rules.allocation.case import digests, in_order
from procurement.rules.allocation.check import check
from procurement.rules.allocation.facts import Case, Lot
from procurement.rules.allocation.greedy import Move, greedy
from procurement.rules.allocation.model import Model, by_owner
from procurement.rules.allocation.reasons import reasons
from procurement.rules.allocation.reckoning import ZERO, Award, Book
from procurement.rules.allocation.report import (
    cost_without,
    including,
    runner_up,
    suppliers_of,
    without,
)
from procurement.rules.allocation.result import (
    ENGINE_VERSION,
    OPTIMAL,
    Awarded,
    Change,
    DepotResult,
    Greedy,
    LotQuantity,
    LotResult,
    OwnerResult,
    Policy,
    Reason,
    ReserveResult,
    Result,
    RunnerUp,
    SolverUsed,
    Step,
    Taken,
    TendererResult,
)
from procurement.rules.allocation.search import IMPOSSIBLE, UNKNOWN, Found, best
from procurement.rules.allocation.standing import Standing
from procurement.rules.allocation.unmet import why_unmet
from procurement.rules.allocation.validation import check_case
from procurement.rules.allocation.words import change_words, tenderer_words
from procurement.rules.reading import InvalidCase
from procurement.rules.result import Amount, amount

# What would have changed it is solved for each tenderer without award, unless there are more.
ASKED_AT_MOST: Final = 20


class NotExact(InvalidCase):
    """The result does not stand up to the exact checker; nothing is given out."""

    code = "allocation-not-exact"


def allocate(
    case: Case,
    *,
    time_limit: int | None = None,
    gap: Fraction | None = None,
    report: bool = True,
    ask: Collection[str] | None = None,
    watch: Callable[[], None] | None = None,
) -> Result:
    """The result of a case.

    `time_limit`: seconds of solving in all; without one the same case always gives the same
    bytes. `gap`: stop at a cost that is proven to be within this part of the least (0.0025 for
    0.25 %), the same on every run. `report`: also solve for policies, runner-up and what would
    have changed it. `ask`: the tenderers for whom the last is solved (None: all without award, if
    at most ASKED_AT_MOST). `watch`: called before each solve; what it raises ends the work.
    Raises InvalidCase when the case contradicts itself and SolverMissing without HiGHS.
    """
    check_case(case)
    case = in_order(case)
    solver = engine.Solver(time_limit, gap, watch)
    book = Book(case)
    first, moves = greedy(book)
    found = best(Model(case), solver, first)
    view, told = _View(book, found.award), reasons(book, found.award)
    result = Result(
        ENGINE_VERSION,
        SolverUsed("HiGHS", solver.version, engine.SEED, engine.THREADS, time_limit, gap),
        *digests(case),
        case.tender,
        case.currency,
        case.unit,
        case.rounding,
        found.status,
        "settled" if found.settled else "open",
        view.amount(found.cost),
        None if found.bound is None else view.amount(found.bound),
        None if found.bound is None else view.amount(found.cost - found.bound),
        view.amount(view.standing.paid),
        view.awards(),
        view.lots(told),
        _tenderers(view, solver, found, _asked(view, report, ask)),
        view.owners(),
        view.reserves(),
        view.depots(),
        told,
        _greedy(view, first, moves, found.cost),
        _policies(view, solver, found) if report else (),
        _runner_up(view, solver, found) if report else None,
    )
    return _checked(case, result)


def _checked(case: Case, result: Result) -> Result:
    faults = check(case, result.to_json())
    if faults:
        raise NotExact(f"result: {faults[0]}", where="result", remedy="Report this as a defect.")
    return result


def _asked(view: "_View", report: bool, ask: Collection[str] | None) -> set[str]:
    losers = {t.tenderer for t in view.case.tenderers} - set(suppliers_of(view.book, view.award))
    if ask is not None:
        return losers & set(ask)
    return losers if report and len(losers) <= ASKED_AT_MOST else set()


@dataclass(frozen=True, slots=True)
class _Facts:
    """One tenderer's share of an award."""

    quantity: Fraction
    paid: Fraction


class _View:
    """An award seen from every side: bids, lots, owners, reserves, depots."""

    def __init__(self, book: Book, award: Award) -> None:
        self.book, self.case, self.award = book, book.case, award
        self.standing = Standing(book, final=True)
        for name, taken in award.items():
            self.standing.take(name, taken)

    def amount(self, value: Fraction) -> Amount:
        return amount(value, self.case.rounding)

    def lines(self, name: str, taken: int) -> tuple[LotQuantity, ...]:
        quantities = self.book.quantities(name, taken).items() if taken else ()
        return tuple(LotQuantity(lot, quantity) for lot, quantity in sorted(quantities))

    def taken(self, award: Award) -> tuple[Taken, ...]:
        return tuple(Taken(name, self.lines(name, award[name])) for name in sorted(award))

    def awards(self) -> tuple[Awarded, ...]:
        return tuple(self._awarded(name) for name in sorted(self.award))

    def _awarded(self, name: str) -> Awarded:
        cost = self.book.cost(name, self.award[name])
        return Awarded(
            name,
            self.book.offers[name].tenderer,
            "package" if name in self.book.packages else "bid",
            self.lines(name, self.award[name]),
            self.amount(cost.price),
            self.amount(cost.transport),
            self.amount(cost.quality),
            self.amount(cost.total),
        )

    def lots(self, told: Sequence[Reason]) -> tuple[LotResult, ...]:
        return tuple(self._lot(lot, told) for lot in self.case.lots)

    def _lot(self, lot: Lot, told: Sequence[Reason]) -> LotResult:
        awarded = self.standing.of_lot[lot.lot]
        unmet = lot.demand - awarded
        penalty = self.amount(unmet * lot.unmet_penalty)
        suppliers = tuple(sorted(self.standing.suppliers[lot.lot]))
        why = why_unmet(self.book, lot, awarded, told)
        return LotResult(lot.lot, lot.demand, awarded, unmet, penalty, suppliers, why)

    def facts(self) -> dict[str, _Facts]:
        found = {t.tenderer: _Facts(ZERO, ZERO) for t in self.case.tenderers}
        for name, taken in self.award.items():
            own = found[self.book.offers[name].tenderer]
            quantity = sum(self.book.quantities(name, taken).values(), own.quantity)
            paid = own.paid + self.book.cost(name, taken).paid
            found[self.book.offers[name].tenderer] = _Facts(quantity, paid)
        return found

    def owners(self) -> tuple[OwnerResult, ...]:
        return tuple(
            OwnerResult(
                cap.cap, owner, self.standing.owned[cap.cap, owner], self.standing.cap_limit(cap)
            )
            for cap in self.case.owner_caps
            for owner in sorted(by_owner(self.case))
            if self.standing.owned[cap.cap, owner]
        )

    def reserves(self) -> tuple[ReserveResult, ...]:
        standing = self.standing
        return tuple(
            ReserveResult(
                r.reserve,
                standing.awarded(r) - standing.outside[r.reserve],
                standing.outside[r.reserve],
                standing.others_limit(r),
            )
            for r in self.case.reserves
        )

    def depots(self) -> tuple[DepotResult, ...]:
        return tuple(
            self._depot(depot.depot, week.week)
            for depot in self.case.depots
            for week in depot.weeks
        )

    def _depot(self, depot: str, week: str) -> DepotResult:
        at = [
            (lot.lot, delivery.share)
            for lot in self.case.lots
            if lot.depot == depot
            for delivery in lot.deliveries
            if delivery.week == week
        ]
        quantity = sum((share * self.standing.of_lot[lot] for lot, share in at), ZERO)
        coming = sum(len(self.standing.suppliers[lot]) for lot, _ in at)
        return DepotResult(depot, week, quantity, coming)


def _greedy(view: _View, award: Award, moves: Iterable[Move], cost: Fraction) -> Greedy:
    own = view.book.total(award)
    steps = (Step(m.bid, view.lines(m.bid, m.taken), m.rule, m.name) for m in moves)
    return Greedy(view.amount(own), view.amount(own - cost), view.taken(award), tuple(steps))


def _policies(view: _View, solver: engine.Solver, found: Found) -> tuple[Policy, ...]:
    policies = []
    for name, case in without(view.case):
        cost = cost_without(case, solver) if found.status == OPTIMAL else None
        told = None if cost is None else view.amount(cost)
        policies.append(
            Policy(name, told, None if cost is None else view.amount(found.cost - cost))
        )
    return tuple(policies)


def _runner_up(view: _View, solver: engine.Solver, found: Found) -> RunnerUp | None:
    other = runner_up(view.case, solver, found.award)
    if isinstance(other, str):
        return None
    return RunnerUp(
        suppliers_of(view.book, other.award),
        view.amount(other.cost),
        view.amount(other.cost - found.cost),
        found.status == OPTIMAL and other.status == OPTIMAL,
        view.taken(other.award),
    )


def _tenderers(
    view: _View, solver: engine.Solver, found: Found, asked: set[str]
) -> tuple[TendererResult, ...]:
    results = []
    for name, own in view.facts().items():
        answer = including(view.case, name, solver) if name in asked else UNKNOWN
        change = _change(view, found, name, answer)
        words = tenderer_words(view.case, own.quantity, answer == IMPOSSIBLE, change)
        results.append(TendererResult(name, own.quantity, view.amount(own.paid), change, words))
    return tuple(results)


def _change(view: _View, found: Found, tenderer: str, other: Found | str) -> Change | None:
    if isinstance(other, str) or other.status != OPTIMAL or found.status != OPTIMAL:
        return None
    own = [n for n in sorted(other.award) if view.book.offers[n].tenderer == tenderer]
    total: dict[str, Fraction] = {}
    for name in own:
        for lot, quantity in view.book.quantities(name, other.award[name]).items():
            total[lot] = total.get(lot, ZERO) + quantity
    lines = tuple(LotQuantity(lot, quantity) for lot, quantity in sorted(total.items()))
    extra = view.amount(other.cost - found.cost)
    price = sum((view.book.cost(name, other.award[name]).price for name in own), ZERO)
    return Change(extra, lines, change_words(view.case, own, extra, total, price))
