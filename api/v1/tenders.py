"""Tenders: list, draft, revise, publish."""

from typing import Any

from django.db.models import QuerySet
from django.forms import MultipleChoiceField
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api import conditions
from api.access import ANYONE, SIGNED_IN, may
from api.endpoint import ApiView, Made, endpoint, json_response, now_of, person
from api.errors import BadQuery
from api.filters import TenderFilter, shared
from api.pagination import LARGEST, SequenceCursorPagination
from api.renderers import dumps
from api.shapes import Flag, Shape, Text, Whole
from api.v1 import content, find, tenderdetail, tenderlist
from api.v1.tenderdetail import TenderOut
from api.v1.tenderlist import TenderPage
from marketplace.accounts import queries as people
from marketplace.accounts.roles import Permission
from procurement.models import Tender
from procurement.operations import tenders
from procurement.queries import contents, facets, terms

BUYER = OpenApiParameter(
    "buyer", str, description="The organisation that you draft for, if there are several."
)


PAGING = [
    OpenApiParameter("cursor", str, description="From next or previous, as it is."),
    OpenApiParameter("page_size", int, description=f"1 to {LARGEST}; 50 if not given."),
]
FILTERS = [
    OpenApiParameter(
        name,
        str,
        many=isinstance(found.field, MultipleChoiceField),
        enum=[value for value, _ in found.extra.get("choices", ())] or None,
        description=str(found.label or ""),
    )
    for name, found in TenderFilter.base_filters.items()
]


def _public(request: Request) -> QuerySet[Tender]:
    return Tender.objects.filter(published_at__lte=now_of(request))


def _filtered(request: Request, rows: QuerySet[Tender]) -> TenderFilter:
    """The filter asked for. Refuses a word that a closed set does not have."""
    data = request.query_params
    found = TenderFilter(data, queryset=rows, now=now_of(request))
    if not found.is_valid():
        raise BadQuery(found.errors.get_json_data())
    return found


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
    @endpoint(ANYONE, gives=TenderPage, parameters=[*PAGING, *FILTERS])
    def get(self, request: Request) -> HttpResponse:
        """Published tenders, the latest first, with filters and full-text search."""
        return self.page(request, _filtered(request, _public(request)).qs)

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


class FacetOption(Shape):
    value = Text(help_text="What the list takes for it.")
    title = Text()
    count = Whole(help_text="Tenders that this choice would leave, under the other filters.")
    chosen = Flag()


class FacetOut(Shape):
    name = Text(help_text="The parameter of the list.")
    title = Text()
    options = FacetOption(many=True)


class FacetsOut(Shape):
    total = Whole(help_text="Tenders that all the filters together leave.")
    facets = FacetOut(many=True)


class Facets(ApiView):
    @endpoint(ANYONE, gives=FacetsOut, parameters=FILTERS)
    def get(self, request: Request) -> dict[str, Any]:
        """How many tenders each choice would leave: the counts beside the filters of the page."""
        rows = _filtered(request, _public(request)).only_programs()
        found = facets.facets(shared(request.query_params), rows, now_of(request))
        return {"total": found.total, "facets": [_facet(row) for row in found.facets]}


def _facet(row: facets.Facet) -> dict[str, Any]:
    options = [
        {"value": o.value, "title": o.title, "count": o.count, "chosen": o.checked}
        for o in row.options
    ]
    return {"name": row.name, "title": row.title, "options": options}


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
            expected=_part(conditions.required(request), 0),
            by=person(request),
            now=now_of(request),
        )
        return _answer(request, find.tender(request, reference))


class Publication(ApiView):
    @endpoint(may(Permission.TENDER_PUBLISH), gives=TenderOut, idempotent=True, if_match=True)
    def post(self, request: Request, reference: str) -> dict[str, Any]:
        """Publish a complete draft, as another person than its drafter has read it.

        Send the ETag that you read: it changes with the documents and the committee as well.
        """
        tender = find.tender(request, reference)
        tenders.publish(
            tender=tender,
            expected=_part(conditions.required(request), 1),
            by=person(request),
            now=now_of(request),
        )
        return _shown(request, reference)


def _shown(request: Request, reference: str) -> dict[str, Any]:
    return tenderdetail.show(request, find.tender(request, reference))


def _made(request: Request, tender: Tender) -> Made:
    return Made(_shown(request, tender.reference), f"/api/v1/tenders/{tender.reference}")


def _answer(request: Request, tender: Tender) -> HttpResponse:
    """With an ETag in three parts: what can be revised, what would be published, all shown."""
    # Taken first: what changes while the rest is read was not read under this tag.
    first = _tag(tender)
    body = dumps(tenderdetail.show(request, tender))
    return conditions.answer(request, body, f"{first}-{conditions.digest(body)}")


def _tag(tender: Tender) -> str:
    if tender.published_at is not None:
        return "published-"
    return f"{contents.fingerprint(tender)}-{terms.fingerprint(tender)}"


def _part(tag: str, number: int) -> str:
    """Part of a tag of ours; empty, which matches nothing, if it is none."""
    parts = tag.split("-")
    return parts[number] if len(parts) == 3 else ""
