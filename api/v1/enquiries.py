"""Questions and answers: public once answered, and always without their authors."""

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api.access import ANYONE, may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Instant, Shape, Text, Whole
from api.v1 import find
from marketplace.accounts import queries as people
from marketplace.accounts.roles import Permission
from procurement import visibility
from procurement.models import Enquiry, Tender
from procurement.operations import enquiries
from procurement.rules.visibility import Fact

ORGANIZATION = OpenApiParameter("tenderer", str, description="For whom, if you act for several.")


class EnquiryOut(Shape):
    id = Whole()
    question = Text()
    asked_at = Instant()
    answer = Text(allow_blank=True)
    answered_at = Instant(allow_null=True)


class QuestionIn(Shape):
    question = Text(max_length=4000)


class AnswerIn(Shape):
    answer = Text(max_length=4000)


def _visible(request: Request, tender: Tender) -> QuerySet[Enquiry]:
    """Answered ones for all; all for the buyer's people; one's own organisation's for itself."""
    rows = tender.enquiries.order_by("id")
    if visibility.sees(request.user, Fact.QUESTION, tender):
        return rows
    own = [m.organization_id for m in people.current_memberships(request.user)]  # type: ignore[arg-type]
    return rows.filter(~Q(answered_at=None) | Q(organization__in=own))


class Enquiries(ApiView):
    @endpoint(ANYONE, gives=EnquiryOut, many=True)
    def get(self, request: Request, reference: str) -> QuerySet[Enquiry]:
        """Questions with their answers, the oldest first."""
        return _visible(request, find.published(request, reference))

    @endpoint(
        may(Permission.ENQUIRY_ASK, "for the tenderer named"),
        takes=QuestionIn,
        gives=EnquiryOut,
        status=201,
        idempotent=True,
        parameters=[ORGANIZATION],
    )
    def post(self, request: Request, reference: str, data: dict[str, Any]) -> Made:
        """Ask a question; it is published with its answer and without its author."""
        enquiry = enquiries.ask(
            tender=find.published(request, reference),
            organization=find.acting_for(request, Permission.ENQUIRY_ASK),
            by=person(request),
            now=now_of(request),
            **data,
        )
        return Made(enquiry, f"/api/v1/tenders/{reference}/enquiries/{enquiry.pk}")


def _one(request: Request, reference: str, key: int) -> Enquiry:
    found = _visible(request, find.published(request, reference)).filter(pk=key).first()
    if found is None:
        raise find.nothing("question")
    return found


class OneEnquiry(ApiView):
    @endpoint(ANYONE, gives=EnquiryOut)
    def get(self, request: Request, reference: str, key: int) -> Enquiry:
        """One question with its answer."""
        return _one(request, reference, key)


class Answer(ApiView):
    @endpoint(may(Permission.ENQUIRY_ANSWER), takes=AnswerIn, gives=EnquiryOut, idempotent=True)
    def post(self, request: Request, reference: str, key: int, data: dict[str, Any]) -> Enquiry:
        """Answer a question, once; both become public."""
        return enquiries.answer(
            enquiry=_one(request, reference, key),
            text=data["answer"],
            by=person(request),
            now=now_of(request),
        )
