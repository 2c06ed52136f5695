"""What an allocation says: the award, what it costs, and how it compares, frozen."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from procurement.rules.canonical import canonical
from procurement.rules.money import Rounding
from procurement.rules.result import Amount
from procurement.rules.writing import as_json

RESULT_FORMAT: Final = "musika-allocation-result/1"
# Raised whenever the same case could give another result; old results stay checkable by it.
ENGINE_VERSION: Final = "1"

OPTIMAL: Final = "optimal"
GAP: Final = "gap"
TIME_LIMIT: Final = "time_limit"
UNPROVEN: Final = "unproven"
STATUSES: Final = (OPTIMAL, GAP, TIME_LIMIT, UNPROVEN)


@dataclass(frozen=True, slots=True)
class SolverUsed:
    """The solver with its version and the settings that could change what it finds."""

    name: str
    version: str
    seed: int
    threads: int
    time_limit: int | None
    gap: Fraction | None


@dataclass(frozen=True, slots=True)
class LotQuantity:
    """A quantity of one lot."""

    lot: str
    quantity: Fraction


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken of one bid."""

    bid: str
    lines: tuple[LotQuantity, ...]


@dataclass(frozen=True, slots=True)
class Awarded:
    """One bid that is awarded something; `kind`: bid or package. The cost is its parts' sum."""

    bid: str
    tenderer: str
    kind: str
    lines: tuple[LotQuantity, ...]
    price: Amount
    transport: Amount
    quality: Amount
    cost: Amount


@dataclass(frozen=True, slots=True)
class LotResult:
    """How one lot's demand is met; `why`: what stood in the way of the rest (empty: no rest)."""

    lot: str
    demand: Fraction
    awarded: Fraction
    unmet: Fraction
    penalty: Amount
    suppliers: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Change:
    """What the cheapest award that includes a tenderer costs more, and for which quantity.

    Had its price for these quantities been lower by more than `extra`, it would have been awarded.
    """

    extra: Amount
    lines: tuple[LotQuantity, ...]
    words: str


@dataclass(frozen=True, slots=True)
class TendererResult:
    """One tenderer's award, what it is paid, and if it gets nothing, what would have changed it."""

    tenderer: str
    quantity: Fraction
    paid: Amount
    change: Change | None
    words: str


@dataclass(frozen=True, slots=True)
class OwnerResult:
    """What goes to one beneficial owner under one cap."""

    cap: str
    owner: str
    quantity: Fraction
    limit: Fraction


@dataclass(frozen=True, slots=True)
class ReserveResult:
    """How a reserve is kept: what its group gets, and what the others get of their most."""

    reserve: str
    quantity: Fraction
    others: Fraction
    others_limit: Fraction


@dataclass(frozen=True, slots=True)
class DepotResult:
    """What one depot receives in one week for which it has a limit."""

    depot: str
    week: str
    quantity: Fraction
    deliveries: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why no more is taken of one bid: the rule, the name of the fact behind it, and words."""

    bid: str
    tenderer: str
    rule: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of cheapest first."""

    bid: str
    lines: tuple[LotQuantity, ...]
    rule: str
    name: str


@dataclass(frozen=True, slots=True)
class Greedy:
    """The award of cheapest first, and how much more it costs."""

    cost: Amount
    difference: Amount
    awards: tuple[Taken, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """What one published rule costs: the lowest cost without it, all else as it is.

    Both are None where the solver stopped before that was proven.
    """

    policy: str
    without: Amount | None
    cost: Amount | None


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """The cheapest award to another set of tenderers; `proven`: no other such set is cheaper."""

    suppliers: tuple[str, ...]
    cost: Amount
    difference: Amount
    proven: bool
    awards: tuple[Taken, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The award of all lots.

    `status`: optimal (the bound equals the cost), gap (within the gap that was allowed),
    time_limit (the solver was stopped) or unproven.
    `bound` is a proven lower bound of the cost of any award, `gap` the cost less the bound; both
    are None where the solver was stopped before it had one. `tie_break`: settled where the award
    is proven to be the one that the published rule chooses among equally cheap ones, else open.
    """

    engine: str
    solver: SolverUsed
    case_digest: str
    terms_digest: str
    tender: str
    currency: str
    unit: str
    rounding: Rounding
    status: str
    tie_break: str
    cost: Amount
    bound: Amount | None
    gap: Amount | None
    paid: Amount
    awards: tuple[Awarded, ...]
    lots: tuple[LotResult, ...]
    tenderers: tuple[TendererResult, ...]
    owners: tuple[OwnerResult, ...]
    reserves: tuple[ReserveResult, ...]
    depots: tuple[DepotResult, ...]
    reasons: tuple[Reason, ...]
    greedy: Greedy
    policies: tuple[Policy, ...]
    runner_up: RunnerUp | None

    def to_json(self) -> dict[str, Any]:
        """Plain values; all numbers are strings."""
        return {"format": RESULT_FORMAT, **as_json(self)}

    def to_bytes(self) -> bytes:
        """The canonical bytes, the same for the same case everywhere."""
        return canonical(self.to_json())
