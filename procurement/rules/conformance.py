"""Gates: what a bid must satisfy before it is ranked, each with its reason and its source.

Limits belong to what passes: 13.5 conforms to "at most 13.5". A value that was not declared is a
failure, never a pass.
"""

from collections.abc import Iterator
from fractions import Fraction

from procurement.rules.facts import (
    EQUALS,
    GATE,
    MAXIMUM,
    MINIMUM,
    RATED,
    Bid,
    Case,
    Criterion,
    Item,
    Limit,
    Line,
    Partial,
)
from procurement.rules.money import NotANumber, decimal_text, number
from procurement.rules.points import without_price
from procurement.rules.rating import combined, rule_of
from procurement.rules.result import GateResult
from procurement.rules.score import criteria, worth


def gates(case: Case, bid: Bid, price: Fraction) -> tuple[GateResult, ...]:
    """Every gate of the case for one bid, in the order in which they are written."""
    return (*_coverage(case, bid), *technical_gates(case, bid), *_bounds(case, price))


def technical_gates(case: Case, bid: Bid) -> tuple[GateResult, ...]:
    """The gates that need no price: those of the first of two envelopes."""
    return (
        *_specification(case, bid),
        *_criteria(case, bid),
        *_responses(case, bid),
        *_rated(case, bid),
        *_overall(case, bid),
    )


def technically_passed(case: Case, bid: Bid) -> bool:
    """Whether a bid passed every gate that needs no price."""
    return all(gate.passed for gate in technical_gates(case, bid))


def _coverage(case: Case, bid: Bid) -> Iterator[GateResult]:
    lines = {line.item: line for line in bid.lines}
    for item in case.items:
        passed, reason = _covered(item, lines.get(item.item), case.partial)
        yield GateResult("coverage", "quantity", item.item, passed, reason, "the lot's quantities")


def _covered(item: Item, line: Line | None, partial: Partial | None) -> tuple[bool, str]:
    asked = f"{decimal_text(item.quantity)} {item.unit}"
    if line is None:
        return False, f"offers nothing of {item.item}; {asked} are asked for"
    offered = f"offers {decimal_text(line.quantity)} of {asked}"
    if line.quantity > item.quantity:
        return False, f"{offered}: more than asked for"
    least = item.quantity * (partial.minimum_share if partial else 1)
    if line.quantity < least:
        return False, f"{offered}: less than the {decimal_text(least)} {item.unit} required"
    return True, offered


def _specification(case: Case, bid: Bid) -> Iterator[GateResult]:
    declared = {(d.item, d.parameter): d.value for d in bid.declared}
    for item in case.items:
        for limit in item.specification:
            value = declared.get((item.item, limit.parameter))
            passed, reason = conforms(limit, value)
            yield GateResult(
                "specification", limit.parameter, item.item, passed, reason, limit.source
            )


def conforms(limit: Limit, value: str | None) -> tuple[bool, str]:
    """Whether a declared value meets the limit, and the reason. None: nothing was declared."""
    if value is None:
        return False, f"{limit.name}: no value was declared; {_demand(limit)} is required"
    passed = _meets(limit, value)
    unit = f" {limit.unit}" if limit.unit else ""
    verdict = "meets" if passed else "does not meet"
    return passed, f"{limit.name}: {value}{unit} {verdict} {_demand(limit)}"


def _meets(limit: Limit, value: str) -> bool:
    if limit.kind == EQUALS:
        return _same(value, limit.equals or "")
    measured = number(value)
    low_enough = limit.maximum is None or measured <= limit.maximum
    return low_enough and (limit.minimum is None or limit.minimum <= measured)


def _same(value: str, wanted: str) -> bool:
    try:
        return number(value) == number(wanted)
    except NotANumber:
        return value == wanted


def _demand(limit: Limit) -> str:
    unit = f" {limit.unit}" if limit.unit else ""
    least = "" if limit.minimum is None else decimal_text(limit.minimum)
    most = "" if limit.maximum is None else decimal_text(limit.maximum)
    if limit.kind == EQUALS:
        return f"exactly {limit.equals}{unit}"
    if limit.kind == MAXIMUM:
        return f"at most {most}{unit}"
    return f"at least {least}{unit}" if limit.kind == MINIMUM else f"{least} to {most}{unit}"


def _criteria(case: Case, bid: Bid) -> Iterator[GateResult]:
    findings = {finding.criterion: finding for finding in bid.gates}
    for criterion in case.criteria:
        if criterion.kind == GATE:
            found = findings[criterion.criterion]
            yield GateResult(
                "criterion",
                criterion.criterion,
                None,
                found.passed,
                found.reason,
                found.source or criterion.source,
            )


def _responses(case: Case, bid: Bid) -> Iterator[GateResult]:
    for criterion in case.criteria:
        if criterion.kind not in (GATE, RATED):
            reason = f"{criterion.title}: {_answer(criterion, bid)}"
            passed = worth(criterion, bid) is not None
            name, source = criterion.criterion, criterion.source
            yield GateResult("response", name, None, passed, reason, source)


def _answer(criterion: Criterion, bid: Bid) -> str:
    found = next((r for r in bid.responses if r.criterion == criterion.criterion), None)
    if found is None:
        return "no answer was given"
    if criterion.steps is None:
        return next(o.label or o.option for o in criterion.options if o.option == found.option)
    unit = f" {criterion.steps.unit}" if criterion.steps.unit else ""
    number = decimal_text(found.value or Fraction(0)) + unit
    return number if worth(criterion, bid) is not None else f"{number} is not accepted"


def _rated(case: Case, bid: Bid) -> Iterator[GateResult]:
    for criterion in criteria(case, RATED):
        passed, reason = _rating(criterion, combined(criterion, bid))
        name, source = criterion.criterion, criterion.source
        yield GateResult("rated", name, None, passed, f"{criterion.title}: {reason}", source)


def _rating(criterion: Criterion, mark: Fraction | None) -> tuple[bool, str]:
    least = rule_of(criterion).minimum
    if mark is None:
        return False, "not rated, because the bid fails a gate"
    words = f"{decimal_text(mark)} of {decimal_text(rule_of(criterion).highest_mark)}"
    if least is None:
        return True, words
    met = "meets" if mark >= least else "is below"
    return mark >= least, f"{words} {met} the minimum {decimal_text(least)}"


def _overall(case: Case, bid: Bid) -> Iterator[GateResult]:
    if case.minimum_points is not None:
        earned, least = without_price(case, bid), case.minimum_points
        met = "meet" if earned >= least else "are below"
        reason = f"{decimal_text(earned)} points {met} the minimum {decimal_text(least)}"
        passed, source = earned >= least, "the published minimum"
        yield GateResult("overall", "minimum_points", None, passed, reason, source)


def _bounds(case: Case, price: Fraction) -> Iterator[GateResult]:
    reserve, minimum = case.bounds.reserve_price, case.bounds.minimum_price
    if reserve is not None:
        passed = price <= reserve
        words = "is not above" if passed else "is above"
        reason = f"{decimal_text(price)} {words} the reserve price {decimal_text(reserve)}"
        yield GateResult("bound", "reserve_price", None, passed, reason, "the published bounds")
    if minimum is not None:
        passed = price >= minimum
        words = "is not below" if passed else "is below"
        reason = f"{decimal_text(price)} {words} the minimum price {decimal_text(minimum)}"
        yield GateResult("bound", "minimum_price", None, passed, reason, "the published bounds")
