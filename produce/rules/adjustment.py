"""What is paid for a load, exactly: its weight and its price after the published schedule.

Order of the working: rejection; weight at the base moisture; weight deductions, added up and taken
from that weight once; price changes, each from the contracted price and rounded as the schedule
says; amount; split by currency. Nothing but a price change and an amount is ever rounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from produce.rules import adjustmentwords as say
from produce.rules.adjustmentchecks import check_load, convert, unit_price
from produce.rules.adjustmentfacts import (
    Adjustment,
    Amount,
    Load,
    Outcome,
    PriceChange,
    Step,
    UnitPrice,
)
from produce.rules.adjustmentfile import ScheduleEntry, StepEntry
from produce.rules.amounts import RoundTo, rounded
from produce.rules.bands import (
    check_schedule,
    holds,
    is_silent,
    parameters_of,
    steps_for,
    times,
)
from produce.rules.facts import Direction, Effect

_PRICE = frozenset({Effect.PRICE_BONUS, Effect.PRICE_DEDUCTION, Effect.PRICE_DEDUCTION_PERCENT})


@dataclass(frozen=True)
class Hit:
    """A step that applies, and how often; `value` is what was compared with its bounds."""

    step: StepEntry
    value: Fraction
    times: Fraction
    name: str


def adjust(schedule: ScheduleEntry, load: Load) -> Adjustment:
    """Apply a published schedule to one load.

    Raises BadSchedule for a schedule that contradicts itself, MeasurementMissing for what the
    schedule needs and nobody measured, and BadLoad for everything else that cannot be reckoned.
    """
    check_schedule(schedule)
    check_load(schedule, load)
    price = unit_price(schedule, load)
    hits = _hits(schedule, load)
    before = convert(Fraction(load.net_weight), load.unit, price.per, schedule) * Fraction(
        price.amount
    )
    reasons = _rejections(schedule, load, hits)
    if reasons:
        return _rejected(schedule, load, price, before, reasons)
    return _paid(schedule, load, price, before, hits)


def compared(schedule: ScheduleEntry, load: Load, parameter: str) -> Fraction:
    """The measured value, or how far it is beyond the contracted limit, towards worse."""
    value = next(Fraction(m.value) for m in load.measured if m.parameter == parameter)
    if not steps_for(schedule.steps, parameter)[0].relative_to_limit:
        return value
    limit = next(x for x in load.limits if x.parameter == parameter)
    over = value - Fraction(limit.limit)
    return over if limit.direction is Direction.LOWER else -over


def _hits(schedule: ScheduleEntry, load: Load) -> list[Hit]:
    names = {m.parameter: m.name for m in load.measured}
    found = []
    for step in schedule.steps:
        if step.delivered_by and load.delivered_on and load.delivered_on > step.delivered_by:
            continue
        if not step.parameter_code:
            found.append(Hit(step, Fraction(0), Fraction(1), ""))
            continue
        value = compared(schedule, load, step.parameter_code)
        if holds(step, value):
            name = names[step.parameter_code] or say.name_of(step.parameter_code)
            found.append(Hit(step, value, times(step, value), name))
    return found


def _rejections(schedule: ScheduleEntry, load: Load, hits: Sequence[Hit]) -> tuple[str, ...]:
    reasons = [
        say.rejected(h.name, h.step, h.value) for h in hits if h.step.effect is Effect.REJECT
    ]
    names = {m.parameter: m.name or say.name_of(m.parameter) for m in load.measured}
    for parameter in parameters_of(schedule):
        steps = steps_for(schedule.steps, parameter)
        value = compared(schedule, load, parameter)
        if is_silent(steps, value):
            reasons.append(say.silent(names[parameter], steps[0], value))
    return tuple(reasons)


def _rejected(
    schedule: ScheduleEntry,
    load: Load,
    price: UnitPrice,
    before: Fraction,
    reasons: tuple[str, ...],
) -> Adjustment:
    nothing = Amount(price.currency, Fraction(0), load.rounding)
    whole = Amount(price.currency, before, load.rounding)
    return Adjustment(
        schedule=schedule.code,
        edition=schedule.edition,
        outcome=Outcome.REJECT,
        reasons=reasons,
        delivered=load.net_weight,
        unit=load.unit,
        payable_weight=Fraction(0),
        price=price,
        price_after=Fraction(0),
        changes=(),
        before=whole,
        after=(nothing,),
        payments=(),
        rounding=load.rounding.words,
        working=(say.delivered(load), say.before(load, price, whole), *say.refusals(reasons)),
    )


def _paid(
    schedule: ScheduleEntry, load: Load, price: UnitPrice, before: Fraction, hits: Sequence[Hit]
) -> Adjustment:
    whole = Amount(price.currency, before, load.rounding)
    weight, weighing = _weight(load, hits)
    changes = _changes(schedule, price, hits)
    price_after, pricing = _price_after(price, changes)
    after, reckoning = _after(schedule, load, weight, price, price_after, changes)
    payments, splitting = _split(load, price, hits, after)
    same = weight == load.net_weight and (after[0].exact, len(after)) == (before, 1)
    return Adjustment(
        schedule=schedule.code,
        edition=schedule.edition,
        outcome=Outcome.ACCEPT if same else Outcome.ADJUSTED,
        reasons=say.reasons(load, weight, changes),
        delivered=load.net_weight,
        unit=load.unit,
        payable_weight=weight,
        price=price,
        price_after=price_after,
        changes=changes,
        before=whole,
        after=after,
        payments=payments,
        rounding=load.rounding.words,
        working=(
            *(say.delivered(load), say.before(load, price, whole), *weighing, *pricing),
            *(*reckoning, *splitting),
        ),
    )


def _weight(load: Load, hits: Sequence[Hit]) -> tuple[Fraction, list[Step]]:
    """The weight that is paid, exact, and how it was found."""
    weight, working = Fraction(load.net_weight), []
    for hit in hits:
        if hit.step.effect is Effect.DRY_MATTER_WEIGHT:
            base = Fraction(hit.step.value or 0)
            standard = weight * (100 - hit.value) / (100 - base)
            working.append(say.dry_matter(weight, hit.value, base, standard, load.unit))
            weight = standard
    off = [h for h in hits if h.step.effect is Effect.WEIGHT_DEDUCTION_PERCENT and h.step.value]
    if off:
        percents = [Fraction(h.step.value or 0) * h.times for h in off]
        working += [
            say.weight_off(h.name, h.step, h.times, p) for h, p in zip(off, percents, strict=True)
        ]
        # More than the whole load cannot be taken off.
        percent = min(sum(percents, Fraction(0)), Fraction(100))
        left = weight * (100 - percent) / 100
        working.append(say.weight_left(weight, percent, left, load.unit))
        weight = left
    return weight, working


def _changes(
    schedule: ScheduleEntry, price: UnitPrice, hits: Sequence[Hit]
) -> tuple[PriceChange, ...]:
    found = [h for h in hits if h.step.effect in _PRICE and h.step.value]
    return tuple(_change(schedule, price, hit) for hit in found)


def _change(schedule: ScheduleEntry, price: UnitPrice, hit: Hit) -> PriceChange:
    step = hit.step
    value = Fraction(step.value or 0) * hit.times
    currency, per = price.currency, price.per
    if step.effect is Effect.PRICE_DEDUCTION_PERCENT:
        value = Fraction(price.amount) * value / 100
    else:
        currency, counted = step.unit.split("/")
        value *= convert(Fraction(1), price.per, counted, schedule)
    if step.effect is not Effect.PRICE_BONUS:
        value = -value
    amount = rounded(value, RoundTo(schedule.rounding, schedule.rounding_decimals))
    words = say.price_change(hit.name, step, hit.times)
    return PriceChange(step.parameter_code, words, value, amount, currency, per)


def _price_after(
    price: UnitPrice, changes: Sequence[PriceChange]
) -> tuple[Fraction, tuple[Step, ...]]:
    own = [change for change in changes if change.currency == price.currency]
    whole = Fraction(price.amount) + sum((c.amount for c in own), Fraction(0))
    # The seller never owes money for what he delivered.
    after = max(whole, Fraction(0))
    working = [say.change(change) for change in changes]
    if own:
        working.append(say.price_left(price, own, after))
    return after, tuple(working)


def _after(
    schedule: ScheduleEntry,
    load: Load,
    weight: Fraction,
    price: UnitPrice,
    price_after: Fraction,
    changes: Sequence[PriceChange],
) -> tuple[tuple[Amount, ...], list[Step]]:
    """What the load costs, one amount a currency, the price's first."""
    counted = convert(weight, load.unit, price.per, schedule)
    main = Amount(price.currency, counted * price_after, load.rounding)
    amounts, working = [main], [say.amount(counted, price_after, price, main)]
    foreign = [change for change in changes if change.currency != price.currency]
    for currency in dict.fromkeys(change.currency for change in foreign):
        bonus = sum((c.amount for c in foreign if c.currency == currency), Fraction(0))
        amounts.append(Amount(currency, counted * bonus, load.rounding))
        working.append(say.foreign(counted, bonus, price, amounts[-1]))
    return tuple(amounts), working


def _split(
    load: Load, price: UnitPrice, hits: Sequence[Hit], after: Sequence[Amount]
) -> tuple[tuple[Amount, ...], list[Step]]:
    """The same money as it is paid out; each currency is rounded once."""
    shares = [h.step for h in hits if h.step.effect is Effect.CURRENCY_SHARE_PERCENT]
    if not shares:
        return tuple(after), []
    owed = {amount.currency: amount.exact for amount in after[1:]}
    working = []
    for share in shares:
        rate = Fraction(1) if share.unit == price.currency else Fraction(load.rates[share.unit])
        part = after[0].exact * Fraction(share.value or 0) / 100 / rate
        owed[share.unit] = owed.get(share.unit, Fraction(0)) + part
        working.append(say.share(share, after[0], rate, Amount(share.unit, part, load.rounding)))
    # The price's own currency comes first, as everywhere.
    order = sorted(owed, key=lambda currency: currency != price.currency)
    paid = tuple(Amount(currency, owed[currency], load.rounding) for currency in order)
    return paid, [*working, *(say.paid(amount) for amount in paid)]
