"""A result in plain words: why this bid has this score, and what put it where it stands."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from marketplace.errors import NotFound
from procurement.rules.facts import Bounds
from procurement.rules.money import decimal_text, plain
from procurement.rules.optional_facts import Matching
from procurement.rules.result import (
    Amount,
    BidResult,
    Correction,
    GateResult,
    Input,
    Portion,
    Removal,
    Result,
    Step,
    Tie,
    WeightRange,
)
from procurement.rules.ties import AGREED, SPLIT, TieKey

_RULE_WORDS = {
    "earliest_submission": "was submitted earlier ({above} before {own})",
    "preference_points": "has more preference points ({above} against {own})",
    "local_before_distant": "is nearer ({above} km against {own} km)",
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


def difference_words(parts: Sequence[Input], unit: str) -> str:
    """Where a difference comes from, part by part; nothing to tell of a single part."""
    told = [f"{part.name} {_signed(part.value)}" for part in parts if part.value]
    return f" Part by part, in {unit}: {', '.join(told)}." if len(parts) > 1 and told else ""


def _signed(value: Fraction) -> str:
    return decimal_text(value) if value < 0 else f"+{decimal_text(value)}"


def catch_up(price: Amount, above: str, currency: str) -> str:
    """At which price the bid would have been level with the one above it."""
    return f" A price of {price.decimal} {currency} would have been level with bid {above}."


def invitation(
    rule: Matching, bid: str, limit: Amount, price: Amount | None, answer: str, currency: str
) -> str:
    """Why a bid may match the first, at which price, and what it answered."""
    words = (
        f"Bid {bid} may match the first by {rule.matching}: it belongs to {rule.group} and is not"
        f" above {limit.decimal} {currency}, {decimal_text(rule.band * 100)} % over the first."
    )
    if price is None:
        return f"{words} No price above zero would match it. Answer: {answer}."
    return f"{words} Its price would have to be {price.decimal} {currency}. Answer: {answer}."


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
    yield from (correction_words(correction) for correction in bid.corrections)
    yield from (step_words(step) for step in bid.working)
    if bid.tie:
        yield _tie_words(result, bid.bid, bid.tie)
    if bid.behind:
        yield bid.behind.words
    if bid.break_even:
        yield bid.break_even.words
    yield from (one.words for one in result.invitations if one.bid == bid.bid)
    yield from (portion_words(one) for one in result.portions if one.bid == bid.bid)
    yield from _firmness(result, bid)
    for flag in bid.flags:
        yield f"Ask the tenderer about the price: {flag.words}."


def _firmness(result: Result, bid: BidResult) -> Iterator[str]:
    """What would have changed the first rank, as far as this bid had a part in it."""
    yield from (removal_words(removal, result) for removal in result.removals)
    for one in result.weights:
        if bid.rank == 1 or bid.bid in (*one.below, *one.above):
            yield weight_words(one, result)
    if bid.rank is None and not bid.qualified:
        yield "It would have been ranked had it met what it failed."


def weight_words(one: WeightRange, result: Result) -> str:
    """Between which weights of one part the first rank holds, and who would pass beyond them."""
    first = ", ".join(result.winners)
    words = (
        f"Bid {first} stays first while the weight of {one.part} is {one.lowest.decimal} to"
        f" {one.highest.decimal} (published: {one.weight.decimal})"
    )
    ends = [
        f"{way} that {', '.join(bids)} would pass it"
        for bids, way in ((one.below, "below"), (one.above, "above"))
        if bids
    ]
    return f"{words}; {'; '.join(ends)}." if ends else f"{words}."


def portion_words(portion: Portion) -> str:
    """The quantity that falls to a bid, and by which rule."""
    why = {"first": "as the first", "split": "as all equal bids agreed to split"}
    reason = why.get(portion.why, f"by {portion.why}, for matching the first")
    quantity = f"{decimal_text(portion.quantity)} of item {portion.item}"
    return f"Bid {portion.bid} supplies {quantity}, {reason}."


def result_words(result: Result) -> list[str]:
    """What concerns the lot as a whole: invitations, portions, and how firm the first rank is."""
    return [
        *(one.words for one in result.invitations),
        *(portion_words(one) for one in result.portions),
        *(removal_words(removal, result) for removal in result.removals),
        *(weight_words(one, result) for one in result.weights),
    ]


def _tie_words(result: Result, bid: str, tie: Tie) -> str:
    group = next(group for group in result.ties if group.group == tie.group)
    others = ", ".join(name for name in group.bids if name != bid)
    settled = f"decided by {tie.broken_by}" if tie.broken_by else "no published rule separates them"
    # Only an agreement of all of them ends the list of rules there.
    if tie.broken_by is None and _all_agreed(result, tie.group):
        settled = "all agreed to split"
    return f"Exactly equal to {others}; {settled}."


def _all_agreed(result: Result, group: int) -> bool:
    equal = [bid.tie for bid in result.bids if bid.tie and bid.tie.group == group]
    return all(TieKey(SPLIT, AGREED) in tie.keys for tie in equal)


def _place(result: Result, bid: BidResult) -> str:
    ranked = sum(1 for other in result.bids if other.rank is not None)
    if not bid.qualified:
        return "disqualified"
    if bid.rank is None:
        return "passed the technical stage; its price is still sealed"
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


def correction_words(correction: Correction) -> str:
    """A corrected total as the tenderer is told."""
    return (
        f"Corrected {correction.item}: {decimal_text(correction.unit_price)} ×"
        f" {decimal_text(correction.quantity)} is {decimal_text(correction.corrected_total)}"
        f" {correction.currency}, not {decimal_text(correction.stated_total)};"
        " the unit price prevails."
    )


def step_words(step: Step) -> str:
    """A step as one line: label, formula, inputs, value."""
    inputs = ", ".join(f"{i.name} {plain(i.value)}" for i in step.inputs)
    exact = plain(step.value.exact)
    value = exact if exact == step.value.decimal else f"{exact} = {step.value.decimal}"
    return f"{step.label} = {step.formula} [{inputs}] = {value}"
