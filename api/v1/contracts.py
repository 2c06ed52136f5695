"""Contracts, deliveries and payments of an awarded lot."""

from typing import Any

from django.db.models import Prefetch
from rest_framework.request import Request

from api.access import ANYONE, may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Flag, Instant, MoneyShape, Number, Shape, Text, Whole, money
from api.v1 import find
from api.v1.tenderlist import OrganizationRef
from marketplace.accounts.roles import Permission
from marketplace.errors import Invalid, NotFound
from procurement.models import Contract, Delivery, Payment
from procurement.operations import contracts


class DeliveryOut(Shape):
    item = Whole()
    quantity = Number()
    unit = Text()
    received_at = Instant()
    note = Text(allow_blank=True)


class PaymentOut(Shape):
    amount = MoneyShape()
    paid_at = Instant()


class ContractOut(Shape):
    number = Text()
    supplier = OrganizationRef()
    price = MoneyShape()
    signed_at = Instant()
    delivered_at = Instant(allow_null=True)
    paid_at = Instant(allow_null=True)
    deliveries = DeliveryOut(many=True)
    payments = PaymentOut(many=True)


class DeliveryIn(Shape):
    item = Whole(min_value=1, max_value=32767)
    quantity = Number()
    note = Text(max_length=2000, allow_blank=True, default="")


class PaymentIn(Shape):
    amount = MoneyShape()
    final = Flag(help_text="Whether this settles the contract.")


def _delivery(row: Delivery) -> dict[str, Any]:
    return {
        "item": row.item.number,
        "quantity": row.quantity,
        "unit": row.item.unit,
        "received_at": row.received_at,
        "note": row.note,
    }


def _payment(row: Payment) -> dict[str, Any]:
    return {"amount": money(row.amount, row.currency), "paid_at": row.paid_at}


def _shown(contract: Contract) -> dict[str, Any]:
    rows = Contract.objects.filter(pk=contract.pk).select_related("award__supplier")
    deliveries = Prefetch("deliveries", Delivery.objects.select_related("item"))
    found = rows.prefetch_related(deliveries, "payments").get()
    supplier = found.award.supplier
    return {
        "number": found.number,
        "supplier": {"id": supplier.public_id, "name": supplier.name},
        "price": money(found.award.price, found.award.currency),
        "signed_at": found.signed_at,
        "delivered_at": found.delivered_at,
        "paid_at": found.paid_at,
        "deliveries": [_delivery(row) for row in found.deliveries.all()],
        "payments": [_payment(row) for row in found.payments.all()],
    }


def _found(request: Request, reference: str, number: int) -> Contract:
    return find.contract(find.lot(request, reference, number))


class LotContract(ApiView):
    @endpoint(ANYONE, gives=ContractOut)
    def get(self, request: Request, reference: str, number: int) -> dict[str, Any]:
        """The contract of a lot with its deliveries and payments."""
        return _shown(_found(request, reference, number))

    @endpoint(may(Permission.CONTRACT_SIGN), gives=ContractOut, status=201, idempotent=True)
    def post(self, request: Request, reference: str, number: int) -> Made:
        """Record the signed contract, once the standstill is over."""
        award = find.award(find.lot(request, reference, number))
        contract = contracts.sign(award=award, by=person(request), now=now_of(request))
        return Made(_shown(contract), f"/api/v1/tenders/{reference}/lots/{number}/contract")


class Deliveries(ApiView):
    @endpoint(
        may(Permission.DELIVERY_RECORD),
        takes=DeliveryIn,
        gives=DeliveryOut,
        status=201,
        idempotent=True,
    )
    def post(self, request: Request, reference: str, number: int, data: dict[str, Any]) -> Made:
        """Record goods received, in the item's unit."""
        lot = find.lot(request, reference, number)
        contract, item = find.contract(lot), lot.items.filter(number=data["item"]).first()
        if item is None:
            raise NotFound("The lot has no such item.", where="item")
        row = contracts.receive(
            contract=contract,
            item=item,
            quantity=data["quantity"],
            note=data["note"],
            by=person(request),
            now=now_of(request),
        )
        return Made(_delivery(row), f"/api/v1/tenders/{reference}/lots/{number}/contract")


class Completion(ApiView):
    @endpoint(may(Permission.DELIVERY_RECORD), gives=ContractOut, idempotent=True)
    def post(self, request: Request, reference: str, number: int) -> dict[str, Any]:
        """Declare that everything has been delivered."""
        row = _found(request, reference, number)
        return _shown(contracts.complete(contract=row, by=person(request), now=now_of(request)))


class Payments(ApiView):
    @endpoint(
        may(Permission.PAYMENT_RECORD),
        takes=PaymentIn,
        gives=PaymentOut,
        status=201,
        idempotent=True,
    )
    def post(self, request: Request, reference: str, number: int, data: dict[str, Any]) -> Made:
        """Record a payment in the contract's currency."""
        contract, given = _found(request, reference, number), data["amount"]
        if given["currency"] != contract.award.currency:
            raise Invalid(f"The contract is in {contract.award.currency}.", where="amount.currency")
        row = contracts.pay(
            contract=contract,
            amount=given["amount"],
            final=data["final"],
            by=person(request),
            now=now_of(request),
        )
        return Made(_payment(row), f"/api/v1/tenders/{reference}/lots/{number}/contract")
