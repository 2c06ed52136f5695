"""Prepared figures for the shells."""

import json
from dataclasses import dataclass
from datetime import datetime

from procurement.figures.catalogue import FIGURES, Figure
from procurement.models import PreparedFigure


@dataclass(frozen=True)
class Prepared:
    """A figure as it was computed last; never computed while a reader waits."""

    name: str
    figure: Figure
    rows: list[dict[str, str]]
    computed_at: datetime | None
    digest: str

    def where(self, **wanted: str) -> list[dict[str, str]]:
        return [row for row in self.rows if all(row[k] == v for k, v in wanted.items())]


def prepared(name: str) -> Prepared | None:
    """None for a name that is no figure; without rows before the first computation."""
    figure = FIGURES.get(name)
    if figure is None:
        return None
    row = PreparedFigure.objects.filter(name=name).first()
    rows = json.loads(row.rows) if row else []
    return Prepared(name, figure, rows, row.computed_at if row else None, row.digest if row else "")


def every() -> dict[str, Prepared]:
    """All of them, one query."""
    known = {row.name: row for row in PreparedFigure.objects.all()}
    found = {}
    for name, figure in FIGURES.items():
        row = known.get(name)
        rows = json.loads(row.rows) if row else []
        at, digest = (row.computed_at, row.digest) if row else (None, "")
        found[name] = Prepared(name, figure, rows, at, digest)
    return found
