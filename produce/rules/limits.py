"""A limit as a fact, whether a value holds it, and how it reads in plain words."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from marketplace.errors import Invalid
from produce.rules.facts import BOOLEAN_VALUES, NUMERIC_KINDS, Confidence, Direction, Kind
from produce.rules.numbers import MAX_DIGITS, exact, plain

Value = Decimal | str

# What the tables hold; the same in every database.
LONGEST = {"name": 120, "unit": 40, "text": 200, "method": 120, "source": 400}
# Units in which a number below zero means something.
_SIGNED_UNITS = frozenset({"°C"})


class BadLimit(Invalid):
    """The limit contradicts itself or its parameter."""

    code = "bad-limit"


class BadValue(Invalid):
    """The declared or measured value is impossible for its parameter."""

    code = "bad-value"


@dataclass(frozen=True, kw_only=True)
class LimitFact:
    """What is demanded of one parameter. Both bounds are inclusive and in `unit`."""

    code: str
    name: str
    unit: str
    kind: Kind
    direction: Direction
    source: str
    confidence: Confidence
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    text: str = ""
    method: str = ""
    is_safety: bool = False
    decimals: int | None = None
    components: tuple[str, ...] = ()


def check_limit(limit: LimitFact) -> None:
    """Refuse a limit that bounds nothing, whose bounds cross, or that is absurd in its unit."""
    _check_words(limit)
    if limit.kind in NUMERIC_KINDS:
        _check_numbers(limit)
    elif limit.minimum is not None or limit.maximum is not None or not limit.text.strip():
        raise _bad(limit, "is judged in words and needs a text, not numbers")
    elif limit.kind is Kind.BOOLEAN and limit.text not in BOOLEAN_VALUES:
        raise _bad(limit, "must be “absent” or “present”")


def _check_words(limit: LimitFact) -> None:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]{0,39}", limit.code):
        raise _bad(limit, f"has the code “{limit.code}”, which is not like FOREIGN_MATTER")
    for field, longest in LONGEST.items():
        if len(getattr(limit, field)) > longest:
            raise _bad(limit, f"has a {field} of more than {longest} characters")
    if not limit.name or not limit.source:
        raise _bad(limit, "needs a name and a source")
    if (limit.direction is Direction.EQUALS) == (limit.kind in NUMERIC_KINDS):
        raise _bad(limit, f"is {limit.kind}, to which “{limit.direction}” does not apply")


def _check_numbers(limit: LimitFact) -> None:
    low, high = limit.minimum, limit.maximum
    if limit.text:
        raise _bad(limit, "is a number and cannot have a text")
    if limit.direction is not Direction.HIGHER and high is None:
        raise _bad(limit, "needs a maximum")
    if limit.direction is not Direction.LOWER and low is None:
        raise _bad(limit, "needs a minimum")
    if low is not None and high is not None and low > high:
        raise _bad(limit, f"has a minimum {plain(low)} above its maximum {plain(high)}")
    for bound in (low, high):
        if bound is not None and (reason := impossible(limit, bound)):
            raise _bad(limit, f"cannot be limited to {plain(bound)}: {reason}")


def impossible(limit: LimitFact, number: Decimal) -> str:
    """Return why `number` cannot occur for this parameter, or an empty text."""
    if number < 0 and limit.unit not in _SIGNED_UNITS:
        return "it is below zero"
    if number > 100 and limit.unit.startswith("%"):
        return "it is more than 100 %"
    if limit.kind is Kind.COUNT and number != number.to_integral_value():
        return "a count is a whole number"
    return ""


def read_value(limit: LimitFact, value: object) -> Value:
    """Read a declared or measured value of this parameter: a Decimal, or text for words.

    A boolean parameter takes "absent"/"present" or False/True. Raises NotANumber or BadValue.
    """
    if limit.kind is Kind.BOOLEAN:
        word = {True: "present", False: "absent"}.get(value) if isinstance(value, bool) else value
        if word not in BOOLEAN_VALUES:
            raise _bad_value(limit, value, "say whether it is absent or present")
        return str(word)
    if limit.kind is Kind.TEXT:
        if not isinstance(value, str) or not value.strip():
            raise _bad_value(limit, value, "it is judged in words")
        return value.strip()
    number = exact(value, limit.code)
    if reason := impossible(limit, number):
        raise _bad_value(limit, value, reason)
    return number


def rounded(limit: LimitFact, value: Value) -> Value:
    """Round a measurement to the decimals that the table states, half up; else leave it."""
    if limit.decimals is None or isinstance(value, str):
        return value
    step = Decimal(1).scaleb(-limit.decimals)
    return value.quantize(step, rounding=ROUND_HALF_UP, context=Context(prec=2 * MAX_DIGITS))


def holds(limit: LimitFact, value: Value) -> bool:
    """Whether a value (as `read_value` gives it) lies inside both inclusive bounds."""
    shown = rounded(limit, value)
    if isinstance(shown, str):
        return shown.casefold() == limit.text.casefold()
    return (limit.minimum is None or shown >= limit.minimum) and (
        limit.maximum is None or shown <= limit.maximum
    )


def unit_words(unit: str) -> str:
    """The unit as a farmer reads it: per cent is per cent, and a count needs no unit."""
    if unit == "count":
        return ""
    return "%" if unit == "% m/m" else unit


def with_unit(limit: LimitFact, value: Value) -> str:
    if isinstance(value, str):
        return value
    return f"{plain(value)} {unit_words(limit.unit)}".rstrip()


def bound_words(limit: LimitFact) -> str:
    """Say the bound without the name: "at most 12.5 %", "between 1.028 and 1.036 g/ml"."""
    low, high = limit.minimum, limit.maximum
    if limit.kind is Kind.BOOLEAN:
        return "none allowed" if limit.text == "absent" else "must be present"
    if limit.text:
        return limit.text
    if low is not None and high is not None:
        if low == high:
            return f"exactly {with_unit(limit, low)}"
        return f"between {plain(low)} and {with_unit(limit, high)}"
    if high is not None:
        return f"at most {with_unit(limit, high)}" if high != 0 else "none allowed"
    return f"at least {with_unit(limit, low)}" if low is not None else "no limit"


def _bad(limit: LimitFact, why: str) -> BadLimit:
    return BadLimit(
        f"{limit.name} {why}.", where=limit.code, remedy="Correct the limit and try again."
    )


def _bad_value(limit: LimitFact, value: object, why: str) -> BadValue:
    return BadValue(
        f"“{value}” is impossible for {limit.name}: {why}.",
        where=limit.code,
        remedy="Check the value and its unit, and enter it again.",
    )
