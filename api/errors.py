"""Where every error becomes an answer: application/problem+json, RFC 9457, in one place."""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from rest_framework import exceptions as drf

from api import problems
from api.renderers import dumps
from marketplace.errors import Conflict, Invalid, MusikaError, NotFound, NotNow, NotPermitted
from marketplace.together import Busy

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
# The status of a refusal whose code the catalogue does not list, by its class.
FAMILIES: tuple[tuple[type[MusikaError], int], ...] = (
    (NotPermitted, 403),
    (NotNow, 409),
    (Conflict, 409),
    (NotFound, 404),
    (Invalid, 422),
)
# Where such a refusal names a place, `errors` names it too, so that a program reads one list.
ABOUT_WHAT_WAS_SENT = (400, 412, 413, 415, 422, 428)
# What the database says when it is away, restarting, or has no turn to give.
AWAY = (OperationalError, InterfaceError)
Body = dict[str, Any]


class Refused(MusikaError):
    """A refusal of the API itself; its code is in the catalogue. `wait` is in whole seconds."""

    def __init__(self, code: str, message: str, *, wait: int | None = None, **more: Any) -> None:
        super().__init__(message, code=code, **more)
        self.wait = wait


@dataclass(frozen=True)
class Place:
    where: str
    message: str


class BadQuery(Refused):
    """Parameters of the address that cannot be understood; `found` is as Django's forms tell."""

    def __init__(self, found: Mapping[str, list[dict[str, str]]]) -> None:
        self.problems = [
            Place(f"?{name}", row["message"]) for name, rows in found.items() for row in rows
        ]
        several = f"{len(self.problems)} parameters need mending."
        first = self.problems[0]
        super().__init__(
            "invalid",
            first.message if len(self.problems) == 1 else several,
            where=first.where,
        )


def problem_handler(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """The answer for any exception of an endpoint; what nobody foresaw is logged and says 500."""
    if isinstance(error, MusikaError):
        return _of_ours(error)
    if isinstance(error, AWAY):
        return _away(error)
    found = _of_framework(error)
    if found is None:
        log.exception("Unexpected error in %s", type(context.get("view")).__name__)
        found = answer("internal", "Something went wrong on our side. Nothing half-done stays.")
    for name, value in getattr(error, "headers", {}).items():
        found[name] = value
    return found


def _of_ours(error: MusikaError) -> HttpResponse:
    status = next((status for kind, status in FAMILIES if isinstance(error, kind)), 422)
    problem = problems.of(error.code, status)
    if problem.status >= 500:
        log.error("%s: %s", error.code, error.message)
    body = {"detail": error.message}
    optional: Body = {
        "where": error.where,
        "remedy": error.remedy,
        "errors": _places(error, problem.status),
    }
    body |= {key: value for key, value in optional.items() if value}
    found = _response(problem, body)
    if isinstance(error, Refused | Busy) and error.wait is not None:
        found["Retry-After"] = str(error.wait)
    return found


def _places(error: MusikaError, status: int) -> list[Body]:
    """Every place of a refusal that knows several: a draft's problems, a bid's gaps."""
    rows = getattr(error, "problems", None) or getattr(error, "gaps", None) or []
    if not rows and error.where and status in ABOUT_WHAT_WAS_SENT:
        return [{"place": pointer(error.where), "message": error.message}]
    return [{"place": pointer(row.where), "message": row.message} for row in rows]


def pointer(where: str) -> str:
    """lots[0].items[1].unit becomes /lots/0/items/1/unit; plain words stay as they are."""
    if not re.fullmatch(r"[A-Za-z_]\w*(\[\d+\]|\.\w+)*", where):
        return where
    return "/" + re.sub(r"\[(\d+)\]", r".\1", where).replace(".", "/")


def answer(code: str, detail: str, **more: Any) -> HttpResponse:
    return _response(problems.of(code), {"detail": detail} | more)


def _response(problem: problems.Problem, body: Body) -> HttpResponse:
    head = {"type": problem.type, "title": problem.title, "status": problem.status}
    content = dumps(head | {"code": problem.code} | body)
    found = HttpResponse(content, status=problem.status, content_type=MEDIA_TYPE)
    if problem.status == 401:
        found["WWW-Authenticate"] = "Bearer"
    return found


# --- the framework's own ----------------------------------------------------------------------


def _of_framework(error: Exception) -> HttpResponse | None:
    if isinstance(error, drf.Throttled):
        return _throttled(error)
    if isinstance(error, drf.ValidationError):
        return _invalid(error)
    if isinstance(error, ValidationError):
        return answer("invalid", " ".join(error.messages))
    for kind, code, detail in _KNOWN:
        if isinstance(error, kind):
            return answer(code, detail or str(getattr(error, "detail", error)))
    return None


_KNOWN: tuple[tuple[type[Exception], str, str], ...] = (
    (drf.AuthenticationFailed, "bad-token", "The token is not valid."),
    (drf.NotAuthenticated, "not-authenticated", "This needs a signed-in person."),
    (drf.PermissionDenied, "not-permitted", ""),
    (PermissionDenied, "not-permitted", "Not permitted."),
    (drf.NotFound, "not-found", "There is no such thing, or it is not yours to see."),
    (Http404, "not-found", "There is no such thing, or it is not yours to see."),
    (drf.MethodNotAllowed, "method-not-allowed", ""),
    (drf.NotAcceptable, "not-acceptable", ""),
    (drf.UnsupportedMediaType, "unsupported-media-type", ""),
    (drf.ParseError, "malformed", ""),
    (RequestDataTooBig, "too-large", "The request is larger than this server accepts."),
    (SuspiciousOperation, "malformed", "The request is not readable."),
)


def _away(error: Exception) -> HttpResponse:
    """Whether a change was made may be unknown: the same request with the same key tells."""
    log.error("The database does not answer: %s", error)
    found = answer(
        "database-away",
        "The database does not answer at this moment.",
        remedy="Send the same request again, with the same Idempotency-Key: it happens once.",
    )
    found["Retry-After"] = "1"
    return found


def _throttled(error: drf.Throttled) -> HttpResponse:
    wait = max(1, int(getattr(error, "wait", None) or 1))
    found = answer("throttled", f"Too many requests: try again in {wait} seconds.")
    found["Retry-After"] = str(wait)
    return found


def _invalid(error: drf.ValidationError) -> HttpResponse:
    places = list(_walk(error.detail, ""))
    first = places[0]["message"] if places else "Not valid."
    detail = first if len(places) == 1 else f"{len(places)} places need mending."
    return answer("invalid", detail, errors=places)


def _walk(detail: Any, place: str) -> Iterator[Body]:
    if isinstance(detail, dict):
        for key, inner in detail.items():
            deeper = place if key == "non_field_errors" else f"{place}/{key}"
            yield from _walk(inner, deeper)
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            deeper = f"{place}/{index}" if isinstance(inner, dict | list) else place
            yield from _walk(inner, deeper)
    else:
        yield {"place": place, "message": str(detail)}
