"""What each bid of a case must mean: it may only name what the terms define.

`BidCheck(case).check(bid, place)` raises InvalidCase at the first contradiction. A bid that is well
formed but falls short is not an error; the gates disqualify it.
"""

from fractions import Fraction

from procurement.rules import money
from procurement.rules.conformance import technically_passed
from procurement.rules.facts import EQUALS, GATE, RATED, Bid, Case, Criterion, Finding, Line
from procurement.rules.optional_checks import check_unique, known
from procurement.rules.optional_facts import (
    CONSENSUS,
    FINAL,
    PER_LOT,
    TECHNICAL,
    TRIMMED_MEAN,
    Addition,
    Mark,
)
from procurement.rules.rating import MARKS_TO_TRIM, marks_of, rule_of
from procurement.rules.reading import excerpt, refuse
from procurement.rules.ties import LOCAL, SPLIT


class BidCheck:
    """The names that the terms define, against which each bid is checked."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.items = {item.item for item in case.items}
        self.limits = {
            (i.item, limit.parameter): limit for i in case.items for limit in i.specification
        }
        self.criteria = {c.criterion: c for c in case.criteria}
        self.answered = {n: c for n, c in self.criteria.items() if c.kind not in (GATE, RATED)}
        self.gates = {n for n, c in self.criteria.items() if c.kind == GATE}
        self.rated = {n: c for n, c in self.criteria.items() if c.kind == RATED}
        self.panels: dict[str, set[str]] = {}

    def check(self, bid: Bid, place: str) -> None:
        self._check_lines(bid.lines, f"{place}.lines")
        self._check_declared(bid, f"{place}.declared")
        self._check_responses(bid, f"{place}.responses")
        self._check_gates(bid.gates, f"{place}.gates")
        self._check_currency(bid, f"{place}.currency")
        self._check_additions(bid, f"{place}.additions")
        self._check_groups(bid, f"{place}.groups")
        self._check_marks(bid, f"{place}.marks")
        self._check_ties(bid, place)
        self._check_stage(bid, place)

    def _check_lines(self, lines: tuple[Line, ...], place: str) -> None:
        check_unique([line.item for line in lines], place, "item")
        for index, line in enumerate(lines):
            if line.item not in self.items:
                refuse(f"{place}[{index}].item", f'the lot has no item "{excerpt(line.item)}"')
            for name in ("unit_price", "quantity"):
                exact(getattr(line, name), f"{place}[{index}].{name}")
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
            at = f"{place}[{index}]"
            known(response.criterion, self.answered, f"{at}.criterion", "criterion with options")
            criterion = self.answered[response.criterion]
            if (response.value is None) == (criterion.steps is not None):
                needed = "a number in value" if criterion.steps else "an option and no value"
                refuse(f"{at}.value", f"this criterion is answered by {needed}")
            if criterion.steps is not None and response.option is not None:
                refuse(f"{at}.option", "this criterion has a step table; write null")
            options = {option.option for option in criterion.options}
            if criterion.steps is None and response.option not in options:
                name = excerpt(response.option or "null")
                refuse(f"{at}.option", f'"{name}" is not an option of this criterion')

    def _check_gates(self, findings: tuple[Finding, ...], place: str) -> None:
        check_unique([f.criterion for f in findings], place, "criterion")
        for index, finding in enumerate(findings):
            known(finding.criterion, self.gates, f"{place}[{index}].criterion", "gate")
            if not finding.passed and not finding.reason.strip():
                refuse(f"{place}[{index}].reason", "a bid that fails a gate must be told why")
        missing = sorted(self.gates - {f.criterion for f in findings})
        if missing:
            refuse(place, f'there is no finding for the gate "{excerpt(missing[0])}"')

    def _check_currency(self, bid: Bid, place: str) -> None:
        if bid.currency in (None, self.case.currency):
            return
        rates = {rate.currency: rate for rate in self.case.rates}
        rate = rates.get(bid.currency or "")
        if rate is None:
            refuse(place, f"no rate is published for {excerpt(bid.currency or '')}")
        if rate.worth is None:
            refuse(place, f"the rate of {rate.currency} of {rate.date} is not in the case yet")

    def _check_additions(self, bid: Bid, place: str) -> None:
        # No item has an empty name: here it stands for the whole lot.
        found = [(one.item or "", one.component) for one in bid.additions]
        check_unique(found, place, "addition")
        needed = {
            (item, one.component)
            for one in self.case.components
            for item in ([""] if one.per == PER_LOT else [line.item for line in bid.lines])
        }
        for index, one in enumerate(bid.additions):
            self._check_addition(one, found[index] in needed, f"{place}[{index}]")
        missing = sorted(needed - set(found))
        if missing:
            item, component = missing[0]
            of = f" of {excerpt(item)}" if item else ""
            refuse(place, f"there is no {excerpt(component)}{of}; write 0 for none")

    def _check_addition(self, one: Addition, needed: bool, place: str) -> None:
        names = {component.component for component in self.case.components}
        known(one.component, names, f"{place}.component", "component")
        if not needed:
            refuse(f"{place}.item", "null where it is stated for the lot, else an item of the bid")
        if not one.reason.strip():
            refuse(f"{place}.reason", "an addition needs its reason")
        exact(one.amount, f"{place}.amount")

    def _check_groups(self, bid: Bid, place: str) -> None:
        check_unique([one.group for one in bid.groups], place, "group")
        for index, one in enumerate(bid.groups):
            groups = {group.group for group in self.case.groups}
            known(one.group, groups, f"{place}[{index}].group", "group")
            if not one.evidence.strip():
                refuse(f"{place}[{index}].evidence", "belonging to a group needs its evidence")

    def _check_marks(self, bid: Bid, place: str) -> None:
        check_unique([(one.evaluator, one.criterion) for one in bid.marks], place, "mark")
        for index, mark in enumerate(bid.marks):
            self._check_mark(mark, f"{place}[{index}]")
        for name, criterion in self.rated.items():
            self._check_panel(bid, name, criterion, place)

    def _check_mark(self, mark: Mark, place: str) -> None:
        known(mark.criterion, self.rated, f"{place}.criterion", "rated criterion")
        highest = rule_of(self.rated[mark.criterion]).highest_mark
        if mark.mark > highest:
            refuse(f"{place}.mark", f"is above the highest mark {money.decimal_text(highest)}")
        if not mark.reason.strip():
            refuse(f"{place}.reason", "a mark needs its reason")

    def _check_panel(self, bid: Bid, name: str, criterion: Criterion, place: str) -> None:
        """The same evaluators rate every bid; one that fails a gate may stay without marks."""
        marks = marks_of(criterion, bid)
        if not marks and any(not finding.passed for finding in bid.gates):
            return
        panel = {mark.evaluator for mark in marks}
        if not panel or panel != self.panels.setdefault(name, panel):
            refuse(place, f"{excerpt(name)} needs the marks of the same evaluators for every bid")
        combine = rule_of(criterion).combine
        if combine == CONSENSUS and len({mark.mark for mark in marks}) > 1:
            refuse(place, f"the evaluators do not agree on {excerpt(name)}; a consensus is needed")
        if combine == TRIMMED_MEAN and len(marks) < MARKS_TO_TRIM:
            refuse(place, f"{excerpt(name)} needs {MARKS_TO_TRIM} marks for a trimmed mean")

    def _check_ties(self, bid: Bid, place: str) -> None:
        if LOCAL in self.case.tie_break and bid.distance_km is None:
            refuse(f"{place}.distance_km", f"the tie-break {LOCAL} needs it")
        if SPLIT in self.case.tie_break and bid.lines and bid.agrees_to_split is None:
            refuse(f"{place}.agrees_to_split", f"the tie-break {SPLIT} needs true or false")
        rules = {rule.matching for rule in self.case.matching}
        check_unique([one.matching for one in bid.answers], f"{place}.answers", "answer")
        for index, one in enumerate(bid.answers):
            known(one.matching, rules, f"{place}.answers[{index}].matching", "rule")

    def _check_stage(self, bid: Bid, place: str) -> None:
        """No price before its envelope is opened, and never the price of a failure."""
        if self.case.stage == TECHNICAL and bid.lines:
            refuse(f"{place}.lines", "a technical case holds no prices; write an empty list")
        if self.case.stage == FINAL and bid.lines and not technically_passed(self.case, bid):
            refuse(f"{place}.lines", "this bid failed the technical stage; its price stays sealed")


def _numeric(text: str, place: str) -> None:
    try:
        money.number(text)
    except money.NotANumber as error:
        refuse(place, error.message)


def exact(value: object, place: str) -> None:
    """Raise InvalidCase for what a case built by hand could carry and one read cannot."""
    if not isinstance(value, Fraction):
        refuse(place, f"{type(value).__name__} where an exact Fraction is needed")
    if "/" in money.plain(value):
        refuse(place, f"{value} cannot be written as a decimal")
