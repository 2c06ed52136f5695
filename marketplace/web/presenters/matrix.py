"""Bids by criteria: what each bid says and what the evaluators found, for one lot."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from marketplace.accounts.models import User
from marketplace.errors import MusikaError
from procurement.models import Bid, Criterion, GateDecision, Lot, Mark
from procurement.queries import cases, judging
from procurement.rules.optional_facts import CONSENSUS
from procurement.rules.panel import Panel, waiting
from produce import queries as produce
from produce.rules import conformance
from produce.rules.conformance import Finding


@dataclass(frozen=True)
class Cell:
    """A gate's finding, or the answer to a quality question."""

    criterion: Criterion
    finding: GateDecision | None = None
    answer: str = ""


@dataclass(frozen=True)
class Row:
    bid: Bid
    total: Decimal
    cells: list[Cell]

    @property
    def open_gates(self) -> int:
        return sum(1 for c in self.cells if c.criterion.kind == "gate" and c.finding is None)


def matrix(lot: Lot) -> tuple[list[Criterion], list[Row]]:
    """The criteria of the lot, and a row for each bid."""
    criteria = list(lot.criteria.all())
    return criteria, [row(bid, criteria) for bid in cases.bids_for(lot)]


def row(bid: Bid, criteria: list[Criterion]) -> Row:
    """`bid` comes from `cases.bids_for`: what it carries is about one lot alone."""
    findings = {decision.criterion_id: decision for decision in bid.gate_decisions.all()}
    answers = {r.option.criterion_id: r.option.label for r in bid.responses.all()}
    total = sum((line.unit_price * line.quantity for line in bid.lines.all()), Decimal(0))
    cells = [Cell(c, findings.get(c.pk), answers.get(c.pk, "")) for c in criteria]
    return Row(bid, total, cells)


def is_assessed(lot: Lot) -> bool:
    """Whether the lot's method takes amounts or groups that evaluators state."""
    return lot.components.exists() or bool(judging.group(lot))


@dataclass(frozen=True)
class MarkRow:
    """A bid's marks: those that may be seen, and whether one's own are all there."""

    bid: Bid
    marks: list[Mark]
    whole: bool


@dataclass(frozen=True)
class Marking:
    """Where the marking of a lot stands for one evaluator."""

    panel: Panel
    rows: list[MarkRow]
    members: list[str]
    waiting: list[str]
    signed: bool
    is_chair: bool
    consensus: bool

    @property
    def agreeing(self) -> bool:
        """Whether all marks are seen and may still be changed until they are equal."""
        return self.consensus and self.panel.revealed

    @property
    def missing(self) -> int:
        """How many evaluators must still declare before the marks can count."""
        return max(0, self.panel.needed - len(self.members))

    @property
    def may_sign(self) -> bool:
        return not self.signed and all(row.whole for row in self.rows)

    @property
    def may_close(self) -> bool:
        return self.is_chair and self.panel.quorate and not self.panel.closed


def marking(lot: Lot, user: User) -> Marking:
    """What `user` may see of the marks of a lot."""
    panel = judging.panel(lot)
    people = User.objects.filter(public_id__in=panel.members)
    names = dict(people.values_list("public_id", "full_name"))
    seen = list(judging.marks_seen(user, lot).order_by("criterion__number", "sheet"))
    rated = judging.rated(lot)
    count = len(rated)
    rows = []
    for bid in judging.to_mark(lot):
        found = [mark for mark in seen if mark.bid_id == bid.pk]
        own = sum(mark.sheet.evaluator_id == user.pk for mark in found)
        rows.append(MarkRow(bid, found, own == count))
    return Marking(
        panel=panel,
        rows=rows,
        members=[names[name] for name in panel.members],
        waiting=[names[name] for name in waiting(panel)],
        signed=user.public_id in panel.signed,
        is_chair=panel.chair == user.public_id,
        consensus=any(one.rating.combine == CONSENSUS for one in rated),
    )


@dataclass(frozen=True)
class Quality:
    """What a bid declares about an item, beside what is demanded."""

    item: str
    findings: list[Finding]
    refusal: str = ""


def declared(lot: Lot, bid: Bid) -> list[Quality]:
    return list(_declared(lot, bid))


def _declared(lot: Lot, bid: Bid) -> Iterator[Quality]:
    for item in lot.items.select_related("specification"):
        if item.specification is None:
            continue
        values = {d.parameter: d.value for d in bid.declared_values.all() if d.item_id == item.pk}
        try:
            found = conformance.check(produce.limits_of(item.specification), values)
        except MusikaError as error:
            yield Quality(item.description, [], error.message)
        else:
            yield Quality(item.description, list(found))
