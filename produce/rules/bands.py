"""The bands of a price adjustment: which apply to a value, and whether they fit together.

A value below the mildest band changes nothing. A value beyond the last band, or in a gap, is one
for which the notice names no price: such a load is refused, never paid in full by falling through.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil

from marketplace.errors import Invalid
from produce.rules.adjustmentfile import ScheduleEntry, StepEntry
from produce.rules.facts import Effect, Per, Rounding

_ENDLESS = Fraction(10**30)
# What costs more than any deduction.
_REJECTED = _ENDLESS * _ENDLESS
_ANSWERS = frozenset({Effect.ACCEPT, Effect.REJECT})
_ONCE_ONLY = frozenset({Effect.BASE_PRICE, Effect.DRY_MATTER_WEIGHT, Effect.CURRENCY_SHARE_PERCENT})


class BadSchedule(Invalid):
    """The steps contradict one another: a worse value would be paid better, or two bands meet."""

    code = "bad-adjustment-schedule"


def parameters_of(schedule: ScheduleEntry) -> tuple[str, ...]:
    """The parameters that must be measured, in the order of the steps."""
    return tuple(dict.fromkeys(s.parameter_code for s in schedule.steps if s.parameter_code))


def steps_for(steps: Iterable[StepEntry], parameter: str) -> list[StepEntry]:
    return [step for step in steps if step.parameter_code == parameter]


def holds(step: StepEntry, value: Fraction) -> bool:
    """Whether the value (or its excess over the contracted limit) lies in the band."""
    if step.lower is not None:
        low = Fraction(step.lower)
        if value < low or (value == low and not step.lower_inclusive):
            return False
    if step.upper is None:
        return True
    high = Fraction(step.upper)
    return value < high or (value == high and step.upper_inclusive)


def times(step: StepEntry, value: Fraction) -> Fraction:
    """How often the step's value applies to a value inside its band."""
    if step.per is Per.ONCE or step.lower is None:
        return Fraction(1)
    over = value - Fraction(step.lower)
    if step.per is Per.POINT or step.step_size is None:
        return over
    return Fraction(ceil(over / Fraction(step.step_size)))


def is_silent(steps: Sequence[StepEntry], value: Fraction) -> bool:
    """Whether no band holds the value although it is not on the mild side of all of them."""
    if any(holds(step, value) for step in steps):
        return False
    if worse_is_more(steps):
        return not all(s.lower is not None and value <= Fraction(s.lower) for s in steps)
    return not all(s.upper is not None and value >= Fraction(s.upper) for s in steps)


def worse_is_more(steps: Sequence[StepEntry]) -> bool:
    """Whether a greater value is the worse one, as the bands themselves show. Raises BadSchedule.

    Points count upwards; else the dearer end is the worse; a single band is open towards worse.
    """
    if any(s.per is not Per.ONCE or s.relative_to_limit for s in steps):
        return True
    for group in _groups(steps):
        first, last = _cost(group[0]), _cost(group[-1])
        if first != last:
            return first < last
    bad = [s for s in steps if s.effect is not Effect.ACCEPT and (s.value is None or s.value)]
    for step in bad:
        if (step.lower is None) != (step.upper is None):
            return (step.upper is None) == (_cost(step) > 0)
    if all(s.lower is None and s.upper is None for s in steps):
        return True
    raise _bad(steps[0].parameter_code, "does not show which side is worse", "Add the next band.")


def check_schedule(schedule: ScheduleEntry) -> None:
    """Refuse a schedule that cannot be applied honestly. Raises BadSchedule."""
    if schedule.rounding is not Rounding.NOT_STATED and schedule.rounding_decimals is None:
        raise _bad(schedule.code, "rounds without saying to how many decimals", "Add them.")
    for parameter in parameters_of(schedule):
        _check_parameter(steps_for(schedule.steps, parameter))
    _check_singles(schedule.steps)


