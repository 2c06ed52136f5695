"""The feed: releases by their place in the ledger, records by that of their last change.

A page is found by position, never by counting rows, so that the millionth is as near as the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from procurement.models import OcdsProcess, OcdsRelease
from procurement.ocds.package import Publisher, record


def publisher() -> Publisher:
    site = settings.SITE_URL.rstrip("/")
    return Publisher(settings.OCDS_PUBLISHER, site, settings.OCDS_LICENCE)


@dataclass(frozen=True)
class Row:
    """One release or record of a page; what it is known by is its position and digest."""

    position: int
    text: str
    digest: str
    changed_at: datetime


@dataclass(frozen=True)
class Page:
    rows: Sequence[Row]
    has_more: bool
    has_before: bool


def releases(*, position: int, backwards: bool, since: datetime | None, limit: int) -> Page:
    """A page of releases after (or before) a position, the earliest first."""
    rows = OcdsRelease.objects.all()
    if since is not None:
        rows = rows.filter(sequence__gte=_first_since(since))
    found, more, before = _page(rows, "sequence", position, backwards, limit)
    return Page([Row(r.sequence, r.text, r.digest, r.made_at) for r in found], more, before)


def _first_since(since: datetime) -> int:
    """The first release from that instant on. Times in the ledger never run backwards."""
    rows = OcdsRelease.objects.filter(published_at__gte=since).order_by("published_at", "sequence")
    first = rows.values_list("sequence", flat=True).first()
    return 2**62 if first is None else first


def records(*, position: int, backwards: bool, since: datetime | None, limit: int) -> Page:
    """A page of records by their last change: one that changes moves to the end."""
    rows = OcdsProcess.objects.all()
    if since is not None:
        rows = rows.filter(last_published_at__gte=since)
    found, more, before = _page(rows, "last_sequence", position, backwards, limit)
    return Page([_record(row, texts) for row, texts in with_releases(found)], more, before)


def _record(row: OcdsProcess, texts: Sequence[str]) -> Row:
    whole = record(row.ocid, texts, row.compiled)
    return Row(row.last_sequence, whole, row.digest, row.changed_at)


def with_releases(found: Sequence[OcdsProcess]) -> list[tuple[OcdsProcess, list[str]]]:
    """Each process with the texts of its releases in order, in one query."""
    texts: dict[int, list[str]] = {row.pk: [] for row in found}
    rows = OcdsRelease.objects.filter(process__in=list(texts)).order_by("sequence")
    for process, text in rows.values_list("process_id", "text"):
        texts[process].append(text)
    return [(row, texts[row.pk]) for row in found]


def one_release(release: str) -> Row | None:
    row = OcdsRelease.objects.filter(release_id=release).first()
    return None if row is None else Row(row.sequence, row.text, row.digest, row.made_at)


def one_record(ocid: str) -> Row | None:
    found = with_releases(list(OcdsProcess.objects.filter(ocid=ocid)))
    return _record(*found[0]) if found else None


def _page(
    rows: QuerySet[Any], key: str, position: int, backwards: bool, limit: int
) -> tuple[list[Any], bool, bool]:
    """The rows, whether there are more after them, and whether any lie before them."""
    way, order = ("lt", f"-{key}") if backwards else ("gt", key)
    found = list(rows.filter(**{f"{key}__{way}": position}).order_by(order)[: limit + 1])
    further = len(found) > limit
    found = found[:limit]
    if backwards:
        found.reverse()
        return found, True, further
    first = getattr(found[0], key) if found else position + 1
    return found, further, rows.filter(**{f"{key}__lt": first}).exists()
