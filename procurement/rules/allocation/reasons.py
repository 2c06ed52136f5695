"""Why no more is taken of a bid, by exact reasoning on the award as it stands.

One bid is looked at with all others held fast. Where neither its price nor a single rule explains
it, the reason is `combination`: only another award as a whole could include it, and such awards
cost more (or as much, and the tie-break sets them behind).
"""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from procurement.rules.allocation.greedy import unit_cost
from procurement.rules.allocation.reckoning import ZERO, Award, Book
from procurement.rules.allocation.result import Reason
from procurement.rules.allocation.standing import Limit, Standing
from procurement.rules.money import decimal_text

DEARER = "dearer"
DEARER_THAN_UNMET = "dearer_than_unmet"
COMBINATION = "combination"

# The rules in which a tenderer's own bids, or those of its owner, leave no room for more.
OWN_RULES = ("terms", "capacity", "owner_cap", "exclusive", "requires")

WORDS = {
    "terms": "No whole number of quanta within the demand lies between its least and its most.",
    "demand": "It gets all of the demand of lot {name} that is left.",
    "maximum_suppliers": "Lot {name} has its greatest number of suppliers.",
    "capacity": "The tenderer's capacity is used up.",
    "owner_cap": "The owner cap {name} leaves no room for more.",
    "reserve": "The reserve {name} leaves no room for those outside its group.",
    "depot_quantity": "The depot can receive no more ({name}).",
    "depot_deliveries": "The depot can receive no more deliveries ({name}).",
    "exclusive": "It excludes bid {name} of the same tenderer, which is taken.",
    "requires": "It requires bid {name}, which is not taken.",
    "budget": "The budget does not pay for more.",
    DEARER: "{name}",
    DEARER_THAN_UNMET: "A unit of it costs more than the penalty for leaving the unit unmet.",
    COMBINATION: "No single rule bars it; an award that includes more of it is not better in all.",
}


def reasons(book: Book, award: Award) -> tuple[Reason, ...]:
    """One reason for each bid of which not all is taken, by the bids' names."""
    standing = Standing(book, final=True)
    for name, taken in award.items():
        standing.take(name, taken)
    dearest = _dearest(book, award)
    open_bids = (n for n in sorted(book.offers) if award.get(n, 0) < max(1, book.most(n)))
    return tuple(_told(standing, name, dearest) for name in open_bids)


def _told(standing: Standing, name: str, dearest: dict[str, tuple[Fraction, str]]) -> Reason:
    book = standing.book
    limit = _why(standing, name, dearest)
    words = WORDS[limit.rule].format(name=limit.name)
    fact = limit.name
    if limit.rule == DEARER:
        words, fact = _dearer_words(book, name, dearest)
    return Reason(name, book.offers[name].tenderer, limit.rule, fact, words)


def _why(standing: Standing, name: str, dearest: dict[str, tuple[Fraction, str]]) -> Limit:
    book, most = standing.book, standing.book.most(name)
    if not most:
        return Limit("terms", name, 0)
    taken = standing.drop(name) if name in standing.award else 0
    limits = sorted(standing.limits(name), key=lambda limit: limit.room)
    if taken:
        standing.take(name, taken)
    needed = max(taken + 1, book.least(name))
    barring = [limit for limit in limits if limit.room < needed]
    full = [limit for limit in barring if limit.rule == "demand"]
    # Where the lot is full, more of this bid displaces others, which makes room in shared rules.
    others = [m for m in barring if m.rule in OWN_RULES or (m.rule != "demand" and not full)]
    if full and not taken and _dearer(book, name, dearest):
        return Limit(DEARER, name, 0)
    if others:
        return others[0]
    if full:
        return full[0] if taken else Limit(COMBINATION, name, 0)
    above = cheapest_unit(book, name) > _penalty_unit(book, name)
    return Limit(DEARER_THAN_UNMET if above else COMBINATION, name, 0)


def _dearest(book: Book, award: Award) -> dict[str, tuple[Fraction, str]]:
    """For each lot the highest cost of a unit among the bids awarded there, and that bid."""
    found: dict[str, tuple[Fraction, str]] = defaultdict(lambda: (ZERO, ""))
    for name, taken in sorted(award.items()):
        cost = unit_cost(book, name, taken)
        for lot in book.quantities(name, taken):
            if not found[lot][1] or cost > found[lot][0]:
                found[lot] = cost, name
    return found


def _dearer(book: Book, name: str, dearest: dict[str, tuple[Fraction, str]]) -> bool:
    own = cheapest_unit(book, name)
    return all(own > dearest[lot][0] for lot in book.quantities(name, 1))


def _dearer_words(
    book: Book, name: str, dearest: dict[str, tuple[Fraction, str]]
) -> tuple[str, str]:
    last, other = max(dearest[lot] for lot in book.quantities(name, 1))
    own, money = cheapest_unit(book, name), f"{book.case.currency} for each {book.case.unit}"
    words = (
        f"At best it costs {decimal_text(own)} {money}; the dearest that is awarded there, bid"
        f" {other}, costs {decimal_text(last)}: {decimal_text(own - last)} less."
    )
    return words, other


def cheapest_unit(book: Book, name: str) -> Fraction:
    """The lowest cost of a unit at any quantity that the bid offers."""
    if name in book.packages:
        return unit_cost(book, name, 1)
    return min(_ends(book, name))


def _ends(book: Book, name: str) -> Iterator[Fraction]:
    # Within a range the average moves one way only, so an end is the lowest.
    for within in book.ranges[name]:
        yield unit_cost(book, name, within.lowest)
        yield unit_cost(book, name, within.highest)


def _penalty_unit(book: Book, name: str) -> Fraction:
    quantities = book.quantities(name, 1)
    penalty = sum((q * book.lots[lot].unmet_penalty for lot, q in quantities.items()), ZERO)
    return penalty / sum(quantities.values(), ZERO)
