"""Why a part of a lot's demand stays unmet: which rule makes it so, in words.

To leave demand unmet is always possible, at its penalty, so no case is without an award; but who
reads it must learn what stood in the way. Facts that hold for every award come first (too little
was offered, too few offer it), then the rule that bars each bid of the lot in this award.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from procurement.rules.allocation.facts import Lot
from procurement.rules.allocation.reckoning import ZERO, Book
from procurement.rules.allocation.result import Reason
from procurement.rules.money import plain

RULES = {
    "terms": "no whole number of quanta within the demand fits",
    "maximum_suppliers": "the greatest number of suppliers",
    "capacity": "the tenderer's capacity",
    "owner_cap": "the owner cap {name}",
    "reserve": "the reserve {name}",
    "depot_quantity": "what the depot can receive ({name})",
    "depot_deliveries": "the deliveries that the depot can receive ({name})",
    "exclusive": "bid {name}, which excludes it",
    "requires": "bid {name}, which it requires and which is not taken",
    "budget": "the budget",
    "demand": "a quantity above what is left",
    "dearer": "a cost above that of every bid taken",
    "dearer_than_unmet": "a cost above the penalty for leaving it unmet",
    "combination": "several rules together",
}


def why_unmet(book: Book, lot: Lot, awarded: Fraction, reasons: Sequence[Reason]) -> str:
    """One line on why less than the demand is awarded; empty where all of it is."""
    if awarded == lot.demand:
        return ""
    offers = {name: q for name in book.offers if (q := _offered(book, name, lot.lot))}
    if not offers:
        return "No bid offers any of it."
    return " ".join((*_short(book, lot, offers), *_barred(offers, reasons)))


def _offered(book: Book, name: str, lot: str) -> Fraction:
    """The most that a bid offers of a lot by its own terms alone."""
    if name in book.bids:
        return book.bids[name].maximum if book.bids[name].lot == lot else ZERO
    return book.quantities(name, 1).get(lot, ZERO)


def _short(book: Book, lot: Lot, offers: dict[str, Fraction]) -> Iterator[str]:
    total = sum(offers.values(), ZERO)
    if total < lot.demand:
        yield f"All bids together offer {plain(total)} {book.case.unit}, less than the demand."
    sellers = {book.offers[name].tenderer for name in offers if book.most(name)}
    if len(sellers) < lot.minimum_suppliers:
        yield (
            f"It must have at least {lot.minimum_suppliers} suppliers and only {len(sellers)} could"
            " supply it."
        )


def _barred(offers: dict[str, Fraction], reasons: Sequence[Reason]) -> Iterator[str]:
    barred: dict[str, list[str]] = {}
    for reason in reasons:
        if reason.bid in offers:
            words = RULES[reason.rule].format(name=reason.name)
            barred.setdefault(words, []).append(reason.bid)
    if barred:
        told = "; ".join(f"{words} (bids: {', '.join(names)})" for words, names in barred.items())
        yield f"What bars more: {told}."
