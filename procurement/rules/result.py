"""What an evaluation says: the result of a lot, frozen, with the working behind every number."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from procurement.rules.canonical import canonical
from procurement.rules.money import Rounding, decimal_text, shown
from procurement.rules.ties import TieKey
from procurement.rules.writing import as_json

RESULT_FORMAT: Final = "musika-evaluation-result/2"
# Raised whenever the same case could give another result; old results stay checkable by it.
ENGINE_VERSION: Final = "2"


@dataclass(frozen=True, slots=True)
class Amount:
    """One number three ways: exact, as a decimal (cut with … where it goes on), and as shown."""

    exact: Fraction
    decimal: str
    shown: str


def amount(value: Fraction, rounding: Rounding) -> Amount:
    """The amount with its texts, by the published rounding."""
    return Amount(value, decimal_text(value), shown(value, rounding))


@dataclass(frozen=True, slots=True)
class Input:
    """A named number that goes into a step."""

    name: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the working: what is reckoned, how, from what, and what comes out."""

    label: str
    formula: str
    inputs: tuple[Input, ...]
    value: Amount


@dataclass(frozen=True, slots=True)
class GateResult:
    """One gate passed or failed.

    `kind`: coverage, specification, criterion, response, rated, overall, bound.
    """

    kind: str
    name: str
    item: str | None
    passed: bool
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A stated total that its unit price and quantity contradict; the unit price prevails.

    In `currency`, the bid's own.
    """

    item: str
    unit_price: Fraction
    quantity: Fraction
    stated_total: Fraction
    corrected_total: Fraction
    difference: Fraction
    currency: str


@dataclass(frozen=True, slots=True)
class TieGroup:
    """Bids with exactly one value (evaluated price or points), in the order of the rules."""

    group: int
    value: Amount
    bids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """How one of several equal bids was told from its neighbour.

    `broken_by` names the rule that set it below the equal bid above it or, for the first of the
    group, above the one below; None where no published rule separates them.
    """

    group: int
    keys: tuple[TieKey, ...]
    broken_by: str | None


@dataclass(frozen=True, slots=True)
class Flag:
    """A published test that this bid's price trips; a question to ask, not a rejection."""

    flag: str
    test: str
    threshold: Fraction
    words: str


@dataclass(frozen=True, slots=True)
class Behind:
    """What put the bid behind the one above it.

    `parts` tells how much each part of the value is more or less than that of the bid above.
    `price`: the price with which it would have been level with that bid, all else as it is; None
    as for a break-even price.
    """

    bid: str
    by: str
    difference: Amount
    parts: tuple[Input, ...]
    price: Amount | None
    words: str


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The price at which this bid would have equalled the first, all else as it is.

    There is none for a method in which the price of one bid changes the points of the others, nor
    where no price would have sufficed.
    """

    price: Amount
    words: str


@dataclass(frozen=True, slots=True)
class BidResult:
    """Everything about one bid.

    A method ranks by `evaluated_price` or by `points`; the other one is None, and both are for a
    disqualified bid, as is `rank`. `technical` is the sum of the points without the price, where
    the method gives points. The price is None while its envelope is sealed.
    """

    bid: str
    tenderer: str
    qualified: bool
    rank: int | None
    gates: tuple[GateResult, ...]
    corrections: tuple[Correction, ...]
    price: Amount | None
    evaluated_price: Amount | None
    technical: Amount | None
    points: Amount | None
    working: tuple[Step, ...]
    tie: Tie | None
    flags: tuple[Flag, ...]
    behind: Behind | None
    break_even: BreakEven | None

    @property
    def price_text(self) -> str:
        """The price as a decimal; empty while its envelope is sealed."""
        return self.price.decimal if self.price else ""


@dataclass(frozen=True, slots=True)
class Removal:
    """A losing bid without which others would have won, and who: a warning about the method."""

    bid: str
    winners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WeightRange:
    """Between which weights of one part the first bid stays first, the ends included.

    The other weights are scaled in proportion, so that the total stays. `below` and `above` are the
    bids that would pass it beyond an end; none where the end is that of all weights.
    """

    part: str
    weight: Amount
    lowest: Amount
    highest: Amount
    below: tuple[str, ...]
    above: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invitation:
    """A bid that may take a share by matching the first.

    `limit` is the highest evaluated price within the band, `price` the one to match. `answer`:
    agreed, declined, or open.
    """

    matching: str
    bid: str
    limit: Amount
    price: Amount | None
    answer: str
    words: str


@dataclass(frozen=True, slots=True)
class Portion:
    """The quantity of one item that falls to one bid; `why`: first, split, or the matching rule."""

    bid: str
    item: str
    quantity: Fraction
    why: str


@dataclass(frozen=True, slots=True)
class Result:
    """The evaluation of a lot: bids by rank, then the disqualified ones by name.

    `winners` holds the bid of the first rank; several where the published rules leave them equal,
    none where no bid qualified or prices are still sealed. `removals` tests the first rank: each
    losing bid without which it would be another's (never under an absolute method); `weights` holds
    the ranges in which one bid stays first. `portions` divide the lot where the terms divide it;
    none while an invitation is open. `technical_digest` is that of the technical case which this
    final one follows.
    """

    engine: str
    case_digest: str
    terms_digest: str
    technical_digest: str | None
    tender: str
    lot: str
    method: str
    stage: str | None
    currency: str
    rounding: Rounding
    winners: tuple[str, ...]
    ties: tuple[TieGroup, ...]
    removals: tuple[Removal, ...]
    weights: tuple[WeightRange, ...]
    invitations: tuple[Invitation, ...]
    portions: tuple[Portion, ...]
    bids: tuple[BidResult, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values; all numbers are strings."""
        return {"format": RESULT_FORMAT, **as_json(self)}

    def to_bytes(self) -> bytes:
        """The canonical bytes, the same for the same case everywhere."""
        return canonical(self.to_json())
