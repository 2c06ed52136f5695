"""The specification as a farmer needs it: what to bring, what is measured, what a load is paid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from produce.rules.adjustment import adjust
from produce.rules.adjustmentfacts import Load, Measured, Outcome, UnitPrice
from produce.rules.adjustmentfile import ScheduleEntry
from produce.rules.amounts import RoundTo, shown
from produce.rules.bands import parameters_of, steps_for, worse_is_more
from produce.rules.facts import Effect, Kind, Rounding
from produce.rules.limits import LimitFact, bound_words, impossible, with_unit
from produce.rules.numbers import plain
from produce.rules.sample import contracted_limits, fixes_price, needs_day, price_unit
from produce.rules.terms import PLACE_WORDS, Measuring, Place

_TO = RoundTo(Rounding.HALF_UP, 2)
_MONEY = frozenset({Effect.PRICE_DEDUCTION, Effect.PRICE_BONUS, Effect.BASE_PRICE})
WEIGHT = Decimal(10_000)


def must(commodity: str, limits: Sequence[LimitFact]) -> list[str]:
    """What the goods must be, one sentence a limit, moisture first."""
    ordered = sorted(limits, key=lambda limit: limit.code != "MOISTURE")
    return [_must(commodity, limit) for limit in ordered]


def _must(commodity: str, limit: LimitFact) -> str:
    if limit.code == "MOISTURE" and limit.maximum is not None:
        dry = with_unit(limit, limit.maximum)
        return f"Your {goods(commodity)} must have {dry} moisture or be drier."
    if is_none(limit):
        return f"{limit.name}: none at all."
    return f"{limit.name}: {bound_words(limit)}."


def goods(commodity: str) -> str:
    """What a farmer calls it: “Maize, white” is maize."""
    return commodity.split(",")[0].lower()


def is_none(limit: LimitFact) -> bool:
    """Whether nothing of it is allowed."""
    return limit.maximum == 0 or (limit.kind is Kind.BOOLEAN and limit.text == "absent")


def where_measured(limits: Sequence[LimitFact], measuring: Sequence[Measuring]) -> list[str]:
    """Where and how each parameter is measured, grouped by place."""
    names = {limit.code: limit.name for limit in limits}
    lines = []
    for place in Place:
        rows = [row for row in measuring if row.place == place and row.code in names]
        if rows:
            said = [names[r.code] + (f" ({r.method})" if r.method else "") for r in rows]
            lines.append(f"Measured {PLACE_WORDS[place]}: {', '.join(said)}.")
    return lines


def bring(quantity: Decimal, unit: str, tolerance: Decimal | None) -> str:
    """How much must come, with the tolerance of the quantity."""
    if not tolerance:
        return ""
    least = Fraction(quantity) * (100 - Fraction(tolerance)) / 100
    most = Fraction(quantity) * (100 + Fraction(tolerance)) / 100
    return (
        f"Bring at least {_number(least)} {unit} and at most {_number(most)} {unit} in all "
        f"({plain(tolerance)} % tolerance)."
    )


def _number(value: Fraction) -> str:
    text = shown(value, _TO)
    return text.rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Preview:
    """What one load is paid when one parameter is worse than demanded."""

    words: str
    rejected: bool


def previews(
    limits: Sequence[LimitFact], schedule: ScheduleEntry, price: UnitPrice | None = None
) -> list[Preview]:
    """A load of 10 t that is one point worse in each parameter of the schedule, then two.

    The rest is exactly as demanded. Where the schedule counts in money, `price` is needed.
    """
    counted = price_unit(schedule)
    if needs_day(schedule) or fixes_price(schedule) or (price is None and _counts_money(schedule)):
        return []
    price = price or UnitPrice(Decimal(100), "USD", "kg" if counted is None else counted[1])
    found = [
        _preview(limits, schedule, price, limit, points)
        for limit in limits
        if limit.code in parameters_of(schedule)
        for points in (1, 2)
    ]
    return [preview for preview in found if preview is not None]


def _counts_money(schedule: ScheduleEntry) -> bool:
    return any(step.effect in _MONEY for step in schedule.steps)


def _preview(
    limits: Sequence[LimitFact],
    schedule: ScheduleEntry,
    price: UnitPrice,
    limit: LimitFact,
    points: int,
) -> Preview | None:
    base = _as_demanded(limit)
    if base is None:
        return None
    up = limit.minimum is None
    if not steps_for(schedule.steps, limit.code)[0].relative_to_limit:
        up = worse_is_more(steps_for(schedule.steps, limit.code))
    value = base + points if up else base - points
    if impossible(limit, value):
        return None
    load = _load(limits, schedule, price)
    measured = tuple(
        replace(m, value=value) if m.parameter == limit.code else m for m in load.measured
    )
    unit = load.unit
    found = adjust(schedule, replace(load, measured=measured))
    what = f"{limit.name} of {with_unit(limit, value)}"
    if found.outcome is Outcome.REJECT:
        return Preview(f"A load with {what} is rejected.", True)
    share = found.after[0].exact * 100 / found.before.exact
    words = (
        f"A load of {plain(WEIGHT)} {unit} with {what} would be paid {_number(share)} % of the "
        "full price"
    )
    if found.payable_weight and found.payable_weight < WEIGHT:
        needed = Fraction(WEIGHT) ** 2 / found.payable_weight
        words += (
            f": {_number(found.payable_weight)} {unit} count. To be paid for {plain(WEIGHT)} "
            f"{unit}, bring at least {_number(needed)} {unit}"
        )
    return Preview(f"{words}.", False)


def _as_demanded(limit: LimitFact) -> Decimal | None:
    return limit.maximum if limit.minimum is None else limit.minimum


def _load(limits: Sequence[LimitFact], schedule: ScheduleEntry, price: UnitPrice) -> Load:
    values = [(limit, _as_demanded(limit)) for limit in limits]
    return Load(
        net_weight=WEIGHT,
        unit="litre" if price.per == "litre" else "kg",
        measured=tuple(
            Measured(limit.code, value, limit.unit, limit.name)
            for limit, value in values
            if value is not None
        ),
        rounding=_TO,
        price=price,
        limits=contracted_limits(tuple(limits)),
    )
