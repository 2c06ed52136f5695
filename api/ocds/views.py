"""Release packages, record packages, one of each, and the bulk files."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.db import DatabaseError
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.http import http_date
from rest_framework.request import Request

from api import conditions
from api.access import ANYONE
from api.endpoint import ApiView, endpoint, now_of
from api.errors import Refused
from api.ocds import asking
from api.v1.records import AnyFormat
from marketplace import ranges
from procurement.models import OcdsFile
from procurement.ocds import package, values
from procurement.operations import ocds
from procurement.queries import ocdsfeed, ocdsfiles
from procurement.queries.ocdsfeed import Page, Row

JSON = "application/json"
log = logging.getLogger(__name__)
# So many entries are published while a reader waits; the sweep does the rest.
AT_ONCE = 50
# What has waited longer than this the worker has not come to.
PATIENCE = timedelta(minutes=3)
TOLD = "Cursor, ETag, Last-Modified, RateLimit, RateLimit-Policy, Repr-Digest, Retry-After"


class OpenData(ApiView):
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """With the worker stopped, readers keep the publication going, a few entries each."""
        super().initial(request, *args, **kwargs)
        try:
            if ocds.is_due(now_of(request) - PATIENCE):
                ocds.publish(now=now_of(request), batch=AT_ONCE, most=1)
        except DatabaseError:
            # Someone else writes: what is published already is given.
            return
        except Exception:  # An entry that cannot be told stops the sweep, never the readers.
            log.exception("open data cannot go on")

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        found = super().finalize_response(request, response, *args, **kwargs)
        # For everybody and the same for all: any program on any page may read it.
        found["Access-Control-Allow-Origin"] = "*"
        found["Access-Control-Expose-Headers"] = TOLD
        found["Cache-Control"] = "public, no-cache"
        return found


def _answered(request: Request, kind: str, page: Page, limit: int) -> HttpResponse:
    """The page as a package with its links, or 304 if the caller has it."""
    rows = page.rows
    links = {}
    if rows and page.has_more:
        links["next"] = _link(request, f"after-{rows[-1].position}", limit)
    if rows and page.has_before:
        links["prev"] = _link(request, f"before-{rows[0].position}", limit)
    response = _package(request, kind, rows, links)
    if rows:
        # To go on from later, when this was the last page.
        response["Cursor"] = f"after-{rows[-1].position}"
    return response


def _link(request: Request, cursor: str, limit: int) -> str:
    return f"{request.path}?{urlencode({'cursor': cursor, 'limit': limit})}"


def _package(
    request: Request, kind: str, rows: list[Row] | Any, links: dict[str, str]
) -> HttpResponse:
    changed = max((row.changed_at for row in rows), default=None)
    known = [request.get_full_path(), *links.values()]
    known += [f"{row.position} {row.digest}" for row in rows]
    tag = sha256("\n".join(known).encode()).hexdigest()[:24]
    if _has_it(request, tag, changed):
        response = HttpResponse(status=304)
    else:
        who = ocdsfeed.publisher()
        published = values.instant(changed or now_of(request))
        head = package.header(who, request.get_full_path(), published, links)
        text = package.package(head, kind, (row.text for row in rows))
        response = HttpResponse(text, content_type=JSON)
    response["ETag"] = f'"{tag}"'
    if changed:
        response["Last-Modified"] = http_date(changed.timestamp())
    return response


def _has_it(request: Request, tag: str, changed: datetime | None) -> bool:
    """If-None-Match decides where it is sent; else If-Modified-Since."""
    known = request.headers.get("If-None-Match")
    if known is not None:
        return f'"{tag}"' in conditions._listed(known)
    since = request.headers.get("If-Modified-Since")
    if since is None or changed is None:
        return False
    try:
        return changed.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def _listed(request: Request, kind: str, find: Callable[..., Page]) -> HttpResponse:
    asked = asking.read(request)
    page = find(
        position=asked.position,
        backwards=asked.backwards,
        since=asked.since,
        limit=asked.limit,
    )
    return _answered(request, kind, page, asked.limit)


class Releases(OpenData):
    @endpoint(ANYONE, media=JSON, parameters=asking.PARAMETERS)
    def get(self, request: Request) -> HttpResponse:
        """Releases in the order of the ledger, the earliest first: the feed of all changes."""
        return _listed(request, package.RELEASES, ocdsfeed.releases)


class Records(OpenData):
    @endpoint(ANYONE, media=JSON, parameters=asking.PARAMETERS)
    def get(self, request: Request) -> HttpResponse:
        """Records by their last change: releases and compiledRelease of each process."""
        return _listed(request, package.RECORDS, ocdsfeed.records)


def _one(request: Request, kind: str, row: Row | None, name: str) -> HttpResponse:
    if row is None:
        raise Refused("not-found", f"There is no such {name}.", remedy="See /api/ocds/records.")
    return _package(request, kind, [row], {})


class OneRelease(OpenData):
    @endpoint(ANYONE, media=JSON)
    def get(self, request: Request, release: str) -> HttpResponse:
        """One release, in a package."""
        return _one(request, package.RELEASES, ocdsfeed.one_release(release), "release")


class OneRecord(OpenData):
    @endpoint(ANYONE, media=JSON)
    def get(self, request: Request, ocid: str) -> HttpResponse:
        """The record of one process, in a package."""
        return _one(request, package.RECORDS, ocdsfeed.one_record(ocid), "process")


class Files(OpenData):
    @endpoint(ANYONE, media=JSON)
    def get(self, request: Request) -> HttpResponse:
        """The bulk files: period, form, size, SHA-256, address."""
        site = ocdsfeed.publisher().site
        rows = [_file(row, site) for row in ocdsfiles.all_files()]
        return conditions.answer(request, values.dumps({"files": rows}).encode())


def _file(row: OcdsFile, site: str) -> dict[str, Any]:
    name = ocdsfiles.name(row)
    return {
        "period": row.period,
        "form": row.form,
        "url": site + reverse("ocds:ocds-file", args=[name]),
        "size": row.size,
        "sha256": row.sha256 or None,
        "modified": values.instant(row.modified_at) if row.modified_at else None,
        "rows": row.rows_done,
        "ready": bool(row.file),
    }


class OneFile(OpenData):
    content_negotiation_class = AnyFormat

    @endpoint(ANYONE, media="*/*")
    def get(self, request: Request, name: str) -> HttpResponseBase:
        """A bulk file; `Range` goes on with a download that broke off."""
        row = ocdsfiles.by_name(name)
        if row is None or not row.file:
            raise Refused("not-found", "There is no such file.", remedy="See /api/ocds/files.")
        response = ranges.serve(
            request._request, row.file.open("rb"), size=row.size, sha256=row.sha256
        )
        if row.modified_at:
            response["Last-Modified"] = http_date(row.modified_at.timestamp())
        response["Content-Type"] = ocdsfiles.MEDIA[OcdsFile.Form(row.form)]
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Repr-Digest"] = f"sha-256=:{ocdsfiles.digest64(row)}:"
        return response
