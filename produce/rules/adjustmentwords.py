"""The working of a price adjustment in plain words, for the person whose load it is."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from produce.rules.adjustmentfacts import Amount, Load, PriceChange, Step, UnitPrice
from produce.rules.adjustmentfile import StepEntry
from produce.rules.amounts import written
from produce.rules.facts import Effect, Per
from produce.rules.limits import unit_words
from produce.rules.numbers import plain


def name_of(parameter: str) -> str:
    return parameter.replace("_", " ").capitalize()


def band(step: StepEntry) -> str:
    """The bounds of a step: "above 15 up to 17 %", "any value"."""
    low = high = ""
    if step.lower is not None:
        low = f"{'from' if step.lower_inclusive else 'above'} {plain(step.lower)}"
    if step.upper is not None:
        high = f"{'up to' if step.upper_inclusive else 'below'} {plain(step.upper)}"
    bounds = " ".join(part for part in (low, high, unit_words(step.parameter_unit)) if part)
    if not low and not high:
        return "any value"
    return f"{bounds} beyond the contracted limit" if step.relative_to_limit else bounds


def measure(step: StepEntry, value: Fraction) -> str:
    said = f"{written(value)} {unit_words(step.parameter_unit)}".rstrip()
    return f"{said} beyond the contracted limit" if step.relative_to_limit else said


def rejected(name: str, step: StepEntry, value: Fraction) -> str:
    return f"{name} is {measure(step, value)}: the schedule rejects {band(step)}"


def silent(name: str, step: StepEntry, value: Fraction) -> str:
    return f"{name} is {measure(step, value)}: the schedule names no price for that"


def refusals(reasons: Iterable[str]) -> tuple[Step, ...]:
    return tuple(Step("Rejected", reason, "nothing is paid") for reason in reasons)


def delivered(load: Load) -> Step:
    return Step("Delivered", "net weight as weighed", f"{plain(load.net_weight)} {load.unit}")


def before(load: Load, price: UnitPrice, amount: Amount) -> Step:
    formula = (
        f"{plain(load.net_weight)} {load.unit} at {price.currency} {plain(price.amount)} "
        f"a {price.per}"
    )
    return Step("Amount before any adjustment", formula, money(amount))


def money(amount: Amount) -> str:
    return f"{amount.currency} {amount.shown}"


def dry_matter(
    weight: Fraction, moisture: Fraction, base: Fraction, found: Fraction, unit: str
) -> Step:
    formula = f"{written(weight)} × (100 − {written(moisture)}) ÷ (100 − {written(base)})"
    return Step(f"Weight at {written(base)} % moisture", formula, f"{written(found)} {unit}")


def weight_off(name: str, step: StepEntry, times: Fraction, percent: Fraction) -> Step:
    return Step(
        f"Deduction for {name.lower()}",
        _often(step, times, f"{_plain(step)} %"),
        f"{written(percent)} % of the weight",
    )


def weight_left(weight: Fraction, percent: Fraction, found: Fraction, unit: str) -> Step:
    formula = f"{written(weight)} × (100 − {written(percent)}) ÷ 100"
    return Step("Weight that is paid", formula, f"{written(found)} {unit}")


def price_change(name: str, step: StepEntry, times: Fraction) -> str:
    percent = step.effect is Effect.PRICE_DEDUCTION_PERCENT
    value = f"{_plain(step)} %" if percent else f"{step.unit} {_plain(step)}"
    if step.effect is Effect.PRICE_BONUS:
        if not step.parameter_code and step.delivered_by:
            return f"Bonus for delivery by {step.delivered_by.isoformat()}: {value}"
        why = f" for {name.lower()} {band(step)}" if name else ""
        return f"Bonus{why}: {value}"
    why = f" for {name.lower()}" if name else ""
    return f"Deduction{why}: {_often(step, times, value)}"


def change(found: PriceChange) -> Step:
    what, _, formula = found.words.partition(": ")
    exact, amount = written(found.exact), written(found.amount)
    if found.exact != found.amount:
        formula = f"{formula} = {exact}, rounded as the schedule says"
    sign = "+" if found.amount > 0 else ""
    return Step(what, formula, f"{found.currency} {sign}{amount} a {found.per}")


def price_left(price: UnitPrice, own: Sequence[PriceChange], after: Fraction) -> Step:
    parts = " ".join(f"{'−' if c.amount < 0 else '+'} {written(abs(c.amount))}" for c in own)
    formula = f"{plain(price.amount)} {parts}"
    if after == 0:
        formula += ", never below zero"
    return Step("Price that is paid", formula, f"{price.currency} {written(after)} a {price.per}")


def amount(counted: Fraction, price_after: Fraction, price: UnitPrice, found: Amount) -> Step:
    formula = f"{written(counted)} {price.per} × {written(price_after)}; {found.rounding.words}"
    return Step("Amount to be paid", formula, money(found))


def foreign(counted: Fraction, bonus: Fraction, price: UnitPrice, found: Amount) -> Step:
    formula = f"{written(counted)} {price.per} × {written(bonus)}; {found.rounding.words}"
    return Step(f"Besides, in {found.currency}", formula, money(found))


def share(step: StepEntry, whole: Amount, rate: Fraction, found: Amount) -> Step:
    formula = f"{_plain(step)} % of {money(whole)}"
    if found.currency != whole.currency:
        formula += f" ÷ {written(rate)} {whole.currency} a {found.currency}"
    return Step(f"Share in {found.currency}", formula, money(found))


def paid(found: Amount) -> Step:
    return Step(f"Paid in {found.currency}", found.rounding.words, money(found))


def reasons(load: Load, weight: Fraction, changes: Sequence[PriceChange]) -> tuple[str, ...]:
    """Why a load is not simply paid as delivered; nothing when it is."""
    said = []
    if weight != load.net_weight:
        paid_for = f"{written(weight)} {load.unit} of {plain(load.net_weight)} {load.unit}"
        said.append(f"Weight: {paid_for} are paid")
    return (*said, *(found.words for found in changes))


def _often(step: StepEntry, times: Fraction, value: str) -> str:
    if step.per is Per.ONCE or step.lower is None:
        return f"{value} ({band(step)})"
    start = f"beyond {plain(step.lower)}"
    if step.relative_to_limit:
        start = "beyond the contracted limit"
    if step.per is Per.POINT:
        return f"{written(times)} points {start} × {value}"
    size = plain(step.step_size) if step.step_size is not None else ""
    return f"{written(times)} steps of {size} begun {start} × {value}"


def _plain(step: StepEntry) -> str:
    return plain(step.value) if step.value is not None else ""


_EFFECTS = {
    Effect.ACCEPT: "accepted as it is",
    Effect.REJECT: "rejected",
    Effect.PRICE_DEDUCTION: "{value} off the price",
    Effect.PRICE_BONUS: "{value} more",
    Effect.PRICE_DEDUCTION_PERCENT: "{value} % off the price",
    Effect.WEIGHT_DEDUCTION_PERCENT: "{value} % off the weight",
    Effect.DRY_MATTER_WEIGHT: "the weight is counted as if it had {value} % moisture",
    Effect.BASE_PRICE: "the price is {value}",
    Effect.CURRENCY_SHARE_PERCENT: "{value}",
}
_MONEY = frozenset({Effect.PRICE_DEDUCTION, Effect.PRICE_BONUS, Effect.BASE_PRICE})


def step_words(step: StepEntry) -> str:
    """One step of a schedule as a sentence part: "Moisture above 15 %: 1.4 % off the weight"."""
    value = f"{step.unit} {_plain(step)}" if step.effect in _MONEY else _plain(step)
    if step.effect is Effect.CURRENCY_SHARE_PERCENT:
        value = f"{_plain(step)} % is paid in {step.unit}"
    said = _EFFECTS[step.effect].format(value=value)
    if step.per is Per.POINT:
        said += " for each point, in proportion"
    if step.per is Per.STARTED_STEP and step.step_size is not None:
        said += f" for each {plain(step.step_size)} begun"
    if step.delivered_by:
        said += f" for delivery by {step.delivered_by.isoformat()}"
    if not step.parameter_code:
        return said[:1].upper() + said[1:]
    bounds = "" if step.effect is Effect.DRY_MATTER_WEIGHT else f" {band(step)}"
    return f"{name_of(step.parameter_code)}{bounds}: {said}"
