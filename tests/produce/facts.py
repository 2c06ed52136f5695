"""Small limits and tables to test rules with."""

from decimal import Decimal

from produce.rules.facts import Confidence, Direction, Kind
from produce.rules.grading import GradeFact
from produce.rules.limits import LimitFact


def limit(code="MOISTURE", *, low=None, high=None, text="", **other):
    fields = {
        "name": code.capitalize().replace("_", " "),
        "unit": "% m/m",
        "kind": Kind.TEXT if text else Kind.NUMERIC,
        "direction": _direction(low, high),
        "source": "an invented table",
        "confidence": Confidence.VERIFIED,
        "minimum": None if low is None else Decimal(low),
        "maximum": None if high is None else Decimal(high),
        "text": text,
    }
    return LimitFact(code=code, **(fields | other))


def _direction(low, high):
    if low is None and high is None:
        return Direction.EQUALS
    if low is not None and high is not None:
        return Direction.RANGE
    return Direction.LOWER if low is None else Direction.HIGHER


def table(*rows):
    """Grades 1, 2, ... from rows of limits, best first."""
    return tuple(
        GradeFact(rank=rank, code=str(rank), name=f"Grade {rank}", limits=tuple(limits))
        for rank, limits in enumerate(rows, start=1)
    )


def moisture_table(*maxima):
    return table(*[[limit(high=high)] for high in maxima])
