"""Which bulk files there are, which are due, and what stands in them, row by row."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import Count, Max, QuerySet
from django.db.models.functions import TruncMonth

from procurement.models import OcdsFile, OcdsProcess, OcdsRelease
from procurement.ocds.package import record
from procurement.queries.ocdsfeed import with_releases

Form = OcdsFile.Form
ENDINGS: Final = {
    Form.RELEASES_JSONL: "releases.jsonl.gz",
    Form.RELEASES_JSON: "releases.json.zip",
    Form.RECORDS_JSONL: "records.jsonl.gz",
    Form.RECORDS_JSON: "records.json.zip",
    Form.CSV: "csv.zip",
    Form.XLSX: "xlsx",
}
MEDIA: Final = {
    Form.RELEASES_JSONL: "application/gzip",
    Form.RELEASES_JSON: "application/zip",
    Form.RECORDS_JSONL: "application/gzip",
    Form.RECORDS_JSON: "application/zip",
    Form.CSV: "application/zip",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
OF_RELEASES: Final = (Form.RELEASES_JSONL, Form.RELEASES_JSON)
_PERIOD = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)
CHUNK: Final = 200


def name(row: OcdsFile) -> str:
    return f"ocds-{row.period}-{ENDINGS[Form(row.form)]}"


def by_name(text: str) -> OcdsFile | None:
    period, _, ending = text.removeprefix("ocds-").rpartition("-")
    form = next((form for form, end in ENDINGS.items() if end == ending), None)
    if form is None or not _PERIOD.fullmatch(period):
        return None
    return OcdsFile.objects.filter(period=period, form=form).first()


def digest64(row: OcdsFile) -> str:
    return base64.b64encode(bytes.fromhex(row.sha256)).decode()


def all_files() -> QuerySet[OcdsFile]:
    return OcdsFile.objects.order_by("-period", "form")


@dataclass(frozen=True)
class Due:
    """What a period has now: rows, the last release, and when that was made."""

    period: str
    form: str
    rows: int
    upto: int
    modified_at: datetime


def due() -> list[Due]:
    """Every period and form whose file is missing or tells less than what is published."""
    made = {(row.period, row.form): row.upto for row in OcdsFile.objects.exclude(file="")}
    found = [*_periods(_release_months(), OF_RELEASES), *_periods(_process_months(), _OF_PROCESSES)]
    return [one for one in found if made.get((one.period, one.form), -1) < one.upto]


_OF_PROCESSES: Final = tuple(form for form in Form if form not in OF_RELEASES)


def _release_months() -> list[dict[str, Any]]:
    rows = OcdsRelease.objects.annotate(month=TruncMonth("published_at", tzinfo=UTC)).order_by()
    found = rows.values("month").annotate(n=Count("pk"), upto=Max("sequence"), at=Max("made_at"))
    return [dict(row) for row in found]


def _process_months() -> list[dict[str, Any]]:
    rows = OcdsProcess.objects.annotate(month=TruncMonth("first_published_at", tzinfo=UTC))
    grouped = rows.order_by().values("month")
    found = grouped.annotate(n=Count("pk"), upto=Max("last_sequence"), at=Max("changed_at"))
    return [dict(row) for row in found]


def _periods(months: list[dict[str, Any]], forms: tuple[Form, ...]) -> Iterator[Due]:
    """The months, and the years that they come to."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in months:
        for period in (f"{row['month']:%Y-%m}", f"{row['month']:%Y}"):
            grouped.setdefault(period, []).append(row)
    for period, rows in sorted(grouped.items()):
        count = sum(row["n"] for row in rows)
        last, at = max(row["upto"] for row in rows), max(row["at"] for row in rows)
        for form in forms:
            yield Due(period, form, count, last, at)


def bounds(period: str) -> tuple[datetime, datetime]:
    """The half-open period in UTC."""
    found = _PERIOD.fullmatch(period)
    if found is None:
        raise ValueError(f"{period} is no period")
    year, month = int(found[1]), int(found[2] or 1)
    months = 1 if found[2] else 12
    last = year * 12 + month - 1 + months
    return datetime(year, month, 1, tzinfo=UTC), datetime(last // 12, last % 12 + 1, 1, tzinfo=UTC)


def releases(due: Due) -> Iterator[str]:
    """The texts of the releases of the period, in the order of the ledger."""
    first, end = bounds(due.period)
    rows = OcdsRelease.objects.filter(published_at__gte=first, published_at__lt=end)
    rows = rows.filter(sequence__lte=due.upto).order_by("sequence")
    yield from rows.values_list("text", flat=True).iterator(chunk_size=CHUNK)


def processes(due: Due) -> Iterator[OcdsProcess]:
    """The processes that began in the period, the first first."""
    first, end = bounds(due.period)
    rows = OcdsProcess.objects.filter(first_published_at__gte=first, first_published_at__lt=end)
    yield from rows.order_by("first_sequence").iterator(chunk_size=CHUNK)


def records(due: Due) -> Iterator[str]:
    """The records of those processes, as they stand now."""
    waiting: list[OcdsProcess] = []
    for row in processes(due):
        waiting.append(row)
        if len(waiting) == CHUNK:
            yield from _texts(waiting)
            waiting = []
    yield from _texts(waiting)


def _texts(rows: list[OcdsProcess]) -> Iterator[str]:
    for row, texts in with_releases(rows):
        yield record(row.ocid, texts, row.compiled)
