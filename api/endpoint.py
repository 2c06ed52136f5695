"""One decorator that says all of an endpoint: who may, what it takes, what it gives.

The schema, the permission table and the checks are made from the same words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Literal, cast

from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from api import idempotency, throttles
from api.access import Access
from api.errors import Refused
from api.renderers import dumps
from api.shapes import ProblemShape
from marketplace import clock, readonly
from marketplace.accounts.models import User
from marketplace.ledger import outside

Shape = type[BaseSerializer]


@dataclass(frozen=True)
class Made:
    """What a POST made, and where it can be read."""

    thing: Any
    location: str


class ApiView(APIView):
    """Reads the whole body before anything else; tells the limits in every answer."""

    # Who may call is declared with each handler (api.access); nothing else decides it here.
    permission_classes = []
    # Endpoints that take bids: the instant after the last byte, before any lock.
    stamps_arrival = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method in ("POST", "PUT"):
            request._request.body  # noqa: B018 - kept by Django once read
        if self.stamps_arrival:
            request._request.now = clock.now()  # type: ignore[attr-defined]
        super().initial(request, *args, **kwargs)
        # A bid goes straight to the ledger, which has the fence itself.
        if not self.stamps_arrival and readonly.must_wait(request._request):
            outside.check_writable()

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        found = super().finalize_response(request, response, *args, **kwargs)
        for name, value in throttles.headers(request._request).items():
            found[name] = value
        if "Cache-Control" not in found:
            found["Cache-Control"] = "private, no-cache"
        return found


def json_response(data: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(dumps(data), status=status, content_type="application/json")


def endpoint(
    access: Access,
    *,
    takes: Shape | None = None,
    gives: Shape | None = None,
    many: bool = False,
    status: int = 200,
    idempotent: bool | Literal["beside"] = False,
    if_match: bool | None = None,
    parameters: Sequence[OpenApiParameter] = (),
    media: str = "",
    request_media: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a handler. It returns an answer, or a thing to be shown by `gives`, or Made.

    `idempotent`: True if one transaction around the handler keeps its answer, "beside" if the
    handler's operation does (idempotency.Beside).
    `if_match`: True if the header is required, False if it is understood, None if neither.
    """

    known = [p.name for p in parameters if p.location == OpenApiParameter.QUERY]

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(handler)
        def call(self: APIView, request: Request, **kwargs: Any) -> HttpResponseBase:
            access.check(request.user)
            _refuse_strangers(request, known)
            if takes is not None:
                kwargs["data"] = _read(takes, request)

            def run() -> Any:
                return _shown(handler(self, request, **kwargs), gives, many, status, request)

            if not idempotent:
                return run()
            return (idempotency.once_beside if idempotent == "beside" else idempotency.once)(
                request, run
            )

        call.access = access  # type: ignore[attr-defined]
        told = [*parameters, *_headers(bool(idempotent), if_match)]
        body = {request_media: takes} if request_media else takes
        return extend_schema(
            request=body,
            responses=_responses(gives, many, status, media, access),
            parameters=told,
            summary=(handler.__doc__ or handler.__name__).strip().splitlines()[0],
            description=f"Who may: {describe(access)}.",
        )(call)

    return decorate


def _refuse_strangers(request: Request, known: Sequence[str]) -> None:
    """A parameter that is passed over in silence shows rows that nobody asked for."""
    strangers = sorted(set(request.query_params) - {*known, "format"})
    if strangers:
        raise Refused(
            "unknown-parameter",
            f"There is no parameter “{strangers[0][:60]}” here.",
            where=f"?{strangers[0][:60]}",
            remedy=f"Use: {', '.join(known)}." if known else "This address takes no parameters.",
        )


def describe(access: Access) -> str:
    if access.permission is None:
        return access.words
    return f"`{access.permission.value}` ({', '.join(access.roles)}), {access.words}"


def _read(takes: Shape, request: Request) -> Any:
    shape = takes(data=request.data)
    shape.is_valid(raise_exception=True)
    return shape.validated_data


def _shown(
    result: Any, gives: Shape | None, many: bool, status: int, request: Request
) -> HttpResponseBase:
    if isinstance(result, HttpResponseBase):
        return result
    if gives is None:
        return HttpResponse(status=204)
    thing = result.thing if isinstance(result, Made) else result
    response = json_response(gives(thing, many=many, context={"request": request}).data, status)
    if isinstance(result, Made):
        response["Location"] = result.location
    return response


def _headers(idempotent: bool, if_match: bool | None) -> list[OpenApiParameter]:
    found = []
    if idempotent:
        found.append(_header("Idempotency-Key", "Sent twice with one key, it happens once.", False))
    if if_match is not None:
        found.append(_header("If-Match", "The ETag of what you read.", if_match))
    return found


def _header(name: str, words: str, required: bool) -> OpenApiParameter:
    return OpenApiParameter(
        name, str, OpenApiParameter.HEADER, required=required, description=words
    )


def _responses(
    gives: Shape | None, many: bool, status: int, media: str, access: Access
) -> dict[Any, Any]:
    problem = OpenApiResponse(ProblemShape, "Refused; see /api/problems/")
    kinds = {("default", "application/problem+json"): problem}
    if media:
        # A document with a form of its own, told elsewhere; its reader must know what JSON it is.
        form = OpenApiTypes.OBJECT if media == "application/json" else OpenApiTypes.BINARY
        return {(status, media): form, **kinds}
    if gives is None:
        return {204: None, **kinds}
    return {status: gives(many=many) if many else gives, **kinds}


def now_of(request: Request) -> datetime:
    """The one instant that this request knows."""
    return cast(datetime, request._request.now)  # type: ignore[attr-defined]


def person(request: Request) -> User:
    """Who calls; only behind an access that demands a signed-in person."""
    return cast(User, request.user)
