"""Files that are made in the background, and small bid histories at once."""

from collections.abc import Mapping
from tempfile import TemporaryFile
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from api.access import ANYONE, may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Instant, Shape, Text, Whole
from api.v1 import find
from api.v1.content import Choice
from api.v1.records import AnyFormat
from marketplace import ranges
from marketplace.accounts.roles import Permission
from marketplace.errors import Invalid
from procurement import exports as files
from procurement import permissions
from procurement.bidhistory import tables, write
from procurement.bidhistory.slices import Slice
from procurement.models import Export
from procurement.operations import exports
from procurement.queries import slices

AUDITOR = may(Permission.HISTORY_READ, "in an oversight body")
NAMES = ("tender", "buyer", "tenderer", "commodity")
PERIOD = ("opened_from", "opened_before")


class ExportIn(Shape):
    """The five fields after the tender narrow a bid history; other files know the tender alone."""

    kind = Choice(choices=Export.Kind.choices)
    tender = Text(max_length=40, required=False, allow_null=True)
    buyer = Text(max_length=16, required=False, allow_null=True)
    tenderer = Text(max_length=16, required=False, allow_null=True)
    commodity = Text(max_length=40, required=False, allow_null=True)
    opened_from = Instant(required=False, allow_null=True)
    opened_before = Instant(required=False, allow_null=True)


class ExportOut(Shape):
    id = Text(source="public_id")
    kind = Text()
    tender = Text(source="tender.reference", allow_null=True, default=None)
    buyer = Text(source="buyer.public_id", allow_null=True, default=None)
    tenderer = Text(source="tenderer.public_id", allow_null=True, default=None)
    commodity = Text(source="commodity.code", allow_null=True, default=None)
    opened_from = Instant(allow_null=True)
    opened_before = Instant(allow_null=True)
    requested_at = Instant()
    started_at = Instant(allow_null=True)
    finished_at = Instant(allow_null=True)
    cancelled_at = Instant(allow_null=True)
    rows_done = Whole()
    rows_total = Whole(allow_null=True)
    sha256 = Text(allow_blank=True)
    error = Text(allow_blank=True)


def _rows(request: Request) -> QuerySet[Export]:
    rows = Export.objects.filter(requested_by=person(request))
    return rows.select_related("tender", "buyer", "tenderer", "commodity")


class Exports(ApiView):
    @endpoint(AUDITOR, gives=ExportOut, many=True)
    def get(self, request: Request) -> QuerySet[Export]:
        """The files that one has asked for, the latest first."""
        return _rows(request).order_by("-id")[:200]

    @endpoint(AUDITOR, takes=ExportIn, gives=ExportOut, status=201, idempotent=True)
    def post(self, request: Request, data: dict[str, Any]) -> Made:
        """Ask for a file; a worker makes it."""
        row = _bids(request, data) if data["kind"].startswith("bids_") else _other(request, data)
        return Made(row, f"/api/v1/exports/{row.public_id}")


def _bids(request: Request, data: dict[str, Any]) -> Export:
    chosen = _slice(data)
    form = data["kind"].removeprefix("bids_")
    return exports.request_bids(chosen=chosen, form=form, by=person(request), now=now_of(request))


def _slice(given: Mapping[str, Any]) -> Slice:
    """From what was sent; instants are read already."""
    names = {name: given.get(name) or "" for name in NAMES}
    found: dict[str, Any] = {**names, **{name: given.get(name) for name in PERIOD}}
    return Slice(**found)


def _other(request: Request, data: dict[str, Any]) -> Export:
    narrowed = [name for name in (*NAMES[1:], *PERIOD) if data.get(name)]
    if narrowed:
        raise Invalid("Only a bid history can be narrowed so.", where=narrowed[0])
    named = data.get("tender")
    tender = find.any_tender(named) if named else None
    return exports.request(
        kind=data["kind"], tender=tender, by=person(request), now=now_of(request)
    )


def _export(request: Request, key: str) -> Export:
    found = _rows(request).filter(public_id=key).first()
    if found is None:
        raise find.nothing("export")
    return found


class OneExport(ApiView):
    @endpoint(AUDITOR, gives=ExportOut)
    def get(self, request: Request, key: str) -> Export:
        """How far a file is."""
        return _export(request, key)


class ExportCancellation(ApiView):
    @endpoint(AUDITOR, gives=ExportOut)
    def post(self, request: Request, key: str) -> Export:
        """Give up a file that is not finished; the worker stops within a page of rows."""
        row = _export(request, key)
        return exports.cancel(export=row, by=person(request), now=now_of(request))


class ExportFile(ApiView):
    content_negotiation_class = AnyFormat

    @endpoint(AUDITOR, media="*/*")
    def get(self, request: Request, key: str) -> HttpResponseBase:
        """Download a finished file; `Range` goes on with a download that broke off."""
        row = _export(request, key)
        permissions.check_user_can_read_history(person(request))
        if row.finished_at is None:
            raise find.nothing("finished file")
        response = ranges.serve(
            request._request, row.file.open("rb"), size=row.file.size, sha256=row.sha256
        )
        response["Content-Disposition"] = f'attachment; filename="{files.download_name(row)}"'
        return response


# --- at once ----------------------------------------------------------------------------------

WORDS = {
    "tender": "Reference of the tender.",
    "buyer": "Identifier of the buyer.",
    "tenderer": "Identifier of the tenderer or supplier.",
    "commodity": "Code of the commodity.",
    "opened_from": "Opened at or after this instant.",
    "opened_before": "Opened before this instant.",
}
SLICE = [OpenApiParameter(name, str, description=words) for name, words in WORDS.items()]
FORM = OpenApiParameter(
    "table", str, enum=list(tables.FORMS), description="Form of the table; CSV unless told."
)


def _asked(request: Request) -> Slice:
    given = request.query_params
    names = {name: given.get(name, "")[:40] for name in NAMES}
    return _slice({**names, **{name: _instant(name, given.get(name)) for name in PERIOD}})


def _instant(name: str, text: str | None) -> Any:
    try:
        return Instant().to_internal_value(text) if text else None
    except ValidationError as error:
        raise ValidationError({name: error.detail}) from None


class BidHistory(ApiView):
    content_negotiation_class = AnyFormat

    @endpoint(ANYONE, media="application/zip", parameters=[FORM, *SLICE])
    def get(self, request: Request) -> HttpResponseBase:
        """A small bid history at once: opened bids are public; a large one is an export."""
        chosen, form = _asked(request), request.query_params.get("table", "csv")
        slices.check_at_once(chosen, form)
        out = TemporaryFile()  # noqa: SIM115 - the answer closes it
        write.write(out, chosen, form=form, now=now_of(request))
        out.seek(0)
        name = f"bids-{form}.zip"
        return FileResponse(out, as_attachment=True, filename=name, content_type="application/zip")
