"""Amending a published tender: one person proposes, another publishes."""

from typing import Any

from rest_framework.request import Request

from api.access import SIGNED_IN, may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Instant, Shape, Text, Whole
from api.v1 import find
from api.v1.tenderdetail import TenderOut, show
from marketplace.accounts.roles import Permission
from procurement import visibility
from procurement.models import TenderAmendment
from procurement.operations import amendments
from procurement.rules.amending import Timetable
from procurement.rules.visibility import Fact


class AmendmentIn(Shape):
    notice = Text(allow_blank=True, default="", max_length=10_000, help_text="Published as it is.")
    deadline = Instant(allow_null=True, default=None, help_text="Later; null: as it is.")
    enquiry_deadline = Instant(allow_null=True, default=None, help_text="Later; null: as it is.")
    reason = Text(max_length=4000)


class AmendmentProposalOut(Shape):
    id = Whole()
    notice = Text(allow_blank=True)
    deadline = Instant()
    enquiry_deadline = Instant(allow_null=True)
    reason = Text()
    proposed_at = Instant()
    proposed_by = Text(source="proposed_by.public_id")
    confirmed_at = Instant(allow_null=True)
    declined_at = Instant(allow_null=True)


def _found(request: Request, reference: str, key: int | None = None) -> TenderAmendment:
    """The proposal of that id, else the latest; to people outside the buyer there is none."""
    tender = find.tender(request, reference)
    rows = tender.amendments.select_related("proposed_by").order_by("-id")
    found = rows.first() if key is None else rows.filter(pk=key).first()
    if found is None or not visibility.sees(person(request), Fact.PROPOSAL, tender):
        raise find.nothing("proposal")
    return found


class Amendment(ApiView):
    @endpoint(SIGNED_IN, gives=AmendmentProposalOut)
    def get(self, request: Request, reference: str) -> TenderAmendment:
        """The latest proposal to amend the tender; for people of its buyer."""
        return _found(request, reference)

    @endpoint(
        may(Permission.TENDER_DRAFT),
        takes=AmendmentIn,
        gives=AmendmentProposalOut,
        status=201,
        idempotent=True,
    )
    def post(self, request: Request, reference: str, data: dict[str, Any]) -> Made:
        """Propose a notice, later times, or both; nothing changes until an approver confirms."""
        tender = find.tender(request, reference)
        deadline = data["deadline"] or tender.deadline
        if deadline is None:
            raise find.nothing("deadline")
        new = Timetable(deadline, data["enquiry_deadline"] or tender.enquiry_deadline)
        said = {"notice": data["notice"], "reason": data["reason"]}
        by, now = person(request), now_of(request)
        made = amendments.propose(tender=tender, new=new, by=by, now=now, **said)
        return Made(made, f"/api/v1/tenders/{reference}/amendment")


class AmendmentConfirmation(ApiView):
    @endpoint(may(Permission.TENDER_PUBLISH), gives=TenderOut, idempotent=True)
    def post(self, request: Request, reference: str, key: int) -> dict[str, Any]:
        """Publish the amendment named; the terms get a new hash, bids that are sealed stand."""
        proposal = _found(request, reference, key)
        amendments.confirm(proposal=proposal, by=person(request), now=now_of(request))
        return show(request, find.tender(request, reference))


class AmendmentRefusal(ApiView):
    @endpoint(SIGNED_IN, gives=AmendmentProposalOut, idempotent=True)
    def post(self, request: Request, reference: str, key: int) -> TenderAmendment:
        """Decline the proposal as an approver, or take one's own back."""
        proposal = _found(request, reference, key)
        return amendments.decline(proposal=proposal, by=person(request), now=now_of(request))
