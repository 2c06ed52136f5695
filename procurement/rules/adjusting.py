"""The published price adjustment of a load, from the measurements that its verdict rests on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from marketplace.errors import Invalid
from procurement.rules.inspecting import Verdict
from procurement.rules.payable import CENTS, Adjusted, Step
from produce.rules import adjustment, bands
from produce.rules.adjustmentfacts import ContractedLimit, Load, Measured, Outcome, UnitPrice
from produce.rules.adjustmentfile import ScheduleEntry
from produce.rules.conformance import Finding
from produce.rules.conformance import Outcome as Found
from produce.rules.facts import Direction, Effect
from produce.rules.limits import LimitFact


class ScheduleDoesNotFit(Invalid):
    """The schedule needs what the contract does not give."""

    code = "schedule-does-not-fit"


@dataclass(frozen=True)
class Outcomes:
    """What the schedule says of a load; `reasons` where it rejects it."""

    adjusted: Adjusted | None
    reasons: tuple[str, ...]


def check_fits(schedule: ScheduleEntry, limits: tuple[LimitFact, ...], currency: str) -> None:
    """Whether the schedule can be applied to what a contract demands and pays in."""
    bands.check_schedule(schedule)
    known = {limit.code for limit in limits}
    if missing := [p for p in bands.parameters_of(schedule) if p not in known]:
        raise ScheduleDoesNotFit(
            f"“{schedule.name}” prices {', '.join(missing)}, which the contract does not measure.",
            where="schedule",
            remedy="Choose another schedule, or none.",
        )
    if foreign := sorted({c for c in _currencies(schedule) if c != currency}):
        raise ScheduleDoesNotFit(
            f"“{schedule.name}” pays in {', '.join(foreign)} too, and the contract states no rate.",
            where="schedule",
            remedy="Choose another schedule, or none.",
        )


def _currencies(schedule: ScheduleEntry) -> Iterator[str]:
    for step in schedule.steps:
        if step.effect is Effect.CURRENCY_SHARE_PERCENT:
            yield step.unit
        elif step.effect in (Effect.PRICE_BONUS, Effect.PRICE_DEDUCTION, Effect.BASE_PRICE):
            yield step.unit.split("/")[0]


def apply(
    schedule: ScheduleEntry,
    verdict: Verdict,
    *,
    received: Decimal,
    unit: str,
    unit_price: Decimal,
    currency: str,
    delivered_on: date,
) -> Outcomes:
    """The adjustment of a load by what was measured; raises what `adjustment.adjust` raises."""
    wanted = set(bands.parameters_of(schedule))
    found = [f for f in verdict.findings if f.limit.code in wanted]
    load = Load(
        net_weight=received,
        measured=tuple(_measured(f) for f in found if isinstance(f.value, Decimal)),
        rounding=CENTS,
        unit=unit,
        price=UnitPrice(unit_price, currency, unit),
        limits=tuple(c for f in found if (c := _contracted(f.limit))),
        delivered_on=delivered_on,
        commodity=schedule.commodity,
    )
    made = adjustment.adjust(schedule, load)
    if made.outcome is Outcome.REJECT:
        return Outcomes(None, made.reasons)
    steps = tuple(Step(step.what, step.formula, step.value) for step in made.working)
    adjusted = Adjusted(
        payable=made.payable_weight, unit_price=Fraction(made.price_after), steps=steps
    )
    return Outcomes(adjusted, ())


def _measured(found: Finding) -> Measured:
    assert isinstance(found.value, Decimal)
    return Measured(found.limit.code, found.value, found.limit.unit, found.limit.name)


def _contracted(limit: LimitFact) -> ContractedLimit | None:
    bound = limit.maximum if limit.direction is Direction.LOWER else limit.minimum
    return ContractedLimit(limit.code, bound, limit.direction) if bound is not None else None


def reasons(verdict: Verdict, schedule: ScheduleEntry | None, told: tuple[str, ...]) -> list[str]:
    """Why a load is refused: what the schedule does not price must conform, the rest it judges.

    A safety limit is never bought off by a lower price.
    """
    priced = set(bands.parameters_of(schedule)) if schedule else set()
    failed = [
        f.reason
        for f in verdict.findings
        if f.outcome is not Found.CONFORMS and (f.limit.is_safety or f.limit.code not in priced)
    ]
    return [*failed, *told]
