"""Cheapest first: the award that anybody can follow with a pencil.

The bids in order of their cost for each unit (at the most that they offer); each gets as much as
every rule still allows. Then what breaks a rule about the whole award is withdrawn, the dearest
first. It always ends with an award that keeps every rule, seldom far from the cheapest; where one
divisible lot is bought without fixed parts, it is the cheapest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from procurement.rules.allocation.reckoning import ZERO, Award, Book
from procurement.rules.allocation.standing import Limit, Short, Standing


@dataclass(frozen=True, slots=True)
class Move:
    """One step: what is taken of a bid afterwards, and the rule that set the limit, if one did.

    `rule` of a bid that is skipped or cut: a rule of Limit, `dearer_than_unmet`, or the rule for
    the whole award because of which it was withdrawn.
    """

    bid: str
    taken: int
    rule: str
    name: str


def greedy(book: Book) -> tuple[Award, tuple[Move, ...]]:
    """The award of cheapest first, and its steps."""
    standing, moves = Standing(book), {}
    waiting = [name for name in by_unit_cost(book) if book.most(name)]
    required = {name for package in book.packages.values() for name in package.requires}
    grew = True
    # A package may have to wait for the bid that it requires.
    while grew:
        grew = False
        for name in waiting:
            move = _try(standing, name)
            moves[name] = move
            if move.taken:
                standing.take(name, move.taken)
                grew = grew or name in required
        waiting = [name for name in waiting if name not in standing.award]
    withdrawn = _mend(standing)
    refilled = _refill(book, standing.award) if withdrawn else ()
    award = _after((*moves.values(), *withdrawn, *refilled))
    return award, (*moves.values(), *withdrawn, *refilled)


def _after(moves: Iterable[Move]) -> Award:
    taken = {move.bid: move.taken for move in moves}
    return {name: taken[name] for name in sorted(taken) if taken[name]}


def by_unit_cost(book: Book) -> list[str]:
    """The bids that can be taken at all, the cheapest unit first, then as submitted."""
    # Sorting keeps the order of submission among equals.
    return sorted((n for n in book.offers if book.most(n)), key=lambda n: unit_cost(book, n))


def unit_cost(book: Book, name: str, taken: int | None = None) -> Fraction:
    """The cost of a unit of a bid, at so many quanta or at the most that it offers."""
    count = book.most(name) if taken is None else taken
    return book.cost(name, count).total / sum(book.quantities(name, count).values(), ZERO)


def _try(standing: Standing, name: str) -> Move:
    limit = standing.tightest(name)
    taken = standing.affordable(name, limit.room)
    if taken < limit.room:
        limit = Limit("budget", "", taken)
    if taken < standing.book.least(name):
        return Move(name, 0, limit.rule, limit.name)
    if standing.book.cost(name, taken).total > _penalty(standing.book, name, taken):
        return Move(name, 0, "dearer_than_unmet", "")
    return Move(name, taken, limit.rule, limit.name)


def _penalty(book: Book, name: str, taken: int) -> Fraction:
    supplied = book.quantities(name, taken).items()
    return sum((quantity * book.lots[lot].unmet_penalty for lot, quantity in supplied), ZERO)


def _mend(standing: Standing) -> list[Move]:
    moves = []
    while (short := next(standing.short(), None)) is not None:
        for name in _dearest_first(standing, short):
            moves.append(_withdraw(standing, name, short))
            if short.excess is not None:
                break
    return moves


def _refill(book: Book, award: Award) -> list[Move]:
    """What was withdrawn leaves room: more for whom no rule bars now, the cheapest first."""
    standing, moves = Standing(book, final=True), []
    for name, taken in award.items():
        standing.take(name, taken)
    for name in by_unit_cost(book):
        had = standing.drop(name) if name in standing.award else 0
        move = _try(standing, name)
        if move.taken > had:
            standing.take(name, move.taken)
            if next(standing.short(), None) is None:
                moves.append(move)
                continue
            standing.drop(name)
        if had:
            standing.take(name, had)
    return moves


def _dearest_first(standing: Standing, short: Short) -> list[str]:
    submitted = {name: place for place, name in enumerate(standing.book.offers)}
    return sorted(
        short.bids,
        key=lambda n: (unit_cost(standing.book, n, standing.award[n]), submitted[n]),
        reverse=True,
    )


def _withdraw(standing: Standing, name: str, short: Short) -> Move:
    book, had = standing.book, standing.drop(name)
    left = 0
    if short.excess is not None and name in book.bids:
        quantum = book.lots[book.bids[name].lot].quantum
        left = max(0, had + (-short.excess // quantum))
    if left < book.least(name) or standing.affordable(name, left) < left:
        left = 0
    if left:
        standing.take(name, left)
    return Move(name, left, short.rule, short.name)
