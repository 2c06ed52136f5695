"""Can this load be paid by this schedule? Each thing that is missing or does not fit is named."""

from decimal import Decimal
from fractions import Fraction

from marketplace.errors import Invalid
from produce.rules.adjustmentfacts import Load, Measured, UnitPrice
from produce.rules.adjustmentfile import ScheduleEntry
from produce.rules.bands import parameters_of, steps_for
from produce.rules.facts import Direction, Effect, Rounding
from produce.rules.grading import MeasurementMissing
from produce.rules.limits import unit_words
from produce.rules.numbers import plain
from produce.rules.units import convert_ratio

_ONE = Decimal(1)
# Pounds in a bushel of the commodity: a bushel is a volume, and only a convention gives it weight.
BUSHEL_LB = {"MAIZE_GRAIN": Fraction(56)}
_PRICED = frozenset({Effect.PRICE_BONUS, Effect.PRICE_DEDUCTION, Effect.BASE_PRICE})


class BadLoad(Invalid):
    """The load lacks what the schedule needs, or says something that cannot be."""

    code = "bad-load"


def check_load(schedule: ScheduleEntry, load: Load) -> None:
    """Raises MeasurementMissing or BadLoad with the place and the remedy."""
    _check_facts(load)
    if schedule.commodity and load.commodity and schedule.commodity != load.commodity:
        raise _bad(
            f"The schedule is for {schedule.commodity}, the load is {load.commodity}.",
            "schedule",
            "Choose a schedule for this commodity.",
        )
    _refuse_missing(schedule, load)
    for parameter in parameters_of(schedule):
        _check_measured(schedule, load, parameter)
    if load.delivered_on is None and any(s.delivered_by for s in schedule.steps):
        raise _bad("The day of delivery is not given.", "delivered_on", "Give it: it decides.")


def unit_price(schedule: ScheduleEntry, load: Load) -> UnitPrice:
    """The contracted price, or the one that the schedule itself sets. Raises BadLoad."""
    base = next((s for s in schedule.steps if s.effect is Effect.BASE_PRICE), None)
    price = load.price
    if base is not None and base.value is not None:
        currency, per = _priced(base.unit)
        price = UnitPrice(base.value, currency, per)
        if load.price is not None and load.price != price:
            raise _bad(
                f"The schedule sets the price itself: {base.unit} {plain(base.value)}.",
                "price",
                "Leave the price out, or choose another schedule.",
            )
    if price is None:
        raise _bad("The unit price is not given.", "price", "Give amount, currency and unit.")
    _check_money(schedule, load, price)
    return price


def convert(value: Fraction, source: str, target: str, schedule: ScheduleEntry) -> Fraction:
    """`value` of one unit counted in another; bushels where the commodity's weight is known."""
    if source == target:
        return value
    if target == "bu":
        return value * convert_ratio(_ONE, source, "lb") / _bushel(schedule)
    if source == "bu":
        return value * _bushel(schedule) * convert_ratio(_ONE, "lb", target)
    return value * convert_ratio(_ONE, source, target)


def _bushel(schedule: ScheduleEntry) -> Fraction:
    try:
        return BUSHEL_LB[schedule.commodity or ""]
    except KeyError as error:
        raise _bad(
            "How many pounds a bushel of this commodity holds is not known here.",
            "price",
            "Use a schedule that counts in kg or t.",
        ) from error


def _check_facts(load: Load) -> None:
    if load.net_weight <= 0:
        raise _bad("The net weight must be above zero.", "net_weight", "Weigh the load again.")
    if load.price is not None and load.price.amount <= 0:
        raise _bad("The unit price must be above zero.", "price", "Correct the price.")
    if load.rounding.mode is Rounding.NOT_STATED or load.rounding.decimals is None:
        raise _bad(
            "How the amount is rounded is not stated.",
            "rounding",
            "State half_up, half_even or truncate, and the decimals.",
        )
    names = [m.parameter for m in load.measured]
    for name in names:
        if names.count(name) > 1:
            raise _bad(f"{name} was measured twice.", name, "Send the value that counts.")
    for currency, rate in load.rates.items():
        if rate <= 0:
            raise _bad(f"The rate of {currency} must be above zero.", "rates", "Correct it.")


def _refuse_missing(schedule: ScheduleEntry, load: Load) -> None:
    given = {m.parameter for m in load.measured}
    missing = [p for p in parameters_of(schedule) if p not in given]
    if missing:
        raise MeasurementMissing(
            f"Not measured: {', '.join(missing)}.",
            where=missing[0],
            remedy="Measure them and reckon again; a missing measurement is never a pass.",
        )


def _check_measured(schedule: ScheduleEntry, load: Load, parameter: str) -> None:
    steps = steps_for(schedule.steps, parameter)
    found = next(m for m in load.measured if m.parameter == parameter)
    _check_value(found, steps[0].parameter_unit)
    dry = any(s.effect is Effect.DRY_MATTER_WEIGHT for s in steps)
    if dry and found.value == 100:
        raise _bad(f"{parameter} of 100 % leaves nothing to pay.", parameter, "Measure again.")
    if not steps[0].relative_to_limit:
        return
    limit = next((x for x in load.limits if x.parameter == parameter), None)
    if limit is None:
        raise _bad(
            f"The schedule counts {parameter} from its contracted limit, which is not given.",
            "limits",
            "Give the limit of the specification.",
        )
    if limit.direction not in (Direction.LOWER, Direction.HIGHER):
        raise _bad(
            f"{parameter} has a worse on both sides: points cannot be counted from its limit.",
            "limits",
            "Choose another schedule.",
        )


def _check_value(found: Measured, unit: str) -> None:
    if unit_words(found.unit) != unit_words(unit):
        raise _bad(
            f"{found.parameter} was measured in “{found.unit}”, the schedule counts in “{unit}”.",
            found.parameter,
            "Measure in the unit of the schedule, or convert the value before you send it.",
        )
    if found.value < 0 or (unit.startswith("%") and found.value > 100):
        raise _bad(
            f"{plain(found.value)} is impossible for {found.parameter}.",
            found.parameter,
            "Check the value and its unit, and enter it again.",
        )


def _check_money(schedule: ScheduleEntry, load: Load, price: UnitPrice) -> None:
    convert(Fraction(1), load.unit, price.per, schedule)
    for step in schedule.steps:
        if step.effect in _PRICED:
            currency, per = _priced(step.unit)
            convert(Fraction(1), price.per, per, schedule)
            if step.effect is Effect.PRICE_DEDUCTION and currency != price.currency:
                raise _bad(
                    f"The schedule deducts in {currency}, the price is in {price.currency}.",
                    "price",
                    "Choose a schedule in the currency of the price.",
                )
        split = step.effect is Effect.CURRENCY_SHARE_PERCENT and step.unit != price.currency
        if split and step.unit not in load.rates:
            raise _bad(
                f"A share is paid in {step.unit}: its rate in {price.currency} is not given.",
                "rates",
                "Give the published rate of the day.",
            )


def _priced(unit: str) -> tuple[str, str]:
    currency, slash, per = unit.partition("/")
    if not slash or len(currency) != 3 or not currency.isupper() or not per:
        raise _bad(f"“{unit}” is not a price unit like USD/t.", "schedule", "Correct the step.")
    return currency, per


def _bad(message: str, where: str, remedy: str) -> BadLoad:
    return BadLoad(message, where=where, remedy=remedy)
