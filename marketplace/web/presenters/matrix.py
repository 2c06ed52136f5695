"""Bids by criteria: what each bid says and what the evaluators found, for one lot."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from marketplace.errors import MusikaError
from procurement.models import Bid, Criterion, GateDecision, Lot
from procurement.queries import cases
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
