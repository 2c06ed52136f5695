"""A load on its way: booked, at the gate, weighed, sampled, agreed to, received or rejected."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.fields import plain
from procurement import permissions
from procurement.models import (
    ContractLine,
    Delivery,
    Depot,
    GoodsReceipt,
    LoadFlag,
    Sample,
    WeighbridgeTicket,
)
from procurement.operations import contracts
from procurement.queries import loads as queries
from procurement.rules import loads, slots, weighing
from procurement.rules.slots import Slot
from procurement.rules.weighing import Flag, Ticket
from produce.rules import units


def local(now: datetime) -> datetime:
    """`now` where the depots are: their days and hours are those of the service's zone."""
    return now.astimezone(timezone.get_default_timezone())


@transaction.atomic
def book(
    *,
    line: ContractLine,
    depot: Depot,
    quantity: Decimal,
    day: date,
    hour: int,
    weight: Decimal | None = None,
    by: User,
    now: datetime,
) -> Delivery:
    """Book a slot for `quantity` (item's unit); `weight` in kg where the unit is none of mass."""
    contract = contracts.lock_contract(line.contract_id)
    permissions.check_supplier_or(by, Permission.DELIVERY_RECORD, contract)
    contracts.check_allows("deliveries.book", contract, now)
    place = Depot.objects.select_for_update().filter(pk=depot.pk).first()
    if place is None or place.buyer_id != contract.award.lot.tender.buyer_id:
        raise NotFound("The buyer has no such depot.", where="depot")
    _check_quantity(line, quantity)
    kilograms, slot = _kilograms(quantity, line.item.unit, weight), Slot(day, hour)
    taken, here = queries.taken(place, local(now).date()), local(now)
    earliest = Slot(here.date(), here.hour + 1)
    facts = queries.depot_facts(place)
    slots.check(facts, slot, kilograms, taken, queries.window(line), earliest)
    load = Delivery.objects.create(
        contract=contract,
        line=line,
        number=contract.deliveries.count() + 1,
        depot=place,
        quantity=quantity,
        weight=kilograms,
        slot_day=day,
        slot_hour=hour,
        booked_at=now,
        booked_by=by,
    )
    body = {"depot": place.name, "quantity": plain(quantity), "unit": line.item.unit}
    recorded("DeliveryBooked", load, by, now, body | {"slot": str(slot)})
    return load


def _check_quantity(line: ContractLine, quantity: Decimal) -> None:
    if quantity <= 0:
        raise Invalid("The quantity must be above zero.", where="quantity")
    free = queries.to_book(line)
    if quantity > free:
        unit = line.item.unit
        raise Invalid(
            f"This is above the contracted quantity: {plain(free)} {unit} of "
            f"{plain(line.quantity)} {unit} are neither received nor booked.",
            code="above-contracted-quantity",
            where="quantity",
            remedy=f"Book at most {plain(free)} {unit}." if free else "Nothing is left to deliver.",
        )


def _kilograms(quantity: Decimal, unit: str, weight: Decimal | None) -> Decimal:
    if units.unit(unit).dimension == "mass":
        return units.convert(quantity, unit, "kg")
    if weight is None or weight <= 0:
        raise Invalid("Say what the load weighs, in kilograms.", where="weight")
    return weight


@transaction.atomic
def cancel(*, load: Delivery, by: User, now: datetime) -> Delivery:
    """Give the slot back, before the load comes to the gate."""
    row = lock_load(load.pk)
    permissions.check_supplier_or(by, Permission.DELIVERY_RECORD, row.contract)
    check_allows("deliveries.cancel", row)
    row.cancelled_at = now
    row.save(update_fields=["cancelled_at"])
    recorded("BookingCancelled", row, by, now, {})
    return row


@transaction.atomic
def arrive(*, load: Delivery, vehicle: str, driver: str = "", by: User, now: datetime) -> Delivery:
    """Let a load in at the gate: its vehicle, and the driver's given name alone."""
    row = at_the_gate(load, "deliveries.arrive", by)
    row.vehicle, row.driver = weighing.registration(vehicle), weighing.given_name(driver)
    row.arrived_at, row.arrived_by = now, by
    row.save(update_fields=["vehicle", "driver", "arrived_at", "arrived_by"])
    # The ledger keeps no name of a driver: it could not be erased from a public file.
    recorded("LoadArrived", row, by, now, {"vehicle": row.vehicle})
    today = local(now).date()
    if not queries.window(row.line).holds(today):
        said = f"It came on {today.isoformat()}, outside the delivery window"
        raise_flags(
            row, [Flag("outside-window", f"{said} ({queries.window(row.line)}).", stops=False)], now
        )
    return row


