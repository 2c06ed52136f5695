"""What the parts of a case must mean to each other before anything is scored.

`check_case` raises InvalidCase at the first contradiction, naming the place as in the given order.
A fault of the published terms and a fault of a bid's form stop the evaluation alike: nothing is
scored halfway. A bid that is well formed but falls short is not an error; the gates disqualify it.
"""

import re
from collections.abc import Hashable, Iterable
from fractions import Fraction

from procurement.rules import money
from procurement.rules.facts import (
    EQUALS,
    GATE,
    MAXIMUM,
    MINIMUM,
    RANGE,
    Bid,
    Case,
    Criterion,
    Finding,
    Item,
    Limit,
    Line,
    LowTest,
)
from procurement.rules.flags import LOW_TESTS
from procurement.rules.reading import excerpt, refuse
from procurement.rules.scoring import METHODS

_SEED = re.compile(r"([0-9a-f]{2}){16,64}")

_NEEDED = {
    MAXIMUM: ("maximum",),
    MINIMUM: ("minimum",),
    RANGE: ("minimum", "maximum"),
    EQUALS: ("equals",),
}


def check_case(case: Case) -> None:
    """Raise InvalidCase unless every part of the case fits the others."""
    check_terms(case)
    if case.draw_seed is not None and not _SEED.fullmatch(case.draw_seed):
        refuse("draw_seed", "must be 32 to 128 lower-case hexadecimal digits, two for each byte")
    check_unique([bid.bid for bid in case.bids], "bids", "bid")
    terms = _Terms(case)
    for index, bid in enumerate(case.bids):
        terms.check(bid, f"bids[{index}]")


def check_terms(case: Case) -> None:
    """Raise InvalidCase unless the published part of the case is sound by itself."""
    if not case.items:
        refuse("items", "a lot needs at least one item")
    check_unique([item.item for item in case.items], "items", "item")
    for index, item in enumerate(case.items):
        _check_item(item, f"items[{index}]")
    _check_criteria(case)
    _check_low_tests(case.abnormally_low)
    check_unique(case.tie_break, "tie_break", "rule")
    _check_bounds(case)


def check_unique(names: Iterable[Hashable], place: str, noun: str) -> None:
    """Raise InvalidCase at the second of two equal names."""
    seen = set()
    for index, name in enumerate(names):
        if name in seen:
            words = " of ".join(reversed(name)) if isinstance(name, tuple) else name
            refuse(f"{place}[{index}]", f'the {noun} "{excerpt(str(words))}" stands here twice')
        seen.add(name)


def _check_item(item: Item, place: str) -> None:
    _exact(item.quantity, f"{place}.quantity")
    if item.quantity <= 0:
        refuse(f"{place}.quantity", "must be above zero")
    check_unique(
        [limit.parameter for limit in item.specification], f"{place}.specification", "parameter"
    )
    for index, limit in enumerate(item.specification):
        _check_limit(limit, f"{place}.specification[{index}]")


def _check_limit(limit: Limit, place: str) -> None:
    for name in ("minimum", "maximum", "equals"):
        given, needed = getattr(limit, name) is not None, name in _NEEDED[limit.kind]
        if needed and not given:
            refuse(f"{place}.{name}", f"a limit of kind {limit.kind} needs it")
        if given and not needed:
            refuse(f"{place}.{name}", f"a limit of kind {limit.kind} has none; write null")
    if limit.minimum is not None and limit.maximum is not None and limit.minimum > limit.maximum:
        refuse(f"{place}.minimum", "is above the maximum")


def _check_criteria(case: Case) -> None:
    check_unique([c.criterion for c in case.criteria], "criteria", "criterion")
    for index, criterion in enumerate(case.criteria):
        _check_criterion(criterion, case.method, f"criteria[{index}]")
    METHODS[case.method].check(case)


def _check_criterion(criterion: Criterion, method: str, place: str) -> None:
    check_unique([o.option for o in criterion.options], f"{place}.options", "option")
    if criterion.kind == GATE and criterion.options:
        refuse(f"{place}.options", "a gate is passed or not; it has no options")
    if criterion.kind != GATE and not criterion.options:
        refuse(f"{place}.options", f"a {criterion.kind} criterion needs at least one option")
    if criterion.kind not in (GATE, METHODS[method].criteria):
        refuse(place, f"{method} uses no {criterion.kind} criteria; it would count for nothing")


