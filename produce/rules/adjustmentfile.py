"""The file of price adjustment schedules, read strictly. Facts only: nothing is computed here."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from produce.rules.commodityfile import upper_code
from produce.rules.facts import Confidence, Effect, Per, Rounding
from produce.rules.reading import Node, parse, refuse, unique

FORMAT = "musika-adjustments-1"
_KEYS = {"code", "edition", "name", "commodity", "valid_from", "valid_to", "rounding"} | {
    *("rounding_decimals", "source", "confidence", "steps")
}
_STEP_KEYS = {
    "parameter",
    "parameter_unit",
    "above",
    "from",
    "below",
    "up_to",
    "relative_to_limit",
} | {*("delivered_by", "value", "unit", "per", "step_size")}
_WITHOUT_VALUE = frozenset({Effect.ACCEPT, Effect.REJECT})


@dataclass(frozen=True, kw_only=True)
class StepEntry:
    """One line. Bounds are breakpoints: `above`/`below` exclude them, `from`/`up_to` include."""

    parameter_code: str
    # The unit in which the parameter is measured; the bounds count in it.
    parameter_unit: str = ""
    lower: Decimal | None = None
    lower_inclusive: bool = False
    upper: Decimal | None = None
    upper_inclusive: bool = False
    relative_to_limit: bool = False
    delivered_by: date | None = None
    effect: Effect
    value: Decimal | None = None
    unit: str = ""
    per: Per = Per.ONCE
    step_size: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class ScheduleEntry:
    code: str
    edition: str
    name: str
    commodity: str | None
    valid_from: date | None
    valid_to: date | None
    rounding: Rounding
    rounding_decimals: int | None
    source: str
    confidence: Confidence
    note: str
    steps: tuple[StepEntry, ...]


def read_adjustments(text: str, file: str) -> tuple[ScheduleEntry, ...]:
    """Read the file's text. Raises BadDataFile with the place."""
    root = parse(text, file)
    root.format(FORMAT)
    root.keys({"format", "schedules"})
    entries = root.each("schedules", read_schedule)
    unique([f"{e.code}, {e.edition}" for e in entries], f"{file}.schedules")
    return entries


def read_schedule(node: Node) -> ScheduleEntry:
    """Read one schedule in its published form. Raises BadDataFile with the place."""
    node.keys(_KEYS, {"note"})
    first, end = node.period()
    return ScheduleEntry(
        code=upper_code(node, "code"),
        edition=node.text("edition", 60),
        name=node.text("name", 160),
        commodity=upper_code(node, "commodity") if node.value["commodity"] else None,
        valid_from=first,
        valid_to=end,
        rounding=node.word("rounding", Rounding),
        rounding_decimals=node.whole("rounding_decimals"),
        source=node.text("source", 400),
        confidence=node.word("confidence", Confidence),
        note=node.text("note", 2000, empty=True),
        steps=node.each("steps", _step),
    )


def _step(node: Node) -> StepEntry:
    node.keys({"effect"}, _STEP_KEYS)
    lower, lower_inclusive = _bound(node, "from", "above")
    upper, upper_inclusive = _bound(node, "up_to", "below")
    step = StepEntry(
        parameter_code=upper_code(node, "parameter") if "parameter" in node.value else "",
        parameter_unit=node.text("parameter_unit", 40, empty=True),
        lower=lower,
        lower_inclusive=lower_inclusive,
        upper=upper,
        upper_inclusive=upper_inclusive,
        relative_to_limit=node.flag("relative_to_limit"),
        delivered_by=node.day("delivered_by"),
        effect=node.word("effect", Effect),
        value=node.number("value"),
        unit=node.text("unit", 40, empty=True),
        per=node.optional_word("per", Per, Per.ONCE),
        step_size=node.number("step_size"),
    )
    _check(step, node.place)
    return step


def _bound(node: Node, including: str, excluding: str) -> tuple[Decimal | None, bool]:
    if including in node.value and excluding in node.value:
        raise refuse(node.place, f"has both “{including}” and “{excluding}”")
    number = node.number(including)
    return (number, True) if number is not None else (node.number(excluding), False)


def _check(step: StepEntry, place: str) -> None:
    needs_value = step.effect not in _WITHOUT_VALUE
    if needs_value and (step.value is None or not step.unit):
        raise refuse(place, f"“{step.effect}” needs a value and its unit")
    if not needs_value and (step.value is not None or step.unit):
        raise refuse(place, f"“{step.effect}” takes no value")
    if bool(step.parameter_code) != bool(step.parameter_unit):
        raise refuse(place, "a parameter is named together with the unit in which it is measured")
    if (step.per is Per.STARTED_STEP) != (step.step_size is not None):
        raise refuse(place, "step_size belongs to “started_step” and to nothing else")
    if step.step_size is not None and step.step_size <= 0:
        raise refuse(f"{place}.step_size", "must be above zero")
    _check_bounds(step, place)


def _check_bounds(step: StepEntry, place: str) -> None:
    if step.lower is None and step.upper is None:
        return
    if not step.parameter_code:
        raise refuse(place, "has bounds but names no parameter")
    if step.lower is not None and step.upper is not None and step.lower >= step.upper:
        raise refuse(place, "its lower bound is not below its upper bound")
