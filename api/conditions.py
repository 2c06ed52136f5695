"""ETag, If-None-Match and If-Match (RFC 9110)."""

import hashlib
import re

from django.http import HttpResponse
from rest_framework.request import Request

from api.errors import Refused

JSON = "application/json"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:24]


def answer(request: Request, content: bytes, tag: str | None = None) -> HttpResponse:
    """`content` as JSON with its ETag, or 304 if the caller has it already."""
    etag = f'"{tag or digest(content)}"'
    if etag in _listed(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
        del response["Content-Type"]
    else:
        response = HttpResponse(content, content_type=JSON)
    response["ETag"] = etag
    return response


def _listed(header: str) -> list[str]:
    # Compression turns our tag into a weak one; for a read the weak comparison is the right one.
    return [tag.strip().removeprefix("W/") for tag in header.split(",")]


def required(request: Request) -> str:
    """The tag in If-Match, without its quotes. Raises Refused if it is missing or is none."""
    header = request.headers.get("If-Match")
    if header is None:
        raise Refused(
            "precondition-required",
            "Say which version you are changing.",
            where="If-Match",
            remedy="Read it, and send the ETag of that answer in If-Match.",
        )
    return _tag(header)


def optional(request: Request) -> str | None:
    header = request.headers.get("If-Match")
    return None if header is None else _tag(header)


def _tag(header: str) -> str:
    found = re.fullmatch(r'(?:W/)?"([\x21\x23-\x7e]{1,80})"', header.strip())
    if found is None:
        raise Refused(
            "bad-precondition", "If-Match holds one ETag, as it was given.", where="If-Match"
        )
    return found[1]
