"""Do declared or measured values keep to the demanded limits? One finding per limit, with why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from marketplace.errors import Invalid
from produce.rules.limits import (
    LimitFact,
    Value,
    bound_words,
    holds,
    read_value,
    with_unit,
)
from produce.rules.numbers import total


class Outcome(StrEnum):
    CONFORMS = "conforms"
    FAILS = "fails"
    MISSING = "missing"


class UnknownParameters(Invalid):
    """Values were given for parameters that nobody asked for: most likely a misspelt code."""

    code = "unknown-parameters"


class TotalDoesNotAdd(Invalid):
    """The stated total is not the sum of its parts."""

    code = "total-does-not-add"


@dataclass(frozen=True)
class Finding:
    """What was found for one limit; `value` is None where nothing was given."""

    limit: LimitFact
    value: Value | None
    outcome: Outcome
    reason: str


def check(limits: Sequence[LimitFact], values: Mapping[str, object]) -> tuple[Finding, ...]:
    """Compare `values` (by parameter code, in the limit's unit) with every limit, in order.

    A total that was not given is added up from its parts; a missing value is a finding of its
    own, never a pass. Raises NotANumber, BadValue, UnknownParameters, TotalDoesNotAdd.
    """
    read = read_values(limits, values)
    return tuple(_finding(limit, read.get(limit.code)) for limit in limits)


def conforms(findings: Sequence[Finding]) -> bool:
    return all(finding.outcome is Outcome.CONFORMS for finding in findings)


def read_values(limits: Sequence[LimitFact], values: Mapping[str, object]) -> dict[str, Value]:
    """Read every given value and add up the totals whose parts are all there."""
    known = {limit.code: limit for limit in limits}
    if strangers := sorted(set(values) - set(known)):
        raise UnknownParameters(
            f"Nobody asked for {', '.join(strangers)}.",
            where=strangers[0],
            remedy=f"Give values for: {', '.join(known)}.",
        )
    read = {code: read_value(known[code], value) for code, value in values.items()}
    for limit in limits:
        added = _sum(limit, read)
        if added is not None:
            _check_total(limit, added, read.get(limit.code))
            read[limit.code] = added
    return read


def _sum(limit: LimitFact, read: Mapping[str, Value]) -> Decimal | None:
    """The sum of the parts as measured, or None where the limit has none or one is missing."""
    numbers = [n for c in limit.components if isinstance(n := read.get(c), Decimal)]
    return total(numbers) if numbers and len(numbers) == len(limit.components) else None


def _check_total(limit: LimitFact, added: Decimal, given: Value | None) -> None:
    if given is not None and given != added:
        raise TotalDoesNotAdd(
            f"{limit.name} was given as {with_unit(limit, given)}, but its parts add up to "
            f"{with_unit(limit, added)}.",
            where=limit.code,
            remedy="Leave the total out, or correct the parts.",
        )


def _finding(limit: LimitFact, value: Value | None) -> Finding:
    wanted = bound_words(limit)
    if value is None:
        return Finding(limit, None, Outcome.MISSING, f"{limit.name} was not given ({wanted})")
    said = f"{limit.name} is {with_unit(limit, value)}; demanded: {wanted}"
    return Finding(limit, value, Outcome.CONFORMS if holds(limit, value) else Outcome.FAILS, said)
