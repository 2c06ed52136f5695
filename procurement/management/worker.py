"""What a worker process of `evaluate-lots` runs. Models may be imported only once it is ready."""

from datetime import datetime
from typing import Any


def ready() -> None:
    """Set Django up in a process that was just begun."""
    import django

    django.setup()


def one(job: tuple[int, bool, datetime]) -> Any:
    """Evaluate one lot, or check what is stored of it."""
    from procurement.operations import many_evaluations

    lot, check, now = job
    return many_evaluations.check(lot) if check else many_evaluations.evaluate(lot, now)
