"""A finished file that a broken download can go on with: one byte range (RFC 9110, section 14).

A request for several ranges at once gets the whole file, as the standard allows.
"""

import re
from collections.abc import Iterator
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.http import StreamingHttpResponse as Streaming

_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
_CHUNK = 64 * 1024


def serve(request: HttpRequest, file: IO[bytes], *, size: int, sha256: str) -> HttpResponseBase:
    """The file, or the part that was asked for; its SHA-256 is its ETag. Closes the file.

    Answers 304 to If-None-Match with that tag, 206 to a range, 416 to one that lies outside.
    """
    etag = f'"{sha256}"'
    # A compressed part is no part of the file, and bytes 100 to 199 of it mean something else: the
    # middleware that compresses answers must not touch this one.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    response = _part(request, file, size, etag)
    response["ETag"], response["Accept-Ranges"] = etag, "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _part(request: HttpRequest, file: IO[bytes], size: int, etag: str) -> HttpResponseBase:
    if request.headers.get("If-None-Match") == etag:
        file.close()
        return HttpResponse(status=304)
    asked = _ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    fresh = request.headers.get("If-Range", etag) == etag
    if asked is None or not any(asked.groups()) or not fresh:
        return FileResponse(file)
    first, last = _bounds(asked.group(1), asked.group(2), size)
    if first > last:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    length = last - first + 1
    headers = {"Content-Range": f"bytes {first}-{last}/{size}", "Content-Length": str(length)}
    return Streaming(_read(file, first, length), status=206, headers=headers)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """First and last byte, both included. Without a first one, `last` counts from the end."""
    if not first:
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _read(file: IO[bytes], first: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while length > 0 and (chunk := file.read(min(length, _CHUNK))):
            length -= len(chunk)
            yield chunk
