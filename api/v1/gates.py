"""Depots, and what is public of them: rejected loads, days to pay. Confirmations of a bank."""

from typing import Any

from rest_framework.request import Request

from api.access import ANYONE, may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Instant, Number, Shape, Text, Whole
from api.v1 import find
from api.v1.tenderlist import OrganizationRef
from marketplace.accounts.roles import Permission
from procurement.models import Depot
from procurement.operations import confirmations, depots
from procurement.queries import gates, invoices


class DepotIn(Shape):
    name = Text(max_length=120)
    province = Text(max_length=60, allow_blank=True, default="")
    district = Text(max_length=60, allow_blank=True, default="")
    daily_capacity = Number(help_text="Kilograms that can be received in one day.")
    loads_per_hour = Whole(min_value=1, max_value=100, default=2)
    opens = Whole(min_value=0, max_value=23, default=7)
    closes = Whole(min_value=1, max_value=24, default=16)


class DepotOut(DepotIn):
    buyer = OrganizationRef()


def _depot(row: Depot) -> dict[str, Any]:
    names = ("name", "province", "district", "daily_capacity", "loads_per_hour", "opens", "closes")
    buyer = {"id": row.buyer.public_id, "name": row.buyer.name}
    return {"buyer": buyer, **{name: getattr(row, name) for name in names}}


class Depots(ApiView):
    @endpoint(ANYONE, gives=DepotOut, many=True)
    def get(self, request: Request) -> list[dict[str, Any]]:
        """Every depot with its receiving capacity."""
        return [_depot(row) for row in Depot.objects.select_related("buyer")]


class BuyerDepots(ApiView):
    @endpoint(
        may(Permission.CONTRACT_SIGN, "in that buyer"),
        takes=DepotIn,
        gives=DepotOut,
        status=201,
        idempotent=True,
    )
    def post(self, request: Request, organization: str, data: dict[str, Any]) -> Made:
        """Add a depot of a buyer."""
        buyer = find.organization(organization)
        made = depots.add(buyer=buyer, **data, by=person(request), now=now_of(request))
        return Made(_depot(made), "/api/v1/depots")


class DaysToPayOut(Shape):
    buyer = OrganizationRef()
    paid = Whole()
    median = Number(allow_null=True)
    longest = Whole(allow_null=True)
    late = Whole()
    waiting = Whole()
    overdue = Whole()


class DaysToPay(ApiView):
    @endpoint(ANYONE, gives=DaysToPayOut, many=True)
    def get(self, request: Request) -> list[dict[str, Any]]:
        """Days from goods received to payment, by buyer, the slowest first."""
        return [
            {"buyer": {"id": one.buyer.public_id, "name": one.buyer.name}, **vars(one.days)}
            for one in invoices.days_to_pay(now_of(request))
        ]


class RejectedLoadOut(Shape):
    rejected_at = Instant()
    buyer = Text()
    depot = Text()
    goods = Text()
    reasons = Text()


class RejectedLoads(ApiView):
    @endpoint(ANYONE, gives=RejectedLoadOut, many=True)
    def get(self, request: Request) -> list[dict[str, Any]]:
        """Every rejected load by depot, without supplier, vehicle or person."""
        return [vars(one) for one in gates.rejections()]


class ConfirmationsIn(Shape):
    csv = Text(max_length=2_000_000, help_text="Head: reference,amount,currency,date,text.")


class TakenOut(Shape):
    matched = Whole()
    waiting = Whole()
    known = Whole(help_text="Lines that had been taken before.")


class Confirmations(ApiView):
    @endpoint(
        may(Permission.PAYMENT_RECORD, "in that buyer"),
        takes=ConfirmationsIn,
        gives=TakenOut,
        idempotent=True,
    )
    def post(self, request: Request, organization: str, data: dict[str, Any]) -> dict[str, Any]:
        """Take the confirmations of a bank or mobile money service."""
        buyer = find.organization(organization)
        content = data["csv"].encode()
        taken = confirmations.take(
            buyer=buyer, content=content, by=person(request), now=now_of(request)
        )
        return vars(taken)
