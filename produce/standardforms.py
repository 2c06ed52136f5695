"""A standard's rows in the published form of the data files, for reading, export and correction."""

from typing import Any

from produce.models import Limit, Parameter, Standard
from produce.queries import grades_of
from produce.rules.numbers import plain


def standard_form(standard: Standard) -> dict[str, Any]:
    """What `rules.standardfile.read_standard` reads, for the one commodity of this row."""
    form: dict[str, Any] = {
        "format": "musika-standard-1",
        "code": standard.code,
        "edition": standard.edition,
        "title": standard.title,
        "issuer": standard.issuer,
        "jurisdiction": standard.jurisdiction,
        "commodities": [standard.commodity.code],
        "valid_from": standard.valid_from.isoformat() if standard.valid_from else None,
        "valid_to": standard.valid_to.isoformat() if standard.valid_to else None,
        "source": standard.source,
        "confidence": standard.confidence,
    }
    form |= {n: v for n in ("note", "sampling_method") if (v := getattr(standard, n))}
    form["grades"] = [
        {"rank": grade.rank, "code": grade.code, "name": grade.name}
        for grade in grades_of(standard)
    ]
    rows = standard.parameters.prefetch_related("components", "limits__grade").order_by("position")
    form["parameters"] = [_parameter(row) for row in rows]
    return form


def _parameter(row: Parameter) -> dict[str, Any]:
    form: dict[str, Any] = {
        "code": row.code,
        "name": row.name,
        "unit": row.unit,
        "kind": row.kind,
        "direction": row.direction,
    }
    form |= {n: v for n in ("method", "method_confidence", "note") if (v := getattr(row, n))}
    if row.is_safety:
        form["safety"] = True
    if row.decimals is not None:
        form["decimals"] = row.decimals
    if components := [part.code for part in row.components.all()]:
        form["components"] = components
    limits = sorted(row.limits.all(), key=lambda limit: limit.grade.rank)
    form["limits"] = [_limit(limit) for limit in limits]
    return form


def _limit(row: Limit) -> dict[str, str]:
    form = {"grade": row.grade.code}
    if row.minimum is not None:
        form["minimum"] = plain(row.minimum)
    if row.maximum is not None:
        form["maximum"] = plain(row.maximum)
    if row.text:
        form["text"] = row.text
    return form | {"source": row.source, "confidence": row.confidence}
