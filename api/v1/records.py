"""What can be checked: a tender's history, the signed head of the ledger."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from api.access import ANYONE
from api.endpoint import ApiView, endpoint, now_of
from api.shapes import Instant, Shape, Text, Whole
from api.v1 import find
from marketplace.ledger import export as ledger
from marketplace.ledger import queries, signer
from procurement import exports as files
from procurement import permissions, visibility
from procurement.models import Export, Tender
from procurement.rules.visibility import Reader

ENTRIES = OpenApiParameter(
    "entries", str, enum=["all", "public"], description="Auditors get all unless they ask."
)
FORMATS = {
    "jsonl": (Export.Kind.HISTORY_JSONL, "application/jsonl"),
    "csv": (Export.Kind.HISTORY_CSV, "text/csv; charset=utf-8"),
}


class AnyFormat(BaseContentNegotiation):
    """A file is what it is, whatever the caller says he accepts."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class _History(ApiView):
    content_negotiation_class = AnyFormat
    ending = ""

    def stream(self, request: Request, reference: str) -> StreamingHttpResponse:
        kind, media = FORMATS[self.ending]
        lines = self._lines(request, reference, kind)
        response = StreamingHttpResponse(lines, content_type=media)
        name = f"{reference}-history.{self.ending}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _lines(self, request: Request, reference: str, kind: str) -> Iterator[bytes]:
        asked = request.query_params.get("entries")
        if asked == "all":
            permissions.check_user_can_read_history(request.user)  # type: ignore[arg-type]
        if asked != "public" and permissions.user_can_read_history(request.user):  # type: ignore[arg-type]
            return files.history(find.any_tender(reference), kind, now_of(request))
        return public_history(find.published(request, reference), kind, request)


def public_history(tender: Tender, kind: str, request: Request) -> Iterator[bytes]:
    """What everybody may read: the public entries, and those for the opening once it was."""
    write = ledger.as_jsonl if kind == Export.Kind.HISTORY_JSONL else ledger.as_csv
    include = visibility.entries_of(Reader.ANYONE, tender)
    return write(tender.reference, include=include, now=now_of(request))


class HistoryJsonl(_History):
    ending = "jsonl"

    @endpoint(ANYONE, media="application/jsonl", parameters=[ENTRIES])
    def get(self, request: Request, reference: str) -> StreamingHttpResponse:
        """The history of a tender with its proofs, as JSON lines that anyone can verify."""
        return self.stream(request, reference)


class HistoryCsv(_History):
    ending = "csv"

    @endpoint(ANYONE, media="text/csv", parameters=[ENTRIES])
    def get(self, request: Request, reference: str) -> StreamingHttpResponse:
        """The same history as CSV, for reading and filtering."""
        return self.stream(request, reference)


class CheckpointOut(Shape):
    size = Whole()
    root = Text()  # type: ignore[assignment]
    signed_at = Instant()
    note = Text(help_text="C2SP signed note.")
    key = Text(help_text="The verifier key; compare it with where else it is published.")


class Checkpoint(ApiView):
    @endpoint(ANYONE, gives=CheckpointOut)
    def get(self, request: Request) -> dict[str, Any]:
        """The latest signed size and root of the ledger."""
        signed = signer.sign_checkpoint(now_of(request))
        shown = {name: getattr(signed, name) for name in ("size", "root", "signed_at", "note")}
        return {**shown, "key": queries.verifier_key()}


class CheckpointNote(ApiView):
    content_negotiation_class = AnyFormat

    @endpoint(ANYONE, media="text/plain")
    def get(self, request: Request) -> HttpResponse:
        """The same as the bare signed note, for witnesses."""
        note = signer.sign_checkpoint(now_of(request)).note
        return HttpResponse(note, content_type="text/plain; charset=utf-8")
