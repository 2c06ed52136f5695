"""What a specification says beside its limits: sampling, tolerance, price schedule, measuring."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from marketplace.errors import Invalid
from produce.rules.adjustmentfile import ScheduleEntry, StepEntry
from produce.rules.bands import check_schedule, parameters_of
from produce.rules.facts import Per
from produce.rules.limits import LimitFact, unit_words
from produce.rules.numbers import plain
from produce.rules.sample import contracted_limits, needs_limits, units_of

MAX_TOLERANCE = Decimal(50)


class Place(StrEnum):
    """Where a parameter is measured."""

    GATE = "gate"
    LABORATORY = "laboratory"
    LOADING = "loading"


PLACE_WORDS = {
    Place.GATE: "at the gate of the depot",
    Place.LABORATORY: "in a laboratory, from the sample",
    Place.LOADING: "where the load is loaded",
}


class BadTerms(Invalid):
    """The schedule, the tolerance or a place of measuring does not fit the specification."""

    code = "bad-quality-terms"


@dataclass(frozen=True)
class Measuring:
    """Where and by which method a parameter of the specification is measured."""

    code: str
    place: str
    method: str = ""


def check_terms(
    limits: Sequence[LimitFact],
    schedule: ScheduleEntry | None,
    tolerance: Decimal | None,
    measuring: Sequence[Measuring],
) -> None:
    """Refuse what could not be applied at the gate. Raises BadTerms or BadSchedule."""
    if tolerance is not None and not 0 <= tolerance <= MAX_TOLERANCE:
        raise _bad("The tolerance lies from 0 to 50 %.", "quantity_tolerance", "Correct it.")
    _check_measuring(limits, measuring)
    if schedule is not None:
        check_schedule(schedule)
        _check_schedule(limits, schedule)


def _check_measuring(limits: Sequence[LimitFact], measuring: Sequence[Measuring]) -> None:
    known = {limit.code for limit in limits}
    codes = [row.code for row in measuring]
    for row in measuring:
        if row.code not in known or codes.count(row.code) > 1:
            raise _bad(
                f"{row.code} is not demanded, or is measured twice.",
                "measuring",
                "Name each demanded parameter once.",
            )
        if row.place not in list(Place):
            raise _bad(
                f"“{row.place}” is no place of measuring.",
                "measuring",
                f"Use one of: {', '.join(Place)}.",
            )
        if len(row.method) > 120:
            raise _bad("A method has at most 120 characters.", "measuring", "Shorten it.")


def _check_schedule(limits: Sequence[LimitFact], schedule: ScheduleEntry) -> None:
    """Every load can be reckoned: each parameter is demanded, in the unit of the schedule."""
    found = {limit.code: limit for limit in limits}
    units = units_of(schedule)
    for code in parameters_of(schedule):
        if code not in found:
            raise _bad(
                f"The price schedule needs {code}, which the specification does not demand.",
                "schedule",
                "Demand it, or choose another schedule.",
            )
        if unit_words(found[code].unit) != unit_words(units[code]):
            raise _bad(
                f"The price schedule counts {code} in {units[code]}, the specification in "
                f"{found[code].unit}.",
                "schedule",
                "Choose a schedule in the same unit.",
            )
    if needs_limits(schedule):
        counted = {limit.parameter for limit in contracted_limits(tuple(limits))}
        if strangers := [code for code in parameters_of(schedule) if code not in counted]:
            raise _bad(
                f"{strangers[0]} has no single limit from which points could count.",
                "schedule",
                "Choose another schedule.",
            )


def published_form(entry: ScheduleEntry) -> dict[str, object]:
    """A schedule as `adjustments.json` writes it; what is read from it is the same schedule."""
    return {
        "code": entry.code,
        "edition": entry.edition,
        "name": entry.name,
        "commodity": entry.commodity,
        "valid_from": entry.valid_from.isoformat() if entry.valid_from else None,
        "valid_to": entry.valid_to.isoformat() if entry.valid_to else None,
        "rounding": entry.rounding.value,
        "rounding_decimals": entry.rounding_decimals,
        "source": entry.source,
        "confidence": entry.confidence.value,
        "note": entry.note,
        "steps": [_step(step) for step in entry.steps],
    }


def _step(step: StepEntry) -> dict[str, object]:
    said: dict[str, object] = {"effect": step.effect.value}
    if step.parameter_code:
        said |= {"parameter": step.parameter_code, "parameter_unit": step.parameter_unit}
    if step.lower is not None:
        said["from" if step.lower_inclusive else "above"] = plain(step.lower)
    if step.upper is not None:
        said["up_to" if step.upper_inclusive else "below"] = plain(step.upper)
    if step.relative_to_limit:
        said["relative_to_limit"] = True
    if step.delivered_by:
        said["delivered_by"] = step.delivered_by.isoformat()
    if step.value is not None:
        said |= {"value": plain(step.value), "unit": step.unit}
    if step.per is not Per.ONCE:
        said["per"] = step.per.value
    if step.step_size is not None:
        said["step_size"] = plain(step.step_size)
    return said


def _bad(message: str, where: str, remedy: str) -> BadTerms:
    return BadTerms(message, where=where, remedy=remedy)