@transaction.atomic
def weigh(
    *, load: Delivery, ticket: Ticket, counted: Decimal | None = None, by: User, now: datetime
) -> WeighbridgeTicket:
    """Record a weighbridge ticket. What is odd is flagged; what cannot be is refused.

    The same ticket sent again by the same load gives the one that is there.
    """
    known = WeighbridgeTicket.objects.filter(device=ticket.device, number=ticket.number).first()
    row = at_the_gate(load, None if known else "deliveries.weigh", by)
    if known is not None:
        return _same(known, row, ticket)
    net = weighing.check(ticket, row.vehicle)
    unit = row.line.item.unit
    if units.unit(unit).dimension != "mass" and (counted is None or counted <= 0):
        raise Invalid(f"Count the goods: they are paid by the {unit}.", where="counted")
    made = WeighbridgeTicket.objects.create(
        delivery=row,
        device=ticket.device,
        number=ticket.number,
        vehicle=row.vehicle,
        gross=ticket.gross,
        tare=ticket.tare,
        counted=counted,
        weighed_at=ticket.weighed_at,
        calibrated_until=ticket.calibrated_until,
        recorded_at=now,
        recorded_by=by,
    )
    recorded("LoadWeighed", row, by, now, _ticket_body(made, net))
    found = weighing.flags(ticket, now, local(now).date())
    raise_flags(row, [*found, *_above(row, made)], now, made)
    return made


def _same(known: WeighbridgeTicket, row: Delivery, ticket: Ticket) -> WeighbridgeTicket:
    told = (known.delivery_id, known.gross, known.tare)
    if told == (row.pk, ticket.gross, ticket.tare):
        return known
    raise Conflict(
        f"Ticket {ticket.number} of {ticket.device} is recorded already, for the load "
        f"{known.delivery}.",
        code="ticket-taken",
        where="number",
        remedy="A device prints a number once: look at the ticket again.",
    )


def _above(row: Delivery, ticket: WeighbridgeTicket) -> Iterable[Flag]:
    left, unit = queries.left(row.line, row), row.line.item.unit
    quantity = queries.received_quantity(row, ticket)
    if quantity > left:
        said = (
            f"{plain(quantity)} {unit} are more than the {plain(left)} {unit} that the contract "
            f"still wants: {plain(quantity - left)} {unit} would not be paid."
        )
        yield Flag("above-contracted-quantity", said, stops=False)


def _ticket_body(ticket: WeighbridgeTicket, net: Decimal) -> dict[str, object]:
    return {
        "device": ticket.device,
        "ticket": ticket.number,
        "vehicle": ticket.vehicle,
        "gross_kg": plain(ticket.gross),
        "tare_kg": plain(ticket.tare),
        "net_kg": plain(net),
        "weighed_at": ticket.weighed_at.isoformat(),
        "calibrated_until": ticket.calibrated_until.isoformat(),
    }


@transaction.atomic
def sample(*, load: Delivery, seal: str, duplicate_seal: str, by: User, now: datetime) -> Sample:
    """Record the seals of the sample and of the duplicate that is kept."""
    row = at_the_gate(load, "deliveries.sample", by)
    seals = (seal.strip(), duplicate_seal.strip())
    for where, number in zip(("seal", "duplicate_seal"), seals, strict=True):
        if not number:
            raise Invalid("A bag without the number of its seal proves nothing.", where=where)
        used = Sample.objects.filter(seal=number) | Sample.objects.filter(duplicate_seal=number)
        if used.exists():
            raise Conflict(f"Seal {number} is on another bag already.", where=where)
    if seals[0] == seals[1]:
        raise Invalid("The duplicate has a seal of its own.", where="duplicate_seal")
    made = Sample.objects.create(
        delivery=row, seal=seals[0], duplicate_seal=seals[1], taken_at=now, taken_by=by
    )
    recorded("SampleTaken", row, by, now, {"seal": seals[0], "duplicate_seal": seals[1]})
    return made


@transaction.atomic
def agree(*, load: Delivery, amount: Decimal, by: User, now: datetime) -> Delivery:
    """The supplier's yes to the price that was shown, before anything is unloaded.

    `amount` is what was shown; if another test changed it meanwhile, the yes does not count. The
    inspector may record the word of whoever drives.
    """
    row = lock_load(load.pk)
    permissions.check_supplier_or(by, Permission.DELIVERY_RECORD, row.contract)
    check_allows("deliveries.agree", row)
    test = queries.last_test(row)
    assert test is not None
    if amount != test.amount:
        raise Conflict(
            f"The price is {test.amount:f} {row.contract.award.currency} now, not {amount:f}.",
            where="amount",
            remedy="Look at the working again, then agree or refuse.",
        )
    row.agreed_at, row.agreed_by, row.agreed_amount = now, by, amount
    row.save(update_fields=["agreed_at", "agreed_by", "agreed_amount"])
    who = "supplier" if permissions.is_supplier(by, row.contract) else "driver, at the gate"
    recorded("PriceAgreed", row, by, now, {"amount": plain(amount), "agreed": who})
    return row


