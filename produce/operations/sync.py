"""Make the rows of a table equal to what the data files say, in as few writes as it takes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


@dataclass
class Tally:
    """How many rows a load wrote."""

    created: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0


def sync(
    existing: QuerySet[Row], key: Sequence[str], wanted: Iterable[Row], tally: Tally
) -> dict[tuple[Any, ...], Row]:
    """Create what is new, write what differs, delete what is gone from `existing`.

    Returns the rows by their key. An unchanged row is not written.
    """
    old = {_key(row, key): row for row in existing}
    found: dict[tuple[Any, ...], Row] = {}
    new, changed = [], []
    for row in wanted:
        same = old.pop(_key(row, key), None)
        if same is None:
            new.append(row)
        elif _facts(row) != _facts(same):
            row.pk = same.pk
            changed.append(row)
        else:
            row = same
            tally.unchanged += 1
        found[_key(row, key)] = row
    _write(existing, new, changed, [row.pk for row in old.values()])
    tally.created += len(new)
    tally.changed += len(changed)
    tally.removed += len(old)
    return found


def _write(existing: QuerySet[Row], new: list[Row], changed: list[Row], gone: list[Any]) -> None:
    manager = existing.model._default_manager
    manager.filter(pk__in=gone).delete()
    manager.bulk_create(new)
    if changed:
        names = [f.name for f in existing.model._meta.concrete_fields if not f.primary_key]
        manager.bulk_update(changed, names)


def _key(row: Model, key: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in key)


def _facts(row: Model) -> list[Any]:
    return [getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key]