def _check_low_tests(tests: tuple[LowTest, ...]) -> None:
    check_unique([test.test for test in tests], "abnormally_low", "test")
    for index, test in enumerate(tests):
        if LOW_TESTS[test.test].threshold_is_share and test.threshold >= 1:
            refuse(f"abnormally_low[{index}].threshold", "is a share and must be below 1")


def _check_bounds(case: Case) -> None:
    reserve, minimum = case.bounds.reserve_price, case.bounds.minimum_price
    if reserve is not None and minimum is not None and minimum > reserve:
        refuse("bounds.minimum_price", "is above the reserve price")
    if case.partial is not None and not 0 < case.partial.minimum_share <= 1:
        refuse("partial.minimum_share", "must be above 0 and at most 1")


class _Terms:
    """The names that the terms define, against which each bid is checked."""

    def __init__(self, case: Case) -> None:
        self.items = {item.item for item in case.items}
        self.limits = {
            (i.item, limit.parameter): limit for i in case.items for limit in i.specification
        }
        self.options = {
            c.criterion: {option.option for option in c.options}
            for c in case.criteria
            if c.kind != GATE
        }
        self.gates = {c.criterion for c in case.criteria if c.kind == GATE}

    def check(self, bid: Bid, place: str) -> None:
        self._check_lines(bid.lines, f"{place}.lines")
        self._check_declared(bid, f"{place}.declared")
        self._check_responses(bid, f"{place}.responses")
        self._check_gates(bid.gates, f"{place}.gates")

    def _check_lines(self, lines: tuple[Line, ...], place: str) -> None:
        check_unique([line.item for line in lines], place, "item")
        for index, line in enumerate(lines):
            if line.item not in self.items:
                refuse(f"{place}[{index}].item", f'the lot has no item "{excerpt(line.item)}"')
            for name in ("unit_price", "quantity"):
                _exact(getattr(line, name), f"{place}[{index}].{name}")
                if getattr(line, name) <= 0:
                    refuse(f"{place}[{index}].{name}", "must be above zero")

    def _check_declared(self, bid: Bid, place: str) -> None:
        check_unique([(d.item, d.parameter) for d in bid.declared], place, "declaration")
        for index, declared in enumerate(bid.declared):
            limit = self.limits.get((declared.item, declared.parameter))
            if limit is None:
                name = excerpt(f"{declared.parameter} of {declared.item}")
                refuse(f"{place}[{index}]", f'the specification has no parameter "{name}"')
            if limit.kind != EQUALS:
                _numeric(declared.value, f"{place}[{index}].value")

    def _check_responses(self, bid: Bid, place: str) -> None:
        check_unique([r.criterion for r in bid.responses], place, "criterion")
        for index, response in enumerate(bid.responses):
            options = self.options.get(response.criterion)
            if options is None:
                name = excerpt(response.criterion)
                refuse(
                    f"{place}[{index}].criterion", f'there is no criterion with options "{name}"'
                )
            if response.option not in options:
                name = excerpt(response.option)
                refuse(f"{place}[{index}].option", f'"{name}" is not an option of this criterion')

    def _check_gates(self, findings: tuple[Finding, ...], place: str) -> None:
        check_unique([f.criterion for f in findings], place, "criterion")
        for index, finding in enumerate(findings):
            if finding.criterion not in self.gates:
                name = excerpt(finding.criterion)
                refuse(f"{place}[{index}].criterion", f'there is no gate "{name}"')
            if not finding.passed and not finding.reason.strip():
                refuse(f"{place}[{index}].reason", "a bid that fails a gate must be told why")
        missing = sorted(self.gates - {f.criterion for f in findings})
        if missing:
            refuse(place, f'there is no finding for the gate "{excerpt(missing[0])}"')


def _numeric(text: str, place: str) -> None:
    try:
        money.number(text)
    except money.NotANumber as error:
        refuse(place, error.message)


def _exact(value: object, place: str) -> None:
    # A case built by hand in Python could carry these; one read from JSON cannot.
    if not isinstance(value, Fraction):
        refuse(place, f"{type(value).__name__} where an exact Fraction is needed")
    if "/" in money.plain(value):
        refuse(place, f"{value} cannot be written as a decimal")
