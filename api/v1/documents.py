"""Files of a tender: attach, list, download, detach."""

from typing import Any

from django.http import FileResponse
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from api.access import ANYONE, may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Shape, Text
from api.v1 import find, tenderdetail
from api.v1.tenderdetail import DocumentOut
from marketplace.accounts.roles import Permission
from procurement.models import Tender, TenderDocument
from procurement.operations import documents


class DocumentIn(Shape):
    title = Text(max_length=200, allow_blank=True, default="")
    file = serializers.FileField()


class Documents(ApiView):
    parser_classes = [MultiPartParser]

    @endpoint(ANYONE, gives=DocumentOut, many=True)
    def get(self, request: Request, reference: str) -> list[dict[str, Any]]:
        """The files of a tender."""
        tender = find.tender(request, reference)
        return [tenderdetail.document(request, row, tender) for row in tender.documents.all()]

    @endpoint(
        may(Permission.TENDER_DRAFT),
        takes=DocumentIn,
        gives=DocumentOut,
        status=201,
        idempotent=True,
        request_media="multipart/form-data",
    )
    def post(self, request: Request, reference: str, data: dict[str, Any]) -> Made:
        """Attach a file to a draft; its kind is read from its content."""
        tender = find.tender(request, reference)
        row = documents.attach(
            tender=tender,
            title=data["title"],
            filename=data["file"].name,
            content=data["file"].read(),
            by=person(request),
            now=now_of(request),
        )
        shown = tenderdetail.document(request, row, tender)
        return Made(shown, f"/api/v1/tenders/{reference}/documents/{row.sha256}")


def _row(tender: Tender, sha256: str) -> TenderDocument:
    found = tender.documents.filter(sha256=sha256).first()
    if found is None:
        raise find.nothing("document")
    return found


class Document(ApiView):
    @endpoint(ANYONE, media="*/*")
    def get(self, request: Request, reference: str, sha256: str) -> FileResponse:
        """Download a file."""
        return download(_row(find.tender(request, reference), sha256))

    @endpoint(may(Permission.TENDER_DRAFT))
    def delete(self, request: Request, reference: str, sha256: str) -> None:
        """Take a file off a draft."""
        row = _row(find.tender(request, reference), sha256)
        documents.detach(document=row, by=person(request), now=now_of(request))


def download(row: Any) -> FileResponse:
    """A stored file as an attachment: never shown in the page, whatever it says it is."""
    response = FileResponse(
        row.file.open("rb"), as_attachment=True, filename=row.filename, content_type=row.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["ETag"] = f'"{row.sha256}"'
    return response
