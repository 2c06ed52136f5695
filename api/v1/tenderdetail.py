"""One tender whole: the terms as they were published, or the draft as it now is."""

from typing import Any

from django.db.models import prefetch_related_objects
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.reverse import reverse

from api.endpoint import now_of
from api.errors import pointer
from api.shapes import Flag, Instant, Number, PlaceShape, Shape, Text, Whole
from api.v1.content import ContentField, ContentShape
from api.v1.tenderlist import OrganizationRef
from procurement import visibility
from procurement.models import Tender, TenderDocument
from procurement.operations import tenders
from procurement.queries import contents, facts, terms
from procurement.rules.visibility import Fact


class LimitOut(Shape):
    parameter = Text()
    name = Text()
    unit = Text(allow_blank=True)
    kind = Text()
    minimum = Number(allow_null=True)
    maximum = Number(allow_null=True)
    equals = Text(allow_null=True)
    source = Text()  # type: ignore[assignment]


class ItemOut(Shape):
    item = Whole()
    commodity = Text(allow_null=True)
    description = Text()
    quantity = Number()
    unit = Text()
    delivery_place = Text(allow_blank=True)
    province = Text(allow_blank=True)
    district = Text(allow_blank=True)
    delivery_starts = Text(allow_null=True)
    delivery_ends = Text(allow_null=True)
    specification = LimitOut(many=True)


class OptionOut(Shape):
    option = Whole()
    label = Text()  # type: ignore[assignment]
    value = Number()


class RatingOut(Shape):
    weight = Number()
    highest_mark = Number()
    combine = Text()
    minimum = Number(allow_null=True)


class ComponentOut(Shape):
    component = Whole()
    title = Text()
    per = Text()
    source = Text(allow_blank=True)  # type: ignore[assignment]
    in_margin = Flag()


class PreferenceOut(Shape):
    title = Text()
    margin = Number()
    base = Text()
    way = Text()
    source = Text(allow_blank=True)  # type: ignore[assignment]


class PointsOut(Shape):
    weight = Number()
    total = Number()
    lowest = Number(allow_null=True)
    highest = Number(allow_null=True)
    minimum = Number(allow_null=True)


class CriterionOut(Shape):
    criterion = Whole()
    title = Text()
    kind = Text()
    source = Text(allow_blank=True)  # type: ignore[assignment]
    options = OptionOut(many=True)
    rating = RatingOut(allow_null=True, required=False)
    in_margin = Flag(required=False)


class RoundingOut(Shape):
    mode = Text()
    decimals = Whole()


class LotOut(Shape):
    lot = Whole()
    title = Text()
    status = Text(allow_null=True, help_text="Its own, once the bids are open; null before.")
    unsuccessful_reason = Text(allow_blank=True)
    evaluation_method = Text()
    reserve_price = Number(allow_null=True)
    minimum_price = Number(allow_null=True)
    rounding = RoundingOut()
    items = ItemOut(many=True)
    criteria = CriterionOut(many=True)
    # Terms that were published before these parts existed do not name them.
    components = ComponentOut(many=True, required=False)
    preference = PreferenceOut(allow_null=True, required=False)
    points = PointsOut(allow_null=True, required=False)
    tie_break = serializers.ListField(child=Text(), required=False)


class TimetableOut(Shape):
    published_at = Instant(allow_null=True)
    enquiry_deadline = Instant(allow_null=True)
    deadline = Instant(allow_null=True)
    closed_at = Instant(allow_null=True)
    opened_at = Instant(allow_null=True)
    cancelled_at = Instant(allow_null=True)
    standstill_days = Whole()


class DocumentOut(Shape):
    sha256 = Text()
    title = Text()
    filename = Text()
    media_type = Text()
    size = Whole()
    url = Text()


TIMETABLE = (
    "published_at",
    "enquiry_deadline",
    "deadline",
    "closed_at",
    "opened_at",
    "cancelled_at",
    "standstill_days",
)


class AmendmentOut(Shape):
    amendment = Whole()
    at = Instant()
    notice = Text(allow_blank=True)
    reason = Text()
    deadline_before = Instant()
    deadline = Instant()


class TenderOut(Shape):
    reference = Text()
    title = Text()
    description = Text(allow_blank=True)
    status = Text()
    buyer = OrganizationRef()
    method = Text()
    reserved_for = Text(allow_blank=True)
    jurisdiction = Text()
    currency = Text()
    province = Text(allow_blank=True)
    historical = Flag()
    opening_quorum = Whole()
    timetable = TimetableOut()
    cancelled_reason = Text(allow_blank=True)
    terms_hash = Text(allow_blank=True, help_text="SHA-256 of the published terms.")
    amendments = AmendmentOut(many=True, help_text="What was published since; from the terms.")
    lots = LotOut(many=True)
    documents = DocumentOut(many=True)
    content = ContentField(allow_null=True, help_text="Of a draft, for the buyer's people.")
    problems = PlaceShape(many=True, help_text="What keeps a draft from publication.")


def show(request: Request, tender: Tender) -> dict[str, Any]:
    """The tender as this person sees it; `tender` carries `status_now` (find.tender)."""
    is_draft = tender.published_at is None
    return {
        "reference": tender.reference,
        "title": tender.title,
        "description": tender.description,
        "status": tender.status_now,  # type: ignore[attr-defined]
        "buyer": {"id": tender.buyer.public_id, "name": tender.buyer.name},
        "method": tender.method,
        "reserved_for": tender.reserved_for,
        "jurisdiction": tender.jurisdiction,
        "currency": tender.currency,
        "province": tender.province,
        "historical": tender.is_historical,
        "opening_quorum": tender.opening_quorum,
        "timetable": {name: getattr(tender, name) for name in TIMETABLE},
        "cancelled_reason": tender.cancelled_reason,
        "terms_hash": tender.terms_hash,
        "amendments": terms.amendments(tender),
        "lots": _lots(request, tender),
        "documents": [document(request, row, tender) for row in tender.documents.all()],
        "content": _content(request, tender) if is_draft else None,
        "problems": _problems(request, tender) if is_draft else [],
    }


def _lots(request: Request, tender: Tender) -> list[dict[str, Any]]:
    lots = (
        terms.frozen(tender)["lots"]
        if tender.terms and not tender.is_historical
        else terms.lots(tender)
    )
    prefetch_related_objects([tender], facts.FACTS_PREFETCH)
    rows = {row.number: row for row in tender.lots.all()}
    is_open = tender.opened_at is not None and tender.cancelled_at is None
    return [
        {
            **lot,
            "status": facts.lot_status(rows[lot["lot"]], now_of(request)) if is_open else None,
            "unsuccessful_reason": rows[lot["lot"]].unsuccessful_reason,
        }
        for lot in lots
    ]


def document(request: Request, row: TenderDocument, tender: Tender) -> dict[str, Any]:
    names = {"reference": tender.reference, "sha256": row.sha256}
    return {
        "sha256": row.sha256,
        "title": row.title,
        "filename": row.filename,
        "media_type": row.media_type,
        "size": row.size,
        "url": reverse("v1:document", kwargs=names, request=request),
    }


def _content(request: Request, tender: Tender) -> dict[str, Any] | None:
    if not visibility.sees(request.user, Fact.DRAFT, tender):
        return None
    return dict(ContentShape(contents.content(tender)).data)


def _problems(request: Request, tender: Tender) -> list[dict[str, str]]:
    found = tenders.problems(tender, now_of(request))
    return [{"place": pointer(row.where), "message": row.message} for row in found]
