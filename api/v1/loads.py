"""Loads at a gate: what a weighbridge, a moisture meter or a laboratory posts.

Every POST takes an Idempotency-Key, so that a device with a bad connection may send again.
"""

from typing import Any

from rest_framework.request import Request

from api.access import SIGNED_IN, may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Day, Flag, Instant, MoneyShape, Number, Shape, Text, Whole, listed, money
from api.v1 import find
from api.v1.contracts import GoodsReceivedOut, receipt_shown
from marketplace.accounts.roles import Permission
from marketplace.errors import Invalid, NotFound
from procurement.models import Delivery, LoadTest
from procurement.operations import deliveries, inspections
from procurement.queries import loads as queries
from procurement.rules.inspecting import Measured
from procurement.rules.visibility import Fact
from procurement.rules.weighing import Ticket

TAKES = may(Permission.DELIVERY_RECORD, "in the buyer of the contract")


class BookingIn(Shape):
    line = Whole(min_value=1, max_value=32767)
    depot = Text(max_length=120, help_text="Name of a depot of the buyer.")
    quantity = Number(help_text="In the item's unit.")
    weight = Number(required=False, help_text="Kilograms, where the unit is none of mass.")
    day = Day()
    hour = Whole(min_value=0, max_value=23)


class ArrivalIn(Shape):
    vehicle = Text(max_length=20)
    driver = Text(max_length=40, allow_blank=True, default="", help_text="The given name alone.")


class TicketIn(Shape):
    device = Text(max_length=60)
    number = Text(max_length=40)
    vehicle = Text(max_length=20)
    gross = Number(help_text="Kilograms.")
    tare = Number(help_text="Kilograms.")
    net = Number(required=False, help_text="Kilograms; checked against gross less tare.")
    counted = Number(required=False, help_text="Where the goods are counted.")
    weighed_at = Instant(help_text="By the clock of the device.")
    calibrated_until = Day()


class SealsIn(Shape):
    seal = Text(max_length=40)
    duplicate_seal = Text(max_length=40)


class MeasurementIn(Shape):
    parameter = Text(max_length=40)
    value = Text(max_length=60)
    unit = Text(max_length=40, allow_blank=True)
    method = Text(max_length=120, allow_blank=True)
    device = Text(max_length=60, allow_blank=True, default="")
    measured_at = Instant()


class MeasurementsIn(Shape):
    values = listed(MeasurementIn, 200)
    duplicate = Flag(default=False, help_text="Whether the sealed duplicate was tested.")


class AgreementIn(Shape):
    amount = MoneyShape(help_text="The price that was shown.")


class RejectionIn(Shape):
    reasons = Text(max_length=2000)


class AcceptanceIn(Shape):
    note = Text(max_length=2000, allow_blank=True, default="")


class WorkingStepOut(Shape):
    what = Text()
    formula = Text(allow_blank=True)
    value = Text(allow_blank=True)


class MeasurementOut(Shape):
    parameter = Text()
    value = Text()
    unit = Text(allow_blank=True)
    method = Text()
    device = Text(allow_blank=True)
    measured_at = Instant()
    holds = Flag()
    finding = Text()


class LoadTestOut(Shape):
    kind = Text(help_text="first, or again: of the sealed duplicate")
    seal = Text()
    recorded_at = Instant()
    conforms = Flag()
    reasons = Text(allow_blank=True)
    values = MeasurementOut(many=True)
    payable = Number()
    unit_price = Number()
    amount = MoneyShape()
    adjusted = Flag()
    rounding = Text()
    working = WorkingStepOut(many=True)


class FlagOut(Shape):
    code = Text()
    said = Text()
    stops = Flag()
    raised_at = Instant()


class TicketOut(Shape):
    device = Text()
    number = Text()
    vehicle = Text()
    gross = Number()
    tare = Number()
    net = Number()
    weighed_at = Instant()
    counts = Flag(help_text="Whether it is the ticket by which the load is paid.")


