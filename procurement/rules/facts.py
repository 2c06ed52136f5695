"""Everything that decides an evaluation, as frozen facts.

Quantities are in the item's unit, prices in the lot's currency for one such unit, shares and
option values are parts of one. Numbers are Fractions: build a case with `case.from_json`, which
reads and checks them, rather than by hand. docs/reference/evaluation.md explains each field.
"""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final

from procurement.rules.money import Rounding
from procurement.rules.optional_facts import (
    Addition,
    Answer,
    Component,
    Group,
    Mark,
    Matching,
    Membership,
    Nonce,
    Preference,
    Rate,
    Rating,
    Steps,
)

CASE_FORMAT: Final = "musika-evaluation-case/2"

MAXIMUM: Final = "maximum"
MINIMUM: Final = "minimum"
RANGE: Final = "range"
EQUALS: Final = "equals"
LIMIT_KINDS: Final = (MAXIMUM, MINIMUM, RANGE, EQUALS)

GATE: Final = "gate"
QUALITY: Final = "quality"
POINTS: Final = "points"
MONEY: Final = "money"
RATED: Final = "rated"
CRITERION_KINDS: Final = (GATE, QUALITY, POINTS, MONEY, RATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What the quality specification demands of one parameter; limits belong to what passes."""

    parameter: str
    name: str
    unit: str
    kind: str
    minimum: Fraction | None
    maximum: Fraction | None
    equals: str | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of goods that the lot asks for; `quantum`: the step in which it may be divided."""

    item: str
    commodity: str
    description: str
    quantity: Fraction
    unit: str
    specification: tuple[Limit, ...]
    quantum: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer that a criterion offers, and its worth: a part of one, points, or money."""

    option: str
    label: str
    value: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """What bids are judged on: a gate (passed or not), answers of a published worth, or marks.

    Answers are `options`, or numbers on a step table (`steps`); marks have a `rating`. Money is due
    once for the lot, or for each unit of the item that `per_unit_of` names.
    """

    criterion: str
    title: str
    kind: str
    source: str
    options: tuple[Option, ...]
    steps: Steps | None = None
    rating: Rating | None = None
    per_unit_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Prices beyond which a bid is disqualified; a bid equal to a bound is not."""

    reserve_price: Fraction | None
    minimum_price: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """Less than the full quantity is allowed, down to this share of each item."""

    minimum_share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePoints:
    """What the price is worth in points, of which total; the prices that earn all and none."""

    weight: Fraction
    total: Fraction
    lowest: Fraction | None
    highest: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LowTest:
    """One published test for abnormally low prices, with its threshold."""

    test: str
    threshold: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A bid's price and quantity for one item, and the total that the tenderer wrote, if any."""

    item: str
    unit_price: Fraction
    quantity: Fraction
    stated_total: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """The value that a bid declares for one parameter of one item, as written."""

    item: str
    parameter: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A bid's answer to a criterion: the option that it chose, or its number on a step table."""

    criterion: str
    option: str | None
    value: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The evaluators' finding on a gate, with its reason and the source of the requirement."""

    criterion: str
    passed: bool
    reason: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """One opened bid. `submitted_at` is in UTC; `currency` None: the lot's."""

    bid: str
    tenderer: str
    submitted_at: datetime
    revision: int
    lines: tuple[Line, ...]
    declared: tuple[Declaration, ...]
    responses: tuple[Response, ...]
    gates: tuple[Finding, ...]
    currency: str | None = None
    additions: tuple[Addition, ...] = ()
    groups: tuple[Membership, ...] = ()
    marks: tuple[Mark, ...] = ()
    answers: tuple[Answer, ...] = ()
    agrees_to_split: bool | None = None
    distance_km: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One lot with its published rules and its bids.

    From `price_points` on, the parts are optional and left out of the case's JSON where unused.
    `price_points` and `minimum_points` belong to methods that rank by points, `stage` to those of
    two envelopes.
    """

    terms_hash: str
    tender: str
    lot: str
    method: str
    currency: str
    items: tuple[Item, ...]
    criteria: tuple[Criterion, ...]
    bounds: Bounds
    rounding: Rounding
    partial: Partial | None
    abnormally_low: tuple[LowTest, ...]
    tie_break: tuple[str, ...]
    draw_seed: str | None
    bids: tuple[Bid, ...]
    price_points: PricePoints | None = None
    minimum_points: Fraction | None = None
    stage: str | None = None
    components: tuple[Component, ...] = ()
    groups: tuple[Group, ...] = ()
    preference: Preference | None = None
    matching: tuple[Matching, ...] = ()
    rates: tuple[Rate, ...] = ()
    draw_nonces: tuple[Nonce, ...] = ()
