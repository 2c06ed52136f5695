"""The cheapest award, proven or with its gap, and among equally cheap ones the published one.

The tie-break: of all awards of the lowest cost, the one that gives the most to the bid submitted
earliest; of those, the most to the second earliest; and so on (at one instant by name). That
leaves exactly one award, because what is taken of each bid is the award.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from procurement.rules.allocation.model import Model
from procurement.rules.allocation.program import Program, Row
from procurement.rules.allocation.program import row as new_row
from procurement.rules.allocation.reckoning import Award
from procurement.rules.allocation.solver import Relaxation, Solver

IMPOSSIBLE: Final = "impossible"
UNKNOWN: Final = "unknown"

# With more than so many blocks left open, it is worth a solve to hold the structure first.
FEW_BLOCKS = 8
# One solve settles several bids at once, as long as their weights stay small whole numbers.
_LARGEST_WEIGHT: Final = 2**24


@dataclass(frozen=True, slots=True)
class Found:
    """An award with its exact cost and a proven lower bound of any award's cost.

    `status`: optimal (bound and cost are equal), gap (within the allowed gap),
    time_limit, or unproven (the solver's arithmetic
    could not close the gap). `settled`: the tie-break is proven as well.
    """

    award: Award
    cost: Fraction
    bound: Fraction | None
    status: str
    settled: bool
    values: tuple[int, ...] | None = None


def cheapest(model: Model, solver: Solver, fallback: Award | None, *extra: Row) -> Found | str:
    """The cheapest award that keeps every row, without the tie-break; IMPOSSIBLE or UNKNOWN.

    `fallback` is an award that keeps every row, for when the solver finds none that stands up to
    the exact check; None: there is none at hand.
    """
    program = model.program().with_rows(*extra)
    start = None if fallback is None else model.values(fallback)
    outcome = solver.solve(program, start, near=True)
    if outcome.state == "infeasible":
        return IMPOSSIBLE
    values = outcome.values
    if values is not None and program.admits(values):
        award = model.award(values)
        found = _found(
            model, award, program, outcome.bound, outcome.state, program.value(values), solver.gap
        )
        return replace(found, values=values)
    if fallback is None:
        return UNKNOWN
    return _found(model, fallback, program, outcome.bound, outcome.state, None, solver.gap)


def _near(cost: Fraction, least: Fraction | None, gap: Fraction | None) -> bool:
    # The solver reckons its gap in floats: a millionth of it more is still where it had to stop.
    return bool(
        gap and least is not None and cost - least <= gap * abs(cost) * Fraction(1000001, 10**6)
    )


def _found(
    model: Model,
    award: Award,
    program: Program,
    bound: int | None,
    state: str,
    value: int | None,
    gap: Fraction | None,
) -> Found:
    cost = model.book.total(award)
    least = None if bound is None else program.true_cost(bound)
    if least is not None and least >= cost and value is not None:
        return Found(award, cost, cost, "optimal", settled=False)
    status = "time_limit" if state == "stopped" else "unproven"
    if state == "solved" and _near(cost, least, gap):
        status = "gap"
    return Found(award, cost, least, status, settled=False)


def best(model: Model, solver: Solver, fallback: Award) -> Found:
    """The cheapest award, told from equally cheap ones by the tie-break."""
    found = cheapest(model, solver, fallback)
    if isinstance(found, str):
        # To award nothing keeps every row, so this is the solver's error and not the case's.
        found = Found(fallback, model.book.total(fallback), None, "unproven", settled=False)
    if model.book.total(fallback) < found.cost:
        found = replace(found, award=fallback, cost=model.book.total(fallback))
    while found.status == "optimal":
        settled = _TieBreak(model, solver, found).settle()
        if settled.cost == found.cost:
            return settled
        found = settled
    return found


class _TieBreak:
    """One search through the awards of equal cost, bid after bid."""

    def __init__(self, model: Model, solver: Solver, found: Found) -> None:
        self.model, self.solver, self.found = model, solver, found
        plain = model.program()
        self.best = int((found.cost - plain.constant) / plain.granule)
        self.rows = [plain.at_most(self.best)]
        self.plain = _narrowed(plain, solver.relax(plain), self.best)

    def settle(self) -> Found:
        """The found award or an equally cheap one that the tie-break sets before it."""
        award, blocks = self.found.award, list(self._blocks())
        if len(blocks) > FEW_BLOCKS and self._hold_structure():
            blocks = list(self._blocks())
        for block in blocks:
            if self._full(award, block):
                self._fix(award, block)
                continue
            better = self._most(block)
            if better is None:
                return replace(self.found, award=award, settled=False)
            award = better
            self._fix(award, block)
        cost = self.model.book.total(award)
        return replace(self.found, award=award, cost=cost, bound=cost, settled=True)

    def _hold_structure(self) -> bool:
        """Fix which bids are taken at all, if one solve proves that no equal award takes others.

        What is left is nearly always free of gaps, so that few quantities stay open.
        """
        values, plain = self.found.values, self.model.program()
        if values is None:
            return False
        whether = sorted({c for taken in self.model.taken.values() for c in taken})
        # At least one yes-or-no is another one.
        other = tuple((c, -1 if values[c] else 1) for c in whether)
        differs = Row(other, 1 - sum(values[c] for c in whether), None)
        if not whether or self.solver.solve(plain.with_rows(*self.rows, differs)).state != (
            "infeasible"
        ):
            return False
        held = plain.holding({c: values[c] for c in whether})
        self.plain = _narrowed(held, self.solver.relax(held), self.best)
        return True

    def _most(self, block: dict[str, int]) -> Award | None:
        """The award with the most for the bids of the block, the earlier ones first."""
        weights = {
            column: -weight for name, weight in block.items() for column in self.model.quanta[name]
        }
        program = self.plain.aiming(weights).with_rows(*self.rows)
        outcome = self.solver.solve(program)
        values = outcome.values
        if outcome.state != "solved" or values is None or not program.admits(values):
            return None
        proven = outcome.bound is not None and outcome.bound >= program.value(values)
        return self.model.award(values) if proven else None

    def _blocks(self) -> Iterator[dict[str, int]]:
        """The bids that are still open, in order, several at a time, each with its weight."""
        block: list[tuple[str, int]] = []
        product = 1
        for name in self.model.book.offers:
            room = self._room(name)
            if room and block and product * (room + 1) > _LARGEST_WEIGHT:
                yield _weights(block)
                block, product = [], 1
            if room:
                block.append((name, room + 1))
                product *= room + 1
        if block:
            yield _weights(block)

    def _room(self, name: str) -> int:
        """How far the quanta of a bid could differ between the awards of this cost."""
        columns = self.model.quanta[name]
        low = min((self.plain.lower[c] for c in columns), default=0)
        return sum(self.plain.upper[c] for c in columns) - low

    def _full(self, award: Award, block: dict[str, int]) -> bool:
        return all(award.get(name, 0) == self.model.book.most(name) for name in block)

    def _fix(self, award: Award, block: dict[str, int]) -> None:
        for name in block:
            taken = award.get(name, 0)
            self.rows.append(new_row(self.model.quanta[name], taken, taken))


def _weights(block: list[tuple[str, int]]) -> dict[str, int]:
    weights, product = {}, 1
    for name, choices in reversed(block):
        weights[name] = product
        product *= choices
    return dict(reversed(weights.items()))


def _narrowed(program: Program, relaxed: Relaxation | None, best: int) -> Program:
    """The programme with every column fixed that cannot move without making the award dearer.

    A column that leaves its bound by one adds its reduced cost to the relaxed optimum. Costs are
    whole, so half of one is ample room for the solver's error.
    """
    if relaxed is None:
        return program
    slack = best - relaxed.value + 0.5
    columns = enumerate(zip(relaxed.reduced, relaxed.at, strict=True))
    return program.holding(
        {c: at for c, (reduced, at) in columns if at is not None and abs(reduced) > slack}
    )