class LoadOut(Shape):
    contract = Text()
    load = Whole()
    status = Text()
    line = Whole()
    item = Whole()
    depot = Text(allow_blank=True)
    quantity = Number()
    unit = Text()
    day = Day(allow_null=True)
    hour = Whole(allow_null=True)
    vehicle = Text(allow_blank=True)
    arrived_at = Instant(allow_null=True)
    tickets = TicketOut(many=True)
    flags = FlagOut(many=True)
    seal = Text(allow_blank=True)
    duplicate_seal = Text(allow_blank=True)
    tests = LoadTestOut(many=True)
    agreed_at = Instant(allow_null=True)
    rejected_at = Instant(allow_null=True)
    rejected_reasons = Text(allow_blank=True)
    received = GoodsReceivedOut(allow_null=True)


def _test(row: LoadTest, currency: str) -> dict[str, Any]:
    values = [
        {
            "parameter": one.code,
            "value": one.value,
            "unit": one.unit,
            "method": one.method,
            "device": one.device,
            "measured_at": one.measured_at,
            "holds": one.holds,
            "finding": one.said,
        }
        for one in row.measurements.all()
    ]
    steps = [{"what": s.what, "formula": s.formula, "value": s.value} for s in row.steps.all()]
    return {
        "kind": row.kind,
        "seal": row.seal,
        "recorded_at": row.recorded_at,
        "conforms": row.conforms,
        "reasons": row.reasons,
        "values": values,
        "payable": row.payable,
        "unit_price": row.unit_price,
        "amount": money(row.amount, currency),
        "adjusted": row.is_adjusted,
        "rounding": row.rounding,
        "working": steps,
    }


def _tickets(row: Delivery) -> list[dict[str, Any]]:
    counts = queries.ticket_of(row)
    return [
        {
            "device": one.device,
            "number": one.number,
            "vehicle": one.vehicle,
            "gross": one.gross,
            "tare": one.tare,
            "net": one.gross - one.tare,
            "weighed_at": one.weighed_at,
            "counts": counts is not None and one.pk == counts.pk,
        }
        for one in row.tickets.all()
    ]


def _flags(row: Delivery) -> list[dict[str, Any]]:
    return [
        {"code": f.code, "said": f.said, "stops": f.stops, "raised_at": f.raised_at}
        for f in row.flags.all()
    ]


def shown(load: Delivery) -> dict[str, Any]:
    """The load as it stands now, read anew."""
    row = queries.with_parts(Delivery.objects.filter(pk=load.pk)).get()
    sample, receipt = queries.sample_of(row), queries.receipt_of(row)
    currency = row.contract.award.currency
    return {
        "contract": row.contract.number,
        "load": row.number,
        "status": queries.status(row).value,
        "line": row.line.number,
        "item": row.line.item.number,
        "depot": row.depot.name if row.depot else "",
        "quantity": row.quantity,
        "unit": row.line.item.unit,
        "day": row.slot_day,
        "hour": row.slot_hour,
        "vehicle": row.vehicle,
        "arrived_at": row.arrived_at,
        "tickets": _tickets(row),
        "flags": _flags(row),
        "seal": sample.seal if sample else "",
        "duplicate_seal": sample.duplicate_seal if sample else "",
        "tests": [_test(test, currency) for test in queries.tests_of(row)],
        "agreed_at": row.agreed_at,
        "rejected_at": row.rejected_at,
        "rejected_reasons": row.rejected_reasons,
        "received": receipt_shown(receipt) if receipt else None,
    }


def _made(load: Delivery) -> Made:
    row = shown(load)
    return Made(row, f"/api/v1/contracts/{row['contract']}/loads/{row['load']}")


def _said(request: Request, contract: str, load: int) -> dict[str, Any]:
    row = find.load(request, contract, load)
    return {"load": row, "by": person(request), "now": now_of(request)}


class Loads(ApiView):
    @endpoint(SIGNED_IN, gives=LoadOut, many=True)
    def get(self, request: Request, contract: str) -> list[dict[str, Any]]:
        """The loads of a contract; for its supplier, the buyer's people and auditors."""
        row = find.contract_by_number(request, contract, Fact.LOAD)
        return [shown(load) for load in row.deliveries.order_by("number")[:500]]

    @endpoint(SIGNED_IN, takes=BookingIn, gives=LoadOut, status=201, idempotent=True)
    def post(self, request: Request, contract: str, data: dict[str, Any]) -> Made:
        """Book a slot at a depot, as the supplier or as the buyer's inspector."""
        row = find.contract_by_number(request, contract, Fact.LOAD)
        given = dict(data)
        line = row.lines.filter(number=given.pop("line")).select_related("item").first()
        name = given.pop("depot")
        depot = row.award.lot.tender.buyer.depots.filter(name=name).first()
        if line is None or depot is None:
            where = "line" if line is None else "depot"
            raise NotFound(f"The contract has no such {where}.", where=where)
        booked = deliveries.book(
            line=line, depot=depot, **given, by=person(request), now=now_of(request)
        )
        return _made(booked)