@transaction.atomic
def accept(*, load: Delivery, note: str = "", by: User, now: datetime) -> GoodsReceipt:
    """Take the goods over: the clock of payment runs from the goods received note."""
    row = at_the_gate(load, "deliveries.accept", by)
    contracts.check_allows("deliveries.receive", row.contract, now)
    test, ticket = queries.last_test(row), queries.ticket_of(row)
    assert test is not None and ticket is not None
    if test.payable > queries.left(row.line, row):
        raise Conflict(
            "Another load was received meanwhile: the contract wants less than was agreed to.",
            remedy="Test the sealed duplicate, so that the price is worked out anew, or reject it.",
        )
    made = GoodsReceipt.objects.create(
        delivery=row,
        number=f"{row.contract.number}-G{row.number}",
        received_at=now,
        received_by=by,
        test=test,
        quantity=queries.received_quantity(row, ticket),
        payable=test.payable,
        unit_price=test.unit_price,
        amount=test.amount,
        is_adjusted=test.is_adjusted,
        note=note.strip(),
    )
    recorded("LoadAccepted", row, by, now, {"adjusted": made.is_adjusted})
    recorded("GoodsReceived", row, by, now, _receipt_body(made), visibility="public")
    return made


def _receipt_body(made: GoodsReceipt) -> dict[str, object]:
    load = made.delivery
    return {
        "note": made.number,
        "item": load.line.item.number,
        "depot": load.depot.name if load.depot else "",
        "quantity": plain(made.quantity),
        "unit": load.line.item.unit,
        "payable": plain(made.payable),
        "unit_price": plain(made.unit_price),
        "amount": plain(made.amount),
        "currency": load.contract.award.currency,
    }


@transaction.atomic
def reject(*, load: Delivery, reasons: str, by: User, now: datetime) -> Delivery:
    """Send a load away, with the reasons; the supplier may have the duplicate tested."""
    row = at_the_gate(load, "deliveries.reject", by)
    given = reasons.strip()
    if not given:
        raise Invalid("Give the reasons: the supplier and the public read them.", where="reasons")
    row.rejected_at, row.rejected_by, row.rejected_reasons = now, by, given
    row.save(update_fields=["rejected_at", "rejected_by", "rejected_reasons"])
    depot = row.depot.name if row.depot else ""
    recorded("LoadRejected", row, by, now, {"depot": depot, "reasons": given})
    return row


def at_the_gate(load: Delivery, operation: str | None, by: User) -> Delivery:
    """The load under lock, for the buyer's inspectors, where the step exists."""
    row = lock_load(load.pk)
    permissions.check_role(by, Permission.DELIVERY_RECORD, row.contract.award.lot.tender.buyer)
    permissions.check_second_factor(by)
    if operation is not None:
        check_allows(operation, row)
    return row


def lock_load(load_id: int) -> Delivery:
    """The load with its contract locked until commit; raises NotFound."""
    known = Delivery.objects.filter(pk=load_id).values_list("contract_id", flat=True).first()
    if known is None:
        raise NotFound("There is no such load.")
    contract = contracts.lock_contract(known)
    row = queries.with_parts(Delivery.objects.filter(pk=load_id)).get()
    row.contract = contract
    return row


def check_allows(operation: str, row: Delivery) -> None:
    loads.check_allowed(operation, queries.status(row))


def raise_flags(
    row: Delivery, found: Iterable[Flag], now: datetime, ticket: WeighbridgeTicket | None = None
) -> None:
    for flag in found:
        LoadFlag.objects.create(
            delivery=row,
            ticket=ticket,
            code=flag.code,
            said=flag.said,
            stops=flag.stops,
            raised_at=now,
        )
        recorded("LoadFlagged", row, None, now, {"flag": flag.code, "said": flag.said})


def recorded(
    event: str,
    row: Delivery,
    by: User | None,
    now: datetime,
    body: Mapping[str, object],
    *,
    visibility: str = "auditor",
) -> None:
    """What happens to a load may name a vehicle or a failure: for auditors, until received."""
    told = {"load": row.number, **body}
    contracts.recorded(event, row.contract, by, now, told, visibility=visibility)
