"""Public figures, brought up to date; market prices, read from a file."""

import hashlib
import json
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from marketplace.ledger.models import Head
from procurement.figures.catalogue import FIGURES
from procurement.figures.compute import Table
from procurement.figures.rows import Asked
from procurement.models import PreparedFigure, PriceFile


def asked(now: datetime) -> Asked:
    return Asked(now, ZoneInfo(settings.TIME_ZONE))


def fingerprint(now: datetime) -> str:
    """Changes whenever a figure may: with each ledger entry, each price file, each new version."""
    size = Head.objects.values_list("size", flat=True).first()
    files = ",".join(PriceFile.objects.order_by("pk").values_list("sha256", flat=True))
    columns = ",".join(column for figure in FIGURES.values() for column in figure.columns)
    # Targets and standing awards depend on the day, too.
    told = f"{size} {files} {columns} {now.date()}"
    return hashlib.sha256(told.encode()).hexdigest()


def text(table: Table) -> str:
    return json.dumps(table, ensure_ascii=False, separators=(",", ":"))


def refresh(*, now: datetime) -> int:
    """Compute what may have changed; returns how many figures have new rows."""
    wanted = fingerprint(now)
    known = dict(PreparedFigure.objects.values_list("name", "input_digest"))
    stale = [name for name in FIGURES if known.get(name) != wanted]
    return sum(_compute(name, wanted, now) for name in stale)


@transaction.atomic
def _compute(name: str, wanted: str, now: datetime) -> bool:
    rows = text(FIGURES[name].compute(asked(now)))
    digest = hashlib.sha256(rows.encode()).hexdigest()
    before = PreparedFigure.objects.filter(name=name).values_list("digest", flat=True).first()
    fields = {"rows": rows, "digest": digest, "input_digest": wanted, "computed_at": now}
    PreparedFigure.objects.update_or_create(name=name, defaults=fields)
    return digest != before
