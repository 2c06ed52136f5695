"""Open data for people: where it is, what is published and what not, under which licence."""

import mimetypes
from collections.abc import Iterator
from importlib import resources
from importlib.abc import Traversable
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.web.context import now_of
from procurement.models import OcdsFile, OcdsProcess, OcdsRelease
from procurement.ocds.merge import profile
from procurement.queries import ocdsfiles

Form = OcdsFile.Form
ORDER = (
    Form.XLSX,
    Form.CSV,
    Form.RECORDS_JSON,
    Form.RECORDS_JSONL,
    Form.RELEASES_JSON,
    Form.RELEASES_JSONL,
)
LICENCE_NAMES = {
    "https://creativecommons.org/licenses/by/4.0/": "Creative Commons Attribution 4.0 (CC BY 4.0)"
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What there is: figures, addresses for programs, files by year and month."""
    context = {
        "now": now_of(request),
        "processes": OcdsProcess.objects.count(),
        "releases": OcdsRelease.objects.count(),
        "latest": OcdsRelease.objects.order_by("-sequence").first(),
        "years": _years(),
        "addresses": _addresses(),
        "licence_name": _licence_name(),
    }
    return render(request, "web/data/home.html", context)


def _licence_name() -> str:
    return LICENCE_NAMES.get(settings.OCDS_LICENCE, settings.OCDS_LICENCE)


def _addresses() -> list[dict[str, str]]:
    site = settings.SITE_URL.rstrip("/")
    rows = (
        ("ocds:ocds-releases", _("Every change, in its order: the feed")),
        ("ocds:ocds-records", _("Every process with all that happened")),
        ("ocds:ocds-files", _("The list of the files on this page")),
    )
    return [{"href": site + reverse(name), "what": what} for name, what in rows]


def _years() -> list[dict[str, Any]]:
    """Each year with its own files, and its months below it, the latest first."""
    rows = sorted(ocdsfiles.all_files().exclude(file=""), key=lambda row: ORDER.index(row.form))
    # The latest period first; within it the forms for people before those for programs.
    rows.sort(key=lambda row: row.period, reverse=True)
    shown = [_shown(row) for row in rows]
    found = []
    for year, group in groupby(shown, key=lambda row: str(row["period"])[:4]):
        files = list(group)
        found.append(
            {
                "name": year,
                "files": [row for row in files if row["period"] == year],
                "months": _months([row for row in files if row["period"] != year]),
            }
        )
    return found


def _months(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    grouped = groupby(rows, key=lambda row: str(row["period"]))
    return [{"name": period, "files": list(files)} for period, files in grouped]


def _shown(row: OcdsFile) -> dict[str, Any]:
    return {
        "period": row.period,
        "title": str(Form(row.form).label),
        "href": reverse("ocds:ocds-file", args=[ocdsfiles.name(row)]),
        "size": row.size,
        "modified": row.modified_at,
        "sha256": row.sha256,
    }


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    context = {
        "prefix": settings.OCID_PREFIX,
        "names_persons": settings.OCDS_NAME_PERSONS,
        "publisher": settings.OCDS_PUBLISHER,
        "extensions": profile()["extensions"],
    }
    return render(request, "web/data/policy.html", context)


@require_safe
def licence(request: HttpRequest) -> HttpResponse:
    context = {"address": settings.OCDS_LICENCE, "name": _licence_name()}
    return render(request, "web/data/licence.html", context)


@require_safe
def extension(request: HttpRequest, extension: str, name: str) -> HttpResponse:
    """A file of one of our own extensions of the standard, so that its fields are explained."""
    folder = resources.files("procurement.ocds").joinpath("data/extensions")
    known = {
        f"{one.name}/{path}": found for one in folder.iterdir() for path, found in _files(one, "")
    }
    found = known.get(f"{extension}/{name}")
    if found is None:
        raise Http404
    kind = mimetypes.guess_type(name)[0] or "text/plain"
    response = HttpResponse(found.read_bytes(), content_type=f"{kind}; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _files(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for one in folder.iterdir():
        if one.is_dir():
            yield from _files(one, f"{path}{one.name}/")
        else:
            yield f"{path}{one.name}", one
