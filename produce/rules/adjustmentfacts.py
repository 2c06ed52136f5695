"""What a price adjustment takes and gives: a load at the gate, and what is paid for it and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from produce.rules.amounts import RoundTo, exact_text, shown
from produce.rules.facts import Direction
from produce.rules.numbers import plain


@dataclass(frozen=True)
class Measured:
    """A measured value in its unit, in which the schedule must count too."""

    parameter: str
    value: Decimal
    unit: str
    name: str = ""


@dataclass(frozen=True)
class UnitPrice:
    """The contracted price of one `per` (t, kg, litre ...)."""

    amount: Decimal
    currency: str
    per: str


@dataclass(frozen=True)
class ContractedLimit:
    """The limit from which the points of a `relative_to_limit` step count, towards worse."""

    parameter: str
    limit: Decimal
    direction: Direction


@dataclass(frozen=True, kw_only=True)
class Load:
    """One delivery. `rounding` is the tender's, for amounts to be paid.

    `rates` says how much of the price's currency one unit of another currency costs; only a
    schedule that splits the payment needs it.
    """

    net_weight: Decimal
    measured: tuple[Measured, ...]
    rounding: RoundTo
    unit: str = "kg"
    price: UnitPrice | None = None
    limits: tuple[ContractedLimit, ...] = ()
    delivered_on: date | None = None
    commodity: str | None = None
    rates: Mapping[str, Decimal] = field(default_factory=dict)


class Outcome(StrEnum):
    ACCEPT = "accept"
    ADJUSTED = "adjusted"
    REJECT = "reject"


@dataclass(frozen=True)
class Step:
    """One line of the working."""

    what: str
    formula: str
    value: str


@dataclass(frozen=True)
class Amount:
    """An amount of money: exact, and rounded as published."""

    currency: str
    exact: Fraction
    rounding: RoundTo

    @property
    def shown(self) -> str:
        return shown(self.exact, self.rounding)

    def to_json(self) -> dict[str, str]:
        return {"currency": self.currency, "exact": exact_text(self.exact), "shown": self.shown}


@dataclass(frozen=True)
class PriceChange:
    """A deduction (below zero) or a bonus for each `per`, rounded as the schedule says."""

    parameter: str
    words: str
    exact: Fraction
    amount: Fraction
    currency: str
    per: str

    def to_json(self) -> dict[str, str]:
        return {
            "parameter": self.parameter,
            "words": self.words,
            "exact": exact_text(self.exact),
            "amount": exact_text(self.amount),
            "currency": self.currency,
            "per": self.per,
        }


@dataclass(frozen=True, kw_only=True)
class Adjustment:
    """What a load is paid. After a rejection nothing is payable and `reasons` say why.

    `price` and `price_after` are for one `per`; `after` has the price's currency first and a
    bonus in another currency after it; `payments` is `after` split as the schedule says.
    """

    schedule: str
    edition: str
    outcome: Outcome
    reasons: tuple[str, ...]
    delivered: Decimal
    unit: str
    payable_weight: Fraction
    price: UnitPrice
    price_after: Fraction
    changes: tuple[PriceChange, ...]
    before: Amount
    after: tuple[Amount, ...]
    payments: tuple[Amount, ...]
    rounding: str
    working: tuple[Step, ...]

    def to_json(self) -> dict[str, object]:
        """The result as plain data; every number is text."""
        return {
            "schedule": self.schedule,
            "edition": self.edition,
            "outcome": self.outcome.value,
            "reasons": list(self.reasons),
            "delivered": plain(self.delivered),
            "unit": self.unit,
            "payable_weight": exact_text(self.payable_weight),
            "price": plain(self.price.amount),
            "price_after": exact_text(self.price_after),
            "currency": self.price.currency,
            "per": self.price.per,
            "changes": [change.to_json() for change in self.changes],
            "before": self.before.to_json(),
            "after": [amount.to_json() for amount in self.after],
            "payments": [amount.to_json() for amount in self.payments],
            "rounding": self.rounding,
            "working": [vars(step) for step in self.working],
        }
