"""What a load must measure, and what it is worth by what was measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from procurement.models import ContractLine, Delivery
from procurement.queries import loads
from procurement.rules import adjusting, inspecting, payable
from procurement.rules.inspecting import Measured, Verdict
from procurement.rules.payable import Worth
from produce import queries as produce
from produce.rules.adjustmentfile import ScheduleEntry
from produce.rules.limits import LimitFact


@dataclass(frozen=True)
class Judged:
    """The verdict with what follows from it for the price."""

    verdict: Verdict
    worth: Worth
    reasons: tuple[str, ...]

    @property
    def conforms(self) -> bool:
        return not self.reasons


def limits(line: ContractLine) -> tuple[LimitFact, ...]:
    """What the contract demands of the line's goods; empty where nothing was specified."""
    demanded = line.item.specification
    return produce.limits_of(demanded) if demanded else ()


def to_measure(line: ContractLine) -> tuple[LimitFact, ...]:
    """The same without totals, which are added up from their parts."""
    return tuple(limit for limit in limits(line) if not limit.components)


def schedule(line: ContractLine) -> ScheduleEntry | None:
    return produce.schedule_entry(line.schedule) if line.schedule else None


def judge(load: Delivery, measured: Sequence[Measured], today: date) -> Judged:
    """Verdict and worth of a weighed load; raises what `inspecting.judge` raises."""
    line, ticket = load.line, loads.ticket_of(load)
    assert ticket is not None
    verdict = inspecting.judge(limits(line), measured)
    priced = schedule(line)
    terms: dict[str, Any] = {
        "received": loads.received_quantity(load, ticket),
        "unit": line.item.unit,
        "unit_price": line.unit_price,
        "currency": load.contract.award.currency,
    }
    found = adjusting.Outcomes(None, ())
    if priced is not None:
        found = adjusting.apply(priced, verdict, delivered_on=today, **terms)
    worth = payable.worth(left=loads.left(line, load), adjusted=found.adjusted, **terms)
    return Judged(verdict, worth, tuple(adjusting.reasons(verdict, priced, found.reasons)))
