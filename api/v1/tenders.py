"""Tenders: list, draft, revise, publish, cancel."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django_filters.utils import translate_validation
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api import conditions
from api.access import ANYONE, SIGNED_IN, may
from api.endpoint import ApiView, Made, endpoint, json_response, now_of, person
from api.errors import Refused
from api.filters import TenderFilter, strangers
from api.pagination import LARGEST, SequenceCursorPagination
from api.renderers import dumps
from api.shapes import Shape, Text
from api.v1 import content, find, tenderdetail, tenderlist
from api.v1.tenderdetail import TenderOut
from api.v1.tenderlist import TenderPage
from marketplace.accounts import queries as people
from marketplace.accounts.roles import Permission
from procurement.models import Tender
from procurement.operations import tenders
from procurement.queries import contents

BUYER = OpenApiParameter(
    "buyer", str, description="The organisation that you draft for, if there are several."
)


PAGING = [
    OpenApiParameter("cursor", str, description="From next or previous, as it is."),
    OpenApiParameter("page_size", int, description=f"1 to {LARGEST}; 50 if not given."),
]
FACETS = [
    OpenApiParameter(name, str, many=name == "status", description=str(facet.label or ""))
    for name, facet in TenderFilter.base_filters.items()
]


def _filtered(request: Request, rows: QuerySet[Tender]) -> QuerySet[Tender]:
    """The rows under the facets asked for. Refuses a facet that there is not."""
    unknown = strangers(list(request.query_params))
    if unknown:
        known = ", ".join(TenderFilter.base_filters)
        message = f"There is no facet “{unknown[0]}”."
        raise Refused("invalid", message, where=unknown[0], remedy=f"Use: {known}.")
    found = TenderFilter(request.query_params, queryset=rows, request=request)
    if not found.is_valid():
        raise translate_validation(found.errors)
    return found.qs


class _List(ApiView):
    def page(self, request: Request, rows: QuerySet[Tender]) -> HttpResponse:
        paginator = SequenceCursorPagination()
        found = paginator.paginate_queryset(tenderlist.heads(rows), request, view=self) or []
        return json_response(
            {
                "next": paginator.get_next_link(),
                "previous": paginator.get_previous_link(),
                "results": tenderlist.rows(found, now_of(request)),
            }
        )


class Tenders(_List):
    @endpoint(ANYONE, gives=TenderPage, parameters=[*PAGING, *FACETS])
    def get(self, request: Request) -> HttpResponse:
        """Published tenders, the latest first, with facets and full-text search."""
        rows = Tender.objects.filter(published_at__lte=now_of(request))
        return self.page(request, _filtered(request, rows))

    @endpoint(
        may(Permission.TENDER_DRAFT, "for the buyer named"),
        takes=content.ContentShape,
        gives=TenderOut,
        status=201,
        idempotent=True,
        parameters=[BUYER],
    )
    def post(self, request: Request, data: dict[str, Any]) -> Made:
        """Start a draft; it may be incomplete."""
        tender = tenders.draft(
            buyer=find.acting_for(request, Permission.TENDER_DRAFT, "buyer"),
            content=content.read(data),
            by=person(request),
            now=now_of(request),
        )
        return _made(request, tender)


class Drafts(_List):
    @endpoint(SIGNED_IN, gives=TenderPage, parameters=PAGING)
    def get(self, request: Request) -> HttpResponse:
        """The drafts of one's own buyers, the latest first."""
        buyers = [m.organization_id for m in people.current_memberships(person(request))]
        rows = Tender.objects.filter(buyer__in=buyers, published_at=None, historical_batch=None)
        return self.page(request, rows)


class TenderDetail(ApiView):
    @endpoint(ANYONE, gives=TenderOut)
    def get(self, request: Request, reference: str) -> HttpResponse:
        """A tender whole: terms, lots, timetable, documents; of a draft also its content."""
        tender = find.tender(request, reference)
        return _answer(request, tender)

    @endpoint(
        may(Permission.TENDER_DRAFT), takes=content.ContentShape, gives=TenderOut, if_match=True
    )
    def put(self, request: Request, reference: str, data: dict[str, Any]) -> HttpResponse:
        """Replace what a draft says, whole; send the ETag that you read."""
        tender = find.tender(request, reference)
        tenders.revise(
            tender=tender,
            content=content.read(data),
            expected=conditions.required(request).partition("-")[0],
            by=person(request),
            now=now_of(request),
        )
        return _answer(request, find.tender(request, reference))


class Publication(ApiView):
    @endpoint(may(Permission.TENDER_PUBLISH), gives=TenderOut, idempotent=True)
    def post(self, request: Request, reference: str) -> dict[str, Any]:
        """Publish a complete draft; somebody else than its drafter does it."""
        tender = find.tender(request, reference)
        tenders.publish(tender=tender, by=person(request), now=now_of(request))
        return _shown(request, reference)


class CancelIn(Shape):
    reason = Text(max_length=4000)


class Cancellation(ApiView):
    @endpoint(may(Permission.TENDER_CANCEL), takes=CancelIn, gives=TenderOut, idempotent=True)
    def post(self, request: Request, reference: str, data: dict[str, Any]) -> dict[str, Any]:
        """Cancel a tender, with the reason; those who bid are told."""
        tender = find.tender(request, reference)
        tenders.cancel(tender=tender, by=person(request), now=now_of(request), **data)
        return _shown(request, reference)


def _shown(request: Request, reference: str) -> dict[str, Any]:
    return tenderdetail.show(request, find.tender(request, reference))


def _made(request: Request, tender: Tender) -> Made:
    return Made(_shown(request, tender.reference), f"/api/v1/tenders/{tender.reference}")


def _answer(request: Request, tender: Tender) -> HttpResponse:
    """With an ETag in two parts: what can be revised (for If-Match), then everything shown."""
    body = dumps(tenderdetail.show(request, tender))
    first = contents.fingerprint(tender) if tender.published_at is None else "published"
    return conditions.answer(request, body, f"{first}-{conditions.digest(body)}")
