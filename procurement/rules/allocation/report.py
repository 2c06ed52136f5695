"""What surrounds an award: the cost of each policy, the runner-up, and who would have needed what.

Each answer is a solve of its own. What is not proven is left out rather than guessed.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from procurement.rules.allocation.facts import Case
from procurement.rules.allocation.model import ONE, Model, Sum
from procurement.rules.allocation.program import row
from procurement.rules.allocation.reckoning import Award, Book
from procurement.rules.allocation.result import OPTIMAL
from procurement.rules.allocation.search import IMPOSSIBLE, Found, cheapest
from procurement.rules.allocation.solver import Solver


def without(case: Case) -> Iterator[tuple[str, Case]]:
    """Each policy of the case by name, and the case without it."""
    if case.budget is not None:
        yield "budget", replace(case, budget=None)
    for cap in case.owner_caps:
        left = tuple(other for other in case.owner_caps if other != cap)
        yield f"owner_cap {cap.cap}", replace(case, owner_caps=left)
    for reserve in case.reserves:
        kept = tuple(other for other in case.reserves if other != reserve)
        yield f"reserve {reserve.reserve}", replace(case, reserves=kept)
    if any(lot.minimum_suppliers > 1 for lot in case.lots):
        lots = tuple(replace(lot, minimum_suppliers=0) for lot in case.lots)
        yield "minimum_suppliers", replace(case, lots=lots)
    if any(lot.maximum_suppliers is not None for lot in case.lots):
        lots = tuple(replace(lot, maximum_suppliers=None) for lot in case.lots)
        yield "maximum_suppliers", replace(case, lots=lots)
    for depot in case.depots:
        if depot.weeks:
            others = tuple(replace(d, weeks=()) if d == depot else d for d in case.depots)
            yield f"depot {depot.depot}", replace(case, depots=others)


def cost_without(case: Case, solver: Solver) -> Fraction | None:
    """The proven lowest cost of a case; None where the solver was stopped."""
    found = cheapest(Model(case), solver, None)
    return found.cost if isinstance(found, Found) and found.status == OPTIMAL else None


def runner_up(case: Case, solver: Solver, award: Award) -> Found | str:
    """The cheapest award to another set of tenderers; IMPOSSIBLE where there is none."""
    model = Model(case)
    suppliers = suppliers_of(model.book, award)
    differ: Sum = {}
    for tenderer, names in _by_tenderer(model.book).items():
        whether = _awarded_at_all(model, names)
        differ[whether] = -ONE if tenderer in suppliers else ONE
    model.add(differ, lower=1 - len(suppliers))
    return cheapest(model, solver, None) if differ else IMPOSSIBLE


def including(case: Case, tenderer: str, solver: Solver) -> Found | str:
    """The cheapest award that gives this tenderer something; IMPOSSIBLE where there is none."""
    model = Model(case)
    own = _by_tenderer(model.book).get(tenderer, [])
    together = {column: ONE for name in own for column in model.quanta[name]}
    return cheapest(model, solver, None, row(together, 1, None)) if together else IMPOSSIBLE


def _awarded_at_all(model: Model, names: list[str]) -> int:
    """A yes-or-no column that is 1 exactly where one of these bids is awarded anything."""
    yes = model.column(1)
    together = {column: ONE for name in names for column in model.quanta[name]}
    model.follows.append((yes, list(together)))
    for column in together:
        model.add({column: ONE, yes: Fraction(-model.upper[column])}, upper=0)
    model.add({**together, yes: -ONE}, lower=0)
    return yes


def _by_tenderer(book: Book) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, offer in book.offers.items():
        if book.most(name):
            found.setdefault(offer.tenderer, []).append(name)
    return found


def suppliers_of(book: Book, award: Award) -> tuple[str, ...]:
    """The tenderers that an award gives something, by name."""
    return tuple(sorted({book.offers[name].tenderer for name in award}))
