"""From the signed contract to the money, as the demo tells it: loads at a gate, one after another.

Of each contract a load of sixty and one of forty per cent is received; of every third one a load
is rejected first, because a measurement is beyond its limit. Where a published schedule fits, the
price follows the moisture.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from marketplace.accounts.models import User
from procurement.models import Contract, ContractLine, Delivery, Depot
from procurement.operations import deliveries, depots, inspections, invoices
from procurement.queries import inspections as demanded
from procurement.queries import loads
from procurement.rules.inspecting import Measured
from procurement.rules.weighing import Ticket
from produce.rules import units
from produce.rules.facts import NUMERIC_KINDS, Direction
from produce.rules.limits import LimitFact

DRIVERS: Final = ("Tendai", "Rudo", "Farai", "Chipo", "Themba", "Nomsa")
TARE: Final = Decimal(12_000)
# What a load of things that are counted weighs here.
COUNTED: Final = Decimal(9_000)


def _is_mass(unit: str) -> bool:
    return units.unit(unit).dimension == "mass"


def depot_of(line: ContractLine, officer: User, now: datetime) -> Depot:
    """The depot that the tender named, opened when the first contract needs it."""
    buyer, item = line.contract.award.lot.tender.buyer, line.item
    found = buyer.depots.filter(name=item.delivery_place).first()
    return found or depots.add(
        buyer=buyer,
        name=item.delivery_place,
        province=item.province,
        district=item.district,
        daily_capacity=Decimal(20_000_000),
        loads_per_hour=60,
        by=officer,
        now=now,
    )


class Gate:
    """Brings one load of a line from its booking through the gate."""

    def __init__(self, line: ContractLine, share: int, officer: User, inspector: User) -> None:
        self.line, self.share = line, share
        self.officer, self.inspector = officer, inspector
        self.supplier = supplier_of(line.contract)

    def book(self, now: datetime) -> Delivery:
        # Dry goods count for more than they weigh: then less than the share is left to bring.
        quantity = min(self.line.quantity * self.share / 100, loads.to_book(self.line))
        is_mass = _is_mass(self.line.item.unit)
        return deliveries.book(
            line=self.line,
            depot=depot_of(self.line, self.officer, now),
            quantity=quantity,
            weight=None if is_mass else COUNTED,
            day=(deliveries.local(now) + timedelta(days=1)).date(),
            hour=8 + self.line.number % 6,
            by=self.supplier,
            now=now,
        )

    def test(self, load: Delivery, is_good: bool, now: datetime) -> Delivery:
        """To the verdict, and back as it stands then."""
        said: dict[str, Any] = {"load": load, "by": self.inspector, "now": now}
        plate = f"A{load.pk % 10}E {1000 + load.pk % 9000}"
        deliveries.arrive(vehicle=plate, driver=DRIVERS[load.pk % len(DRIVERS)], **said)
        counted = None if _is_mass(self.line.item.unit) else load.quantity
        weight = load.weight or COUNTED
        ticket = Ticket(
            device=f"Weighbridge of {load.depot}"[:60],
            number=f"{load.pk:06}",
            vehicle=plate,
            gross=weight + TARE,
            tare=TARE,
            weighed_at=now,
            calibrated_until=now.date() + timedelta(days=200),
        )
        deliveries.weigh(ticket=ticket, counted=counted, **said)
        deliveries.sample(seal=f"S{load.pk:07}", duplicate_seal=f"D{load.pk:07}", **said)
        limits = demanded.to_measure(load.line)
        values = measured(limits, is_good, now)
        inspections.record(measured=values, **said)
        return Delivery.objects.get(pk=load.pk)

    def receive(self, load: Delivery, now: datetime) -> None:
        test = load.sample.tests.get()
        deliveries.agree(load=load, amount=test.amount, by=self.supplier, now=now)
        deliveries.accept(load=load, by=self.inspector, now=now)

    def reject(self, load: Delivery, now: datetime) -> None:
        reasons = load.sample.tests.get().reasons
        deliveries.reject(load=load, reasons=reasons, by=self.inspector, now=now)


def measured(limits: tuple[LimitFact, ...], is_good: bool, now: datetime) -> list[Measured]:
    """Values well within the limits; for a bad load the first one is beyond its own."""
    values = {limit.code: _within(limit) for limit in limits}
    bad = next((x for x in limits if can_fail(x)), None)
    if not is_good and bad is not None and bad.maximum is not None:
        values[bad.code] = format(min(bad.maximum + 2, Decimal(100)), "f")
    return [
        Measured(
            code=limit.code,
            value=values[limit.code],
            unit=limit.unit,
            method=limit.method or "As the buyer's manual says",
            device="Laboratory of the depot",
            measured_at=now,
        )
        for limit in limits
    ]


def can_fail(limit: LimitFact) -> bool:
    """Something that a lower price does not mend: not the moisture."""
    numeric = limit.kind in NUMERIC_KINDS and limit.direction is Direction.LOWER
    return numeric and limit.code != "MOISTURE" and (limit.maximum or 0) < 95


def _within(limit: LimitFact) -> str:
    if limit.kind not in NUMERIC_KINDS:
        return limit.text
    low, high = limit.minimum, limit.maximum
    if low is not None and high is not None:
        return format((low + high) / 2, "f")
    if high is not None:
        # Parts of a total stay well below it together.
        share = Decimal("0.96") if limit.code == "MOISTURE" else Decimal("0.2")
        value = high * share
    else:
        assert low is not None
        value = low
    whole = limit.kind.value == "count"
    return format(value.to_integral_value() if whole else value.normalize(), "f")


def may_fail(line: ContractLine) -> bool:
    """Whether something is measured on it that can be beyond its limit."""
    return any(can_fail(limit) for limit in demanded.to_measure(line))


def is_unlucky(contract: Contract) -> bool:
    """Of every third contract a load is rejected before the second one is received."""
    return contract.pk % 3 == 0


def supplier_of(contract: Contract) -> User:
    """Whoever submitted the bid."""
    sealed = contract.award.bid.sealed_bid
    assert sealed is not None and sealed.submitted_by is not None
    return sealed.submitted_by


def invoice(signed: Iterable[Contract], now: datetime) -> None:
    """By each supplier, over everything that was received."""
    for contract in signed:
        invoices.issue(contract=contract, by=supplier_of(contract), now=now)


def pay(signed: Iterable[Contract], accountant: User, now: datetime) -> None:
    """Every invoice, in full."""
    for contract in signed:
        for row in contract.invoices.all():
            invoices.pay(invoice=row, amount=row.total, by=accountant, now=now)
