"""The allocation of a tender's divided lots: asked for, worked out, confirmed, awarded."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from rest_framework.request import Request

from api import conditions
from api.access import ANYONE, may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Instant, MoneyShape, Number, Shape, Text, Whole, money
from api.v1 import find
from api.v1.awards import ReasonIn
from api.v1.evaluations import Stored
from api.v1.tenderlist import OrganizationRef
from marketplace import clock
from marketplace.accounts.roles import Permission
from procurement import visibility
from procurement.models import Allocation, Award, Tender
from procurement.operations import allocation_awards, allocations
from procurement.queries import allocations as stored
from procurement.rules.visibility import Fact
from procurement.tasks import run_allocations


class PartAwardOut(Shape):
    """The award of a part: all parts are recommended and decided together."""

    lot = Whole()
    bid = Text()
    supplier = OrganizationRef()
    quantity = Number()
    unit_price = Number()
    price = MoneyShape()
    recommended_at = Instant()
    decided_at = Instant(allow_null=True)


class AllocationOut(Shape):
    """Where the work stands; the whole case and result stand at `allocation/whole`."""

    id = Text(source="public_id")
    requested_at = Instant()
    steps_done = Whole()
    steps_expected = Whole(help_text="About how many there are.")
    finished_at = Instant(allow_null=True)
    cancelled_at = Instant(allow_null=True)
    error = Text(allow_blank=True)
    case_digest = Text()
    result_digest = Text(allow_blank=True)
    confirmed_at = Instant(allow_null=True)


class AllocationWhole(Shape):
    case_digest = Text()
    result_digest = Text()
    case = Stored(help_text="musika-allocation-case/1, as it is stored.")
    result = Stored(help_text="musika-allocation-result/1, as it is stored.")


def _seen(request: Request, reference: str) -> Allocation:
    """The run that this person may see: the last one, or for the public the decided one."""
    tender = find.tender(request, reference)
    lots = stored.divided_lots(tender)
    insider = bool(lots) and visibility.sees(request.user, Fact.WORKING, tender)
    decided = bool(lots) and visibility.sees(request.user, Fact.RESULT, tender, lot=lots[0])
    row = stored.latest(tender) if insider else stored.decided(tender) if decided else None
    if row is None:
        raise find.nothing("allocation")
    return row


def _part(award: Award) -> dict[str, Any]:
    line = award.lines.all()[0]
    return {
        "lot": award.lot.number,
        "bid": award.bid.public_id,
        "supplier": {"id": award.supplier.public_id, "name": award.supplier.name},
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "price": money(award.price, award.currency),
        "recommended_at": award.recommended_at,
        "decided_at": award.decided_at,
    }


def _parts(tender: Tender) -> list[dict[str, Any]]:
    return [_part(award) for award in stored.parts_of(tender)]


class TenderAllocation(ApiView):
    @endpoint(ANYONE, gives=AllocationOut)
    def get(self, request: Request, reference: str) -> Allocation:
        """The allocation of the divided lots; public once its awards are decided."""
        return _seen(request, reference)

    @endpoint(may(Permission.BID_EVALUATE), gives=AllocationOut, status=201, idempotent=True)
    def post(self, request: Request, reference: str) -> Made:
        """Run the allocation: a small one at once, a large one by the worker."""
        tender = find.tender(request, reference)
        row = allocations.request(tender=tender, by=person(request), now=now_of(request))
        if allocations.is_small(row):
            row = allocations.run(row.pk, now=clock.now()) or row
        else:
            transaction.on_commit(lambda: run_allocations.apply_async(retry=False), robust=True)
        return Made(row, f"/api/v1/tenders/{reference}/allocation")


class AllocationStored(ApiView):
    @endpoint(ANYONE, gives=AllocationWhole)
    def get(self, request: Request, reference: str) -> HttpResponse:
        """Case and result, byte for byte as stored, so that the digests can be checked."""
        row = _seen(request, reference)
        if row.finished_at is None:
            raise find.nothing("finished allocation")
        content = (
            f'{{"case_digest":"{row.case_digest}","result_digest":"{row.result_digest}",'
            f'"case":{row.case},"result":{row.result}}}'
        )
        return conditions.answer(request, content.encode(), row.result_digest)


class AllocationStop(ApiView):
    @endpoint(may(Permission.BID_EVALUATE), gives=AllocationOut, idempotent=True)
    def post(self, request: Request, reference: str) -> Allocation:
        """Stop a run that is in work."""
        row = _seen(request, reference)
        return allocations.cancel(allocation=row, by=person(request), now=now_of(request))


class AllocationConfirmation(ApiView):
    @endpoint(may(Permission.BID_EVALUATE), gives=AllocationOut, idempotent=True)
    def post(self, request: Request, reference: str) -> Allocation:
        """Make the latest run the one that awards follow."""
        row = _seen(request, reference)
        return allocations.confirm(allocation=row, by=person(request), now=now_of(request))


class PartAwards(ApiView):
    @endpoint(ANYONE, gives=PartAwardOut, many=True)
    def get(self, request: Request, reference: str) -> list[dict[str, Any]]:
        """The awards of parts that stand."""
        tender = _seen(request, reference).tender
        sees = visibility.sees(request.user, Fact.RECOMMENDATION, tender)
        return [part for part in _parts(tender) if sees or part["decided_at"]]

    @endpoint(
        may(Permission.AWARD_RECOMMEND),
        takes=ReasonIn,
        gives=PartAwardOut,
        many=True,
        status=201,
        idempotent=True,
    )
    def post(self, request: Request, reference: str, data: dict[str, Any]) -> Made:
        """Recommend every part of the confirmed allocation."""
        tender = find.tender(request, reference)
        allocation_awards.recommend(tender=tender, by=person(request), now=now_of(request), **data)
        return Made(_parts(tender), f"/api/v1/tenders/{reference}/allocation/awards")


class PartDecision(ApiView):
    @endpoint(
        may(Permission.AWARD_DECIDE), takes=ReasonIn, gives=PartAwardOut, many=True, idempotent=True
    )
    def post(self, request: Request, reference: str, data: dict[str, Any]) -> list[dict[str, Any]]:
        """Decide all parts at once; the standstill starts and every bidder gets a letter."""
        tender = find.tender(request, reference)
        allocation_awards.decide(tender=tender, by=person(request), now=now_of(request), **data)
        return _parts(tender)
