"""One sample, graded and priced: what the public calculator answers, on a page and by API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from produce.rules.adjustment import adjust
from produce.rules.adjustmentfacts import Adjustment, ContractedLimit, Load, Measured, UnitPrice
from produce.rules.adjustmentfile import ScheduleEntry
from produce.rules.amounts import RoundTo
from produce.rules.bands import parameters_of, steps_for
from produce.rules.facts import Effect, Rounding
from produce.rules.grading import GradeFact, Grading, grade
from produce.rules.lifting import Lift, lift
from produce.rules.limits import LimitFact
from produce.rules.numbers import exact

# How the calculator rounds what it shows; a tender states its own rounding.
ROUNDING = RoundTo(Rounding.HALF_UP, 2)


@dataclass(frozen=True, kw_only=True)
class Deal:
    """What is needed for a price: the schedule, the weight and the price before it."""

    schedule: ScheduleEntry
    net_weight: Decimal
    unit: str = "kg"
    price: UnitPrice | None = None
    # From whose limits the points of some schedules count.
    contracted: tuple[LimitFact, ...] = ()
    # Values that the schedule needs and the standard does not limit.
    more: Mapping[str, object] = field(default_factory=dict)
    delivered_on: date | None = None
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    rounding: RoundTo = ROUNDING


@dataclass(frozen=True)
class Reckoned:
    grading: Grading
    lift: Lift | None
    adjustment: Adjustment | None


def reckon(
    grades: tuple[GradeFact, ...], measured: Mapping[str, object], deal: Deal | None = None
) -> Reckoned:
    """Grade the sample and, where there is a deal, adjust its price.

    Raises what `grading.grade` and `adjustment.adjust` raise.
    """
    found = grade(grades, measured)
    priced = adjust(deal.schedule, load_of(found, deal)) if deal else None
    return Reckoned(found, lift(grades, found), priced)


def load_of(found: Grading, deal: Deal) -> Load:
    """The load that a graded sample stands for: totals count as they were added up."""
    values = [
        Measured(p.finding.limit.code, p.finding.value, p.finding.limit.unit, p.finding.limit.name)
        for p in found.parameters
        if isinstance(p.finding.value, Decimal)
    ]
    units = units_of(deal.schedule)
    values += [Measured(code, exact(v, code), units.get(code, "")) for code, v in deal.more.items()]
    return Load(
        net_weight=deal.net_weight,
        unit=deal.unit,
        measured=tuple(values),
        rounding=deal.rounding,
        price=deal.price,
        limits=contracted_limits(deal.contracted),
        delivered_on=deal.delivered_on,
        rates=deal.rates,
    )


def contracted_limits(limits: tuple[LimitFact, ...]) -> tuple[ContractedLimit, ...]:
    """The bound on the worse side of each limit, from which points count."""
    found = []
    for limit in limits:
        bound = limit.maximum if limit.minimum is None else limit.minimum
        if bound is not None and (limit.minimum is None) != (limit.maximum is None):
            found.append(ContractedLimit(limit.code, bound, limit.direction))
    return tuple(found)


def units_of(schedule: ScheduleEntry) -> dict[str, str]:
    """The unit in which each parameter of the schedule is measured."""
    return {p: steps_for(schedule.steps, p)[0].parameter_unit for p in parameters_of(schedule)}


def needs_limits(schedule: ScheduleEntry) -> bool:
    return any(step.relative_to_limit for step in schedule.steps)


def needs_day(schedule: ScheduleEntry) -> bool:
    return any(step.delivered_by for step in schedule.steps)


def price_unit(schedule: ScheduleEntry) -> tuple[str, str] | None:
    """Currency and unit in which the schedule counts money, where it does."""
    wanted = (Effect.BASE_PRICE, Effect.PRICE_DEDUCTION, Effect.PRICE_BONUS)
    for effect in wanted:
        for step in schedule.steps:
            if step.effect is effect:
                currency, _, per = step.unit.partition("/")
                return currency, per
    return None


def fixes_price(schedule: ScheduleEntry) -> bool:
    return any(step.effect is Effect.BASE_PRICE for step in schedule.steps)


def foreign_shares(schedule: ScheduleEntry, currency: str) -> list[str]:
    """The currencies whose rate is needed to split a payment."""
    shares = [s.unit for s in schedule.steps if s.effect is Effect.CURRENCY_SHARE_PERCENT]
    return [unit for unit in shares if unit != currency]