class OneLoad(ApiView):
    @endpoint(SIGNED_IN, gives=LoadOut)
    def get(self, request: Request, contract: str, load: int) -> dict[str, Any]:
        """One load with its tickets, tests and the working of its price."""
        return shown(find.load(request, contract, load))

    @endpoint(SIGNED_IN, idempotent=True)
    def delete(self, request: Request, contract: str, load: int) -> None:
        """Give the slot back, before the load comes to the gate."""
        deliveries.cancel(**_said(request, contract, load))


class GateEntry(ApiView):
    @endpoint(TAKES, takes=ArrivalIn, gives=LoadOut, status=201, idempotent=True)
    def post(self, request: Request, contract: str, load: int, data: dict[str, Any]) -> Made:
        """Let a load in at the gate."""
        return _made(deliveries.arrive(**data, **_said(request, contract, load)))


class Tickets(ApiView):
    @endpoint(TAKES, takes=TicketIn, gives=LoadOut, status=201, idempotent=True)
    def post(self, request: Request, contract: str, load: int, data: dict[str, Any]) -> Made:
        """Record a weighbridge ticket; what is odd is flagged in the answer."""
        given = dict(data)
        counted = given.pop("counted", None)
        said = _said(request, contract, load)
        deliveries.weigh(ticket=Ticket(**given), counted=counted, **said)
        return _made(said["load"])


class Samples(ApiView):
    @endpoint(TAKES, takes=SealsIn, gives=LoadOut, status=201, idempotent=True)
    def post(self, request: Request, contract: str, load: int, data: dict[str, Any]) -> Made:
        """Record the seals of the sample and of its duplicate."""
        said = _said(request, contract, load)
        deliveries.sample(**data, **said)
        return _made(said["load"])


class Measurements(ApiView):
    @endpoint(TAKES, takes=MeasurementsIn, gives=LoadOut, status=201, idempotent=True)
    def post(self, request: Request, contract: str, load: int, data: dict[str, Any]) -> Made:
        """Record what was measured; the verdict and the price are in the answer."""
        values = [Measured(code=one.pop("parameter"), **one) for one in map(dict, data["values"])]
        said = _said(request, contract, load)
        record = inspections.again if data["duplicate"] else inspections.record
        record(measured=values, **said)
        return _made(said["load"])


class Agreement(ApiView):
    @endpoint(SIGNED_IN, takes=AgreementIn, gives=LoadOut, status=201, idempotent=True)
    def post(self, request: Request, contract: str, load: int, data: dict[str, Any]) -> Made:
        """Agree to the price that was shown, before anything is unloaded."""
        said, given = _said(request, contract, load), data["amount"]
        currency = said["load"].contract.award.currency
        if given["currency"] != currency:
            raise Invalid(f"The contract is in {currency}.", where="amount.currency")
        return _made(deliveries.agree(amount=given["amount"], **said))


class Acceptance(ApiView):
    @endpoint(TAKES, takes=AcceptanceIn, gives=LoadOut, status=201, idempotent=True)
    def post(self, request: Request, contract: str, load: int, data: dict[str, Any]) -> Made:
        """Take the goods over and issue the goods received note."""
        said = _said(request, contract, load)
        deliveries.accept(**data, **said)
        return _made(said["load"])


class Rejection(ApiView):
    @endpoint(TAKES, takes=RejectionIn, gives=LoadOut, status=201, idempotent=True)
    def post(self, request: Request, contract: str, load: int, data: dict[str, Any]) -> Made:
        """Reject a load, with the reasons."""
        return _made(deliveries.reject(**data, **_said(request, contract, load)))