def _check_parameter(steps: Sequence[StepEntry]) -> None:
    name = steps[0].parameter_code
    if len({s.parameter_unit for s in steps}) > 1:
        raise _bad(name, "is measured in two units", "Use one unit in all its steps.")
    if len({s.relative_to_limit for s in steps}) > 1:
        raise _bad(name, "counts from zero and from the limit", "Count all its steps alike.")
    for step in steps:
        if step.per is not Per.ONCE and (step.lower is None or step.effect in _ONCE_ONLY):
            raise _bad(name, "counts points from nowhere", "Give the step a lower bound.")
        if step.value is not None and step.value < 0:
            raise _bad(name, "has a value below zero", "Use the opposite effect.")
        if step.effect is Effect.PRICE_BONUS and step.per is not Per.ONCE:
            raise _bad(name, "pays a bonus for each point", "Write one band for each bonus.")
    upwards = worse_is_more(steps)
    for group in _groups(steps):
        for below, above in pairwise(group):
            _check_pair(below, above, upwards=upwards)


def _check_pair(below: StepEntry, above: StepEntry, *, upwards: bool) -> None:
    name = below.parameter_code
    if below.upper is None or above.lower is None or below.upper > above.lower:
        raise _bad(name, "has two bands for one value", "Let one band begin where another ends.")
    touching = below.upper == above.lower
    if touching and below.upper_inclusive and above.lower_inclusive:
        raise _bad(name, "has two bands for one value", "Include the bound in one band only.")
    worse, milder = (above, below) if upwards else (below, above)
    gap = not touching or not (below.upper_inclusive or above.lower_inclusive)
    if gap and worse.effect is not Effect.REJECT:
        raise _bad(name, "has a gap between two bands", "Let one band begin where another ends.")
    if _cost(milder, at_end=True) > _cost(worse):
        raise _bad(name, "pays more for a worse value", "Make the worse band cost no less.")


def _groups(steps: Sequence[StepEntry]) -> list[list[StepEntry]]:
    """The bands whose costs can be compared, from low to high; answers belong to each group."""
    banded = [s for s in steps if s.effect not in _ONCE_ONLY]
    kinds = dict.fromkeys((s.effect, s.unit, s.delivered_by) for s in banded)
    answers = [s for s in banded if s.effect in _ANSWERS]
    counted = [kind for kind in kinds if kind[0] not in _ANSWERS]
    groups = [
        [*answers, *(s for s in banded if (s.effect, s.unit, s.delivered_by) == kind)]
        for kind in counted
    ]
    return [sorted(group, key=_start) for group in groups or [answers] if group]


def _start(step: StepEntry) -> Fraction:
    return -_ENDLESS if step.lower is None else Fraction(step.lower)


def _cost(step: StepEntry, *, at_end: bool = False) -> Fraction:
    """What the band costs where it begins, or where it ends."""
    if step.effect is Effect.REJECT:
        return _REJECTED
    value = Fraction(step.value or 0)
    if step.effect is Effect.PRICE_BONUS:
        return -value
    if step.per is Per.ONCE or step.lower is None:
        return value
    if not at_end:
        return value if step.per is Per.STARTED_STEP else Fraction(0)
    return value * (times(step, Fraction(step.upper)) if step.upper is not None else _ENDLESS)


def _check_singles(steps: Sequence[StepEntry]) -> None:
    for effect in (Effect.BASE_PRICE, Effect.DRY_MATTER_WEIGHT):
        found = [s for s in steps if s.effect is effect]
        if len(found) > 1:
            raise _bad(effect.value, "stands there twice", "Keep one of them.")
    for step in steps:
        if step.effect is Effect.DRY_MATTER_WEIGHT:
            _check_dry(step)
    shares = [s for s in steps if s.effect is Effect.CURRENCY_SHARE_PERCENT]
    if shares and sum(Fraction(s.value or 0) for s in shares) != 100:
        raise _bad("the shares of the currencies", "do not add up to 100 %", "Correct them.")
    if len({s.unit for s in shares}) != len(shares):
        raise _bad("a currency", "has two shares", "Give each currency one share.")


def _check_dry(step: StepEntry) -> None:
    if not step.parameter_code or step.value is None or not 0 <= step.value < 100:
        raise _bad("the base moisture", "is not from 0 to below 100 %", "Correct it.")


def _bad(name: str, why: str, remedy: str) -> BadSchedule:
    return BadSchedule(f"The schedule cannot be used: {name} {why}.", where=name, remedy=remedy)
