"""A result in plain words: why this bid has this score, and what put it where it stands."""

from collections.abc import Iterator

from marketplace.errors import NotFound
from procurement.rules.facts import Bounds
from procurement.rules.money import decimal_text, plain
from procurement.rules.result import (
    Amount,
    BidResult,
    Correction,
    GateResult,
    Removal,
    Result,
    Step,
    Tie,
)

_RULE_WORDS = {
    "earliest_submission": "was submitted earlier ({above} before {own})",
    "draw": "came first in the draw ({above} is smaller than {own})",
}


class NoSuchBid(NotFound):
    """The result has no bid of that name."""

    code = "no-such-bid"


def behind_by_price(
    above: str, own: Amount, other: Amount, difference: Amount, currency: str
) -> str:
    """Why a bid with a higher evaluated price stands below another."""
    words = (
        f"Evaluated at {own.shown} {currency}, bid {above} at {other.shown} {currency}:"
        f" {difference.decimal} {currency} more."
    )
    if own.shown == other.shown:
        words += " The two look equal only when rounded; ranks compare the exact values."
    return words


def behind_by_points(above: str, own: Amount, other: Amount, difference: Amount, unit: str) -> str:
    """Why a bid with fewer points stands below another."""
    words = f"{own.shown} {unit}, bid {above} {other.shown}: {difference.decimal} fewer."
    if own.shown == other.shown:
        words += " The two look equal only when rounded; ranks compare the exact values."
    return words


def behind_by_tie(
    above: str, own: Amount, rule: str, above_key: str, own_key: str, unit: str
) -> str:
    """Why a bid with the same value stands below another."""
    reason = _RULE_WORDS[rule].format(above=above_key, own=own_key)
    return f"Equal to bid {above} at exactly {own.decimal} {unit}; bid {above} {reason}."


def break_even(price: Amount, level: bool, bounds: Bounds, currency: str) -> str:
    """At which price the bid would have been level with the first.

    `level`: it is already, and only the rules for ties set it behind.
    """
    first = "It is level with the first" if level else "It would have equalled the first"
    words = f"{first} at a price of {price.decimal} {currency}; any lower price would have led"
    minimum = bounds.minimum_price
    if minimum is None:
        return f"{words}."
    return f"{words}, if not below the minimum price of {decimal_text(minimum)} {currency}."


def explain(result: Result, bid: str) -> str:
    """The whole story of one bid, a few lines of text. Raises NoSuchBid."""
    for found in result.bids:
        if found.bid == bid:
            return "\n".join(_lines(result, found)) + "\n"
    names = ", ".join(sorted(b.bid for b in result.bids)) or "none"
    raise NoSuchBid(f'there is no bid "{bid}"; there are: {names}', where="bid")


def _lines(result: Result, bid: BidResult) -> Iterator[str]:
    yield f"Bid {bid.bid} of {bid.tenderer}: {_place(result, bid)}."
    for gate in bid.gates:
        if not gate.passed:
            yield f"Disqualified: {gate_words(gate)}."
    for correction in bid.corrections:
        yield correction_words(correction, result.currency)
    for step in bid.working:
        yield step_words(step)
    if bid.tie:
        yield _tie_words(result, bid.bid, bid.tie)
    if bid.behind:
        yield bid.behind.words
    if bid.break_even:
        yield bid.break_even.words
    for removal in result.removals:
        yield removal_words(removal, result)
    for flag in bid.flags:
        yield f"Ask the tenderer about the price: {flag.words}."


def _tie_words(result: Result, bid: str, tie: Tie) -> str:
    group = next(group for group in result.ties if group.group == tie.group)
    others = ", ".join(name for name in group.bids if name != bid)
    settled = f"decided by {tie.broken_by}" if tie.broken_by else "no published rule separates them"
    return f"Exactly equal to {others}; {settled}."


def _place(result: Result, bid: BidResult) -> str:
    ranked = sum(1 for other in result.bids if other.rank is not None)
    if bid.rank is None:
        return "disqualified"
    shared = sum(1 for other in result.bids if other.rank == bid.rank) > 1
    return f"rank {bid.rank} of {ranked}" + (", shared" if shared else "")


def removal_words(removal: Removal, result: Result) -> str:
    """How a losing bid decided between others."""
    instead, now = ", ".join(removal.winners), ", ".join(result.winners)
    return f"Without the losing bid {removal.bid}, {instead} would have won and not {now}."


def gate_words(gate: GateResult) -> str:
    """A gate's reason, with the item and the source where there are any."""
    item = f"{gate.item}: " if gate.item else ""
    source = f" ({gate.source})" if gate.source else ""
    return f"{item}{gate.reason}{source}"


def correction_words(correction: Correction, currency: str) -> str:
    """A corrected total as the tenderer is told."""
    return (
        f"Corrected {correction.item}: {decimal_text(correction.unit_price)} ×"
        f" {decimal_text(correction.quantity)} is {decimal_text(correction.corrected_total)}"
        f" {currency}, not {decimal_text(correction.stated_total)}; the unit price prevails."
    )


def step_words(step: Step) -> str:
    """A step as one line: label, formula, inputs, value."""
    inputs = ", ".join(f"{i.name} {plain(i.value)}" for i in step.inputs)
    exact = plain(step.value.exact)
    value = exact if exact == step.value.decimal else f"{exact} = {step.value.decimal}"
    return f"{step.label} = {step.formula} [{inputs}] = {value}"
