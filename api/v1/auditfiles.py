"""An auditor's own files: samples that can be drawn again, notes, findings, reports."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from api.access import may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Instant, Shape, Text, Whole
from api.v1 import find
from api.v1.content import Choice
from api.v1.records import AnyFormat
from marketplace.accounts.roles import Permission
from marketplace.papers.paper import pdf
from procurement import auditreport, permissions
from procurement.models import AuditFile, AuditNote
from procurement.operations import auditfiles
from procurement.queries import auditfiles as queries

AUDITOR = may(Permission.HISTORY_READ, "in an oversight body; one's own files")


class AuditFileIn(Shape):
    title = Text(max_length=200)
    method = Choice(choices=AuditFile.Method.choices)
    size = Whole(min_value=1, max_value=auditfiles.LARGEST)
    seed = Text(
        max_length=64, allow_blank=True, default="", help_text="Empty: one is made and recorded."
    )


class AuditFileOut(Shape):
    id = Text(source="public_id")
    title = Text()
    method = Text()
    seed = Text()
    population = Whole(help_text="Of how many awarded lots it was drawn.")
    population_digest = Text()
    made_at = Instant()


class DrawnLotOut(Shape):
    position = Whole()
    tender = Text(source="lot.tender.reference")
    lot = Whole(source="lot.number")
    measure = Text()


class AuditNoteIn(Shape):
    kind = Choice(choices=AuditNote.Kind.choices)
    text = Text(max_length=8000)
    tender = Text(max_length=40, required=False, allow_null=True, default=None)


class AuditNoteOut(Shape):
    kind = Text()
    text = Text()
    tender = Text(source="tender.reference", allow_null=True, default=None)
    written_at = Instant()


class WholeAuditFileOut(AuditFileOut):
    lots = DrawnLotOut(many=True)
    notes = AuditNoteOut(many=True)


class AuditFiles(ApiView):
    @endpoint(AUDITOR, gives=AuditFileOut, many=True)
    def get(self, request: Request) -> QuerySet[AuditFile]:
        """One's own files, the latest first."""
        permissions.check_user_can_read_history(person(request))
        return queries.mine(person(request))[:200]

    @endpoint(AUDITOR, takes=AuditFileIn, gives=AuditFileOut, status=201, idempotent=True)
    def post(self, request: Request, data: dict[str, Any]) -> Made:
        """Draw a sample of awarded lots, by chance, risk or value."""
        made = auditfiles.draw(by=person(request), now=now_of(request), **data)
        return Made(made, f"/api/v1/audit-files/{made.public_id}")


def _file(request: Request, file: str) -> AuditFile:
    permissions.check_user_can_read_history(person(request))
    found = queries.mine(person(request)).filter(public_id=file).first()
    if found is None:
        raise find.nothing("file of yours")
    return found


class OneAuditFile(ApiView):
    @endpoint(AUDITOR, gives=WholeAuditFileOut)
    def get(self, request: Request, file: str) -> AuditFile:
        """One file with its sample and what was written in it."""
        return _file(request, file)


class AuditNotes(ApiView):
    @endpoint(AUDITOR, takes=AuditNoteIn, gives=AuditNoteOut, status=201, idempotent=True)
    def post(self, request: Request, file: str, data: dict[str, Any]) -> Made:
        """Add a note or a finding, about a tender of the sample or the whole file."""
        row, named = _file(request, file), data.pop("tender")
        tender = find.any_tender(named) if named else None
        made = auditfiles.write(
            file=row, tender=tender, by=person(request), now=now_of(request), **data
        )
        return Made(made, f"/api/v1/audit-files/{row.public_id}")


class AuditReportPdf(ApiView):
    content_negotiation_class = AnyFormat

    @endpoint(AUDITOR, media="application/pdf")
    def get(self, request: Request, file: str) -> HttpResponse:
        """The report as PDF/UA."""
        body = pdf(auditreport.paper(_file(request, file)))
        return HttpResponse(body, content_type="application/pdf")


class AuditReportXlsx(ApiView):
    content_negotiation_class = AnyFormat

    @endpoint(AUDITOR, media="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    def get(self, request: Request, file: str) -> HttpResponse:
        """The report as XLSX; every cell is text."""
        media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return HttpResponse(auditreport.xlsx(_file(request, file)), content_type=media)
