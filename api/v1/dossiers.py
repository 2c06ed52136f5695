"""The dossier of a tender for everybody: ask for it, see how far it is, take it away."""

from django.http import HttpResponseBase
from rest_framework.request import Request

from api.access import ANYONE
from api.endpoint import ApiView, Made, endpoint, now_of
from api.shapes import Instant, Shape, Text, Whole
from api.v1 import find
from api.v1.records import AnyFormat
from marketplace import ranges
from procurement.models import Export
from procurement.operations import exports


class DossierOut(Shape):
    tender = Text(source="tender.reference")
    requested_at = Instant()
    finished_at = Instant(allow_null=True)
    rows_done = Whole(help_text="Parts written so far.")
    rows_total = Whole(allow_null=True)
    sha256 = Text(allow_blank=True)
    error = Text(allow_blank=True)


class Dossier(ApiView):
    @endpoint(ANYONE, gives=DossierOut)
    def get(self, request: Request, reference: str) -> Export:
        """The public dossier that was asked for last, by whomever, and how far it is."""
        found = exports.latest_public(find.published(request, reference))
        if found is None:
            raise find.nothing("dossier")
        return found

    @endpoint(ANYONE, gives=DossierOut, status=201)
    def post(self, request: Request, reference: str) -> Made:
        """Ask for the public dossier; one that is fresh or in work is shared."""
        tender = find.published(request, reference)
        made = exports.request_public(tender=tender, now=now_of(request))
        return Made(made, f"/api/v1/tenders/{reference}/dossier")


class DossierFile(ApiView):
    content_negotiation_class = AnyFormat

    @endpoint(ANYONE, media="application/zip")
    def get(self, request: Request, reference: str) -> HttpResponseBase:
        """The finished dossier; `Range` goes on with a download that broke off."""
        found = exports.latest_finished(find.published(request, reference))
        if found is None:
            raise find.nothing("finished dossier")
        file = found.file
        response = ranges.serve(
            request._request, file.open("rb"), size=file.size, sha256=found.sha256
        )
        response["Content-Type"] = "application/zip"
        name = f"{reference}-dossier.zip"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
