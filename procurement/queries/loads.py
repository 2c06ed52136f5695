"""Loads, their places at depots, and what is left of a contract, as the rules take them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from procurement.models import (
    Contract,
    ContractLine,
    Delivery,
    Depot,
    GoodsReceipt,
    LoadTest,
    Sample,
    WeighbridgeTicket,
)
from procurement.rules import loads
from procurement.rules.loads import LoadFacts, LoadStatus
from procurement.rules.slots import Booked, DepotFacts, Slot, Window
from produce.rules import units

WHOLE = (
    "tickets",
    "flags",
    Prefetch("sample__tests", LoadTest.objects.prefetch_related("measurements", "steps")),
)


def with_parts(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Everything that a page of loads reads, in a fixed number of queries."""
    chosen = rows.select_related(
        "line__item__specification", "line__schedule", "depot", "sample", "receipt", "contract"
    )
    return chosen.prefetch_related(*WHOLE)


def sample_of(load: Delivery) -> Sample | None:
    try:
        return load.sample
    except Sample.DoesNotExist:
        return None


def receipt_of(load: Delivery) -> GoodsReceipt | None:
    try:
        return load.receipt
    except GoodsReceipt.DoesNotExist:
        return None


def tests_of(load: Delivery) -> list[LoadTest]:
    """The first test, and the one of the sealed duplicate if there was one."""
    sample = sample_of(load)
    return list(sample.tests.all()) if sample else []


def last_test(load: Delivery) -> LoadTest | None:
    tests = tests_of(load)
    return tests[-1] if tests else None


def ticket_of(load: Delivery) -> WeighbridgeTicket | None:
    """The ticket that counts: the last one that nothing stops."""
    stopped = {flag.ticket_id for flag in load.flags.all() if flag.stops}
    good = [ticket for ticket in load.tickets.all() if ticket.pk not in stopped]
    return good[-1] if good else None


def facts(load: Delivery) -> LoadFacts:
    test, receipt = last_test(load), receipt_of(load)
    return LoadFacts(
        cancelled_at=load.cancelled_at,
        arrived_at=load.arrived_at,
        is_weighed=ticket_of(load) is not None,
        is_sampled=sample_of(load) is not None,
        conforms=test.conforms if test else None,
        agreed_at=load.agreed_at,
        rejected_at=load.rejected_at,
        received_at=receipt.received_at if receipt else None,
    )


def status(load: Delivery) -> LoadStatus:
    return loads.status(facts(load))


def window(line: ContractLine) -> Window:
    return Window(line.starts, line.ends)


def depot_facts(depot: Depot) -> DepotFacts:
    return DepotFacts(
        name=depot.name,
        daily_capacity=depot.daily_capacity,
        loads_per_hour=depot.loads_per_hour,
        opens=depot.opens,
        closes=depot.closes,
    )


def taken(depot: Depot, since: date) -> list[Booked]:
    """The slots of a depot that are held from that day on."""
    rows = Delivery.objects.filter(depot=depot, slot_day__gte=since, cancelled_at=None)
    held = rows.exclude(weight=None).values_list("slot_day", "slot_hour", "weight")
    return [
        Booked(Slot(day, hour), weight)
        for day, hour, weight in held
        if day is not None and hour is not None and weight is not None
    ]


def received(line: ContractLine, but: Delivery | None = None) -> Decimal:
    """What has been received and is paid for under a line, in the item's unit."""
    rows = GoodsReceipt.objects.filter(delivery__line=line)
    if but is not None:
        rows = rows.exclude(delivery=but)
    return _sum(rows.values_list("payable", flat=True))


def promised(line: ContractLine) -> Decimal:
    """What is booked and neither received, rejected nor cancelled."""
    rows = Delivery.objects.filter(line=line, cancelled_at=None, rejected_at=None, receipt=None)
    return _sum(rows.values_list("quantity", flat=True))


def left(line: ContractLine, but: Delivery | None = None) -> Decimal:
    """What the contract still pays for, within the tender's tolerance; never below nothing."""
    most = line.quantity * (100 + line.tolerance) / 100
    return max(most - received(line, but), Decimal(0))


def to_book(line: ContractLine) -> Decimal:
    """What is neither received nor on its way; the tolerance is for the weighbridge alone."""
    return max(line.quantity - received(line) - promised(line), Decimal(0))


def _sum(quantities: Iterable[Decimal]) -> Decimal:
    return sum(quantities, Decimal(0))


def under_way(contract: Contract) -> list[Delivery]:
    """Loads at the gate that are neither received nor rejected."""
    rows = contract.deliveries.filter(cancelled_at=None, rejected_at=None, receipt=None)
    return list(rows.exclude(arrived_at=None))


def received_quantity(load: Delivery, ticket: WeighbridgeTicket) -> Decimal:
    """The net weight in the item's unit, or what was counted."""
    unit = load.line.item.unit
    if units.unit(unit).dimension != "mass":
        assert ticket.counted is not None
        return ticket.counted
    return units.convert(ticket.gross - ticket.tare, "kg", unit)
