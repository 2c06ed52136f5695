"""Cancelling a tender or an award: one person proposes, another confirms."""

from typing import Any

from rest_framework.request import Request

from api.access import SIGNED_IN, may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Instant, Shape, Text, Whole
from api.v1 import find
from api.v1.awards import AwardOut, ReasonIn, shown
from api.v1.tenderdetail import TenderOut, show
from marketplace.accounts.roles import Permission
from procurement import visibility
from procurement.models import Award, AwardCancellation, Tender, TenderCancellation
from procurement.operations import award_cancellations, cancellations
from procurement.rules.visibility import Fact


class CancellationProposalOut(Shape):
    id = Whole()
    reason = Text()
    proposed_at = Instant()
    proposed_by = Text(source="proposed_by.public_id")
    confirmed_at = Instant(allow_null=True)
    declined_at = Instant(allow_null=True)


def _of_buyer(request: Request, reference: str) -> Tender:
    """The tender, for people of its buyer: to everybody else a proposal is not there."""
    tender = find.tender(request, reference)
    if not visibility.sees(person(request), Fact.PROPOSAL, tender):
        raise find.nothing("proposal")
    return tender


def _award(request: Request, reference: str, number: int) -> Award:
    _of_buyer(request, reference)
    return find.award(find.lot(request, reference, number))


def _found(of: Tender | Award, key: int | None = None) -> Any:
    """The proposal of that id, else the latest one."""
    rows = of.cancellations.select_related("proposed_by").order_by("-id")
    found = rows.first() if key is None else rows.filter(pk=key).first()
    if found is None:
        raise find.nothing("proposal")
    return found


class Dropping(ApiView):
    @endpoint(may(Permission.TENDER_CANCEL), takes=ReasonIn, gives=TenderOut, idempotent=True)
    def post(self, request: Request, reference: str, data: dict[str, Any]) -> dict[str, Any]:
        """Give a draft up, with the reason; what is published takes two people to cancel."""
        tender = find.tender(request, reference)
        cancellations.drop(tender=tender, by=person(request), now=now_of(request), **data)
        return show(request, find.tender(request, reference))


class Cancellation(ApiView):
    @endpoint(SIGNED_IN, gives=CancellationProposalOut)
    def get(self, request: Request, reference: str) -> TenderCancellation:
        """The latest proposal to cancel the tender; for people of its buyer."""
        found: TenderCancellation = _found(_of_buyer(request, reference))
        return found

    @endpoint(
        may(Permission.TENDER_CANCEL),
        takes=ReasonIn,
        gives=CancellationProposalOut,
        status=201,
        idempotent=True,
    )
    def post(self, request: Request, reference: str, data: dict[str, Any]) -> Made:
        """Propose to cancel a published tender; it goes on until an approver confirms."""
        tender = find.tender(request, reference)
        made = cancellations.propose(tender=tender, by=person(request), now=now_of(request), **data)
        return Made(made, f"/api/v1/tenders/{reference}/cancellation")


class TenderConfirmation(ApiView):
    @endpoint(may(Permission.TENDER_PUBLISH), gives=TenderOut, idempotent=True)
    def post(self, request: Request, reference: str, key: int) -> dict[str, Any]:
        """Confirm the proposal named: the tender is cancelled and whoever has bid is told."""
        proposal = _found(_of_buyer(request, reference), key)
        cancellations.confirm(proposal=proposal, by=person(request), now=now_of(request))
        return show(request, find.tender(request, reference))


class TenderRefusal(ApiView):
    @endpoint(SIGNED_IN, gives=CancellationProposalOut, idempotent=True)
    def post(self, request: Request, reference: str, key: int) -> TenderCancellation:
        """Decline the proposal as an approver, or take one's own back."""
        proposal = _found(_of_buyer(request, reference), key)
        return cancellations.decline(proposal=proposal, by=person(request), now=now_of(request))


class AwardCancellations(ApiView):
    @endpoint(SIGNED_IN, gives=CancellationProposalOut)
    def get(self, request: Request, reference: str, number: int) -> AwardCancellation:
        """The latest proposal to cancel the award that stands; for people of the buyer."""
        found: AwardCancellation = _found(_award(request, reference, number))
        return found

    @endpoint(
        may(Permission.AWARD_DECIDE),
        takes=ReasonIn,
        gives=CancellationProposalOut,
        status=201,
        idempotent=True,
    )
    def post(self, request: Request, reference: str, number: int, data: dict[str, Any]) -> Made:
        """Propose to cancel an award before its contract, or to refuse a recommendation."""
        award = _award(request, reference, number)
        made = award_cancellations.propose(
            award=award, by=person(request), now=now_of(request), **data
        )
        return Made(made, f"/api/v1/tenders/{reference}/lots/{number}/award/cancellation")


class AwardConfirmation(ApiView):
    @endpoint(may(Permission.TENDER_PUBLISH), gives=AwardOut, idempotent=True)
    def post(self, request: Request, reference: str, number: int, key: int) -> dict[str, Any]:
        """Confirm the proposal named; the next-ranked bid may be recommended then."""
        proposal = _found(_award(request, reference, number), key)
        by, now = person(request), now_of(request)
        return shown(award_cancellations.confirm(proposal=proposal, by=by, now=now))


class AwardRefusal(ApiView):
    @endpoint(SIGNED_IN, gives=CancellationProposalOut, idempotent=True)
    def post(self, request: Request, reference: str, number: int, key: int) -> AwardCancellation:
        """Decline the proposal as an approver, or take one's own back."""
        proposal = _found(_award(request, reference, number), key)
        by, now = person(request), now_of(request)
        return award_cancellations.decline(proposal=proposal, by=by, now=now)
