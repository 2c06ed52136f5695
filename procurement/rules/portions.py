"""Who supplies which quantity where the terms divide the lot: matching the first, or a split.

Bands are reckoned on the original first bid, before anybody matched. Source of the pattern: India,
Public Procurement (Preference to Make in India) Order 2017 (the next local bid within 20 % that
matches gets half of a divisible lot) and Public Procurement Policy for Micro and Small Enterprises
Order 2012 (those within 15 % that match share up to a quarter).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from procurement.rules.explain import invitation
from procurement.rules.facts import Bid, Case, Item
from procurement.rules.optional_facts import NEXT_IN_RANK, Matching
from procurement.rules.ranking import Standing
from procurement.rules.reading import refuse
from procurement.rules.result import Amount, Invitation, Portion, amount
from procurement.rules.ties import splits

AGREED, DECLINED, OPEN = "agreed", "declined", "open"
FIRST, SPLIT = "first", "split"


@dataclass(frozen=True, slots=True)
class Matched:
    """The invitations, and for each rule the bids that agreed; None while one is open."""

    invitations: tuple[Invitation, ...]
    takers: dict[str, tuple[str, ...]] | None


def matched(
    case: Case, standings: Sequence[Standing], prices: dict[str, Fraction | None]
) -> Matched:
    """Who is invited to match the first bid. `prices`: the price with which each would match it.

    Nobody is while several bids share the first rank, nor where the first is of the group itself.
    """
    found: list[Invitation] = []
    takers: dict[str, tuple[str, ...]] = {}
    for rule in case.matching:
        invited = list(_invited(case, rule, standings, prices))
        found += invited
        takers[rule.matching] = tuple(one.bid for one in invited if one.answer == AGREED)
    _check_answers(case, found)
    is_open = any(one.answer == OPEN for one in found)
    return Matched(tuple(found), None if is_open else takers)


def _invited(
    case: Case, rule: Matching, standings: Sequence[Standing], prices: dict[str, Fraction | None]
) -> Iterator[Invitation]:
    """The bids of the group within the band by rank; one at a time where only one may take."""
    first = [standing for standing in standings if standing.rank == 1]
    if len(first) != 1 or _belongs(first[0].placed.bid, rule):
        return
    limit = amount(first[0].value * (1 + rule.band), case.rounding)
    for standing in standings[1:]:
        bid = standing.placed.bid
        if _belongs(bid, rule) and standing.value <= limit.exact:
            answer = _answer(bid, rule)
            yield _invitation(case, rule, bid, limit, prices[bid.bid], answer)
            if rule.takers == NEXT_IN_RANK and answer != DECLINED:
                return


def _invitation(
    case: Case, rule: Matching, bid: Bid, limit: Amount, price: Fraction | None, answer: str
) -> Invitation:
    shown = None if price is None else amount(price, case.rounding)
    words = invitation(rule, bid.bid, limit, shown, answer, case.currency)
    return Invitation(rule.matching, bid.bid, limit, shown, answer, words)


def _belongs(bid: Bid, rule: Matching) -> bool:
    return any(one.group == rule.group for one in bid.groups)


def _answer(bid: Bid, rule: Matching) -> str:
    for answer in bid.answers:
        if answer.matching == rule.matching:
            return AGREED if answer.agrees else DECLINED
    return OPEN


def _check_answers(case: Case, invitations: Sequence[Invitation]) -> None:
    """An answer of a bid that was not invited would be a price changed after the opening."""
    invited = {(one.matching, one.bid) for one in invitations}
    for bid in case.bids:
        for answer in bid.answers:
            if (answer.matching, bid.bid) not in invited:
                refuse(f'answers of bid "{bid.bid}"', f"{answer.matching} did not invite this bid")


def portions(case: Case, standings: Sequence[Standing], found: Matched) -> tuple[Portion, ...]:
    """The quantities of each item; nothing where the terms divide nothing or an answer is open."""
    first = [standing for standing in standings if standing.rank == 1]
    if len(first) > 1 and splits([standing.placed for standing in first]):
        order = sorted(first, key=lambda s: (s.placed.bid.submitted_at, s.placed.bid.bid))
        names = [standing.placed.bid.bid for standing in order]
        return tuple(p for item in case.items for p in _dealt(item, item.quantity, names, SPLIT))
    if not case.matching or len(first) != 1 or found.takers is None:
        return ()
    name = first[0].placed.bid.bid
    return tuple(p for item in case.items for p in _divided(case, item, name, found.takers))


def _divided(
    case: Case, item: Item, first: str, takers: dict[str, tuple[str, ...]]
) -> Iterator[Portion]:
    """The takers' shares in whole steps, rounded down; the first bid supplies all the rest."""
    rest = item.quantity
    for rule in case.matching:
        names = takers[rule.matching]
        whole = _steps(item, item.quantity * rule.share) * _quantum(item) if names else Fraction(0)
        yield from _dealt(item, whole, names, rule.matching)
        rest -= whole
    yield Portion(first, item.item, rest, FIRST)


def _dealt(item: Item, quantity: Fraction, names: Sequence[str], why: str) -> Iterator[Portion]:
    """Equal numbers of steps; what is left over goes step by step to the earlier in the list."""
    steps, quantum = _steps(item, quantity), _quantum(item)
    for index, name in enumerate(names):
        own = steps // len(names) + (index < steps % len(names))
        # Less than one step can be left of a quantity that is no multiple of it.
        crumbs = quantity - steps * quantum if index == 0 else Fraction(0)
        if own or crumbs:
            yield Portion(name, item.item, own * quantum + crumbs, why)


def _steps(item: Item, quantity: Fraction) -> int:
    return quantity // _quantum(item)


def _quantum(item: Item) -> Fraction:
    return item.quantum or item.quantity
