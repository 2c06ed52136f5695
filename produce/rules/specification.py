"""A tender's demanded limits: a grade's, tightened or loosened one by one, in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from marketplace.errors import Invalid
from produce.rules.facts import Change, Confidence
from produce.rules.limits import LimitFact, bound_words, check_limit

TENDER_SOURCE = "set by the buyer for this tender"


class BadChange(Invalid):
    """The change names nothing, or names something twice, or breaks a total."""

    code = "bad-specification-change"


@dataclass(frozen=True, kw_only=True)
class SetLimit:
    """Demand exactly these bounds of a parameter that the grade already limits."""

    code: str
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    text: str = ""
    source: str = TENDER_SOURCE


@dataclass(frozen=True)
class AddLimit:
    """Demand something that the grade is silent about."""

    limit: LimitFact

    @property
    def code(self) -> str:
        return self.limit.code


@dataclass(frozen=True)
class RemoveLimit:
    """Do not demand what the grade limits."""

    code: str


LimitChange = SetLimit | AddLimit | RemoveLimit


@dataclass(frozen=True)
class Demand:
    """A limit with the one it started from. `base` is None where it was added."""

    limit: LimitFact
    change: Change
    base: LimitFact | None

    @property
    def binds(self) -> bool:
        return self.change is not Change.REMOVED


def adjust(limits: Sequence[LimitFact], changes: Sequence[LimitChange] = ()) -> tuple[Demand, ...]:
    """Apply `changes` to a grade's limits and name each difference; order is kept, added last.

    Raises BadChange for an unknown, repeated or already present parameter and for a total that
    would lose a summand; BadLimit for bounds that cross.
    """
    wanted = _by_code(changes)
    base = {limit.code: limit for limit in limits}
    for change in changes:
        _check_target(change, base)
    demands = [_demand(limit, wanted.get(limit.code)) for limit in limits]
    demands += [Demand(c.limit, Change.ADDED, None) for c in changes if isinstance(c, AddLimit)]
    for demand in demands:
        check_limit(demand.limit)
    _check_totals(demands)
    return tuple(demands)


def active(demands: Sequence[Demand]) -> tuple[LimitFact, ...]:
    """The limits that bind."""
    return tuple(d.limit for d in demands if d.binds)


def summary(limits: Sequence[LimitFact]) -> list[str]:
    """One plain line per limit for the farmer: "Moisture: at most 12.5 %"."""
    return [f"{limit.name}: {bound_words(limit)}" for limit in limits]


_DIFFERENCE = {
    Change.TIGHTENED: "stricter than the grade ({base})",
    Change.LOOSENED: "less strict than the grade ({base})",
    Change.CHANGED: "differs from the grade ({base})",
    Change.ADDED: "not in the grade",
    Change.REMOVED: "not demanded here (the grade: {base})",
}


def differences(demands: Sequence[Demand]) -> list[str]:
    """One plain line per limit that differs from the grade."""
    return [_difference(d) for d in demands if d.change is not Change.SAME]


def _difference(demand: Demand) -> str:
    base = bound_words(demand.base) if demand.base else ""
    words = _DIFFERENCE[demand.change].format(base=base)
    if not demand.binds:
        return f"{demand.limit.name}: {words}"
    return f"{demand.limit.name}: {bound_words(demand.limit)}, {words}"


def compare(base: LimitFact, new: LimitFact) -> Change:
    """Name the difference between two limits of one parameter."""
    if base.text != new.text:
        return Change.CHANGED
    sides = {
        _side(base.maximum, new.maximum, stricter_is_less=True),
        _side(base.minimum, new.minimum, stricter_is_less=False),
    } - {Change.SAME}
    if len(sides) == 2:
        return Change.CHANGED
    return sides.pop() if sides else Change.SAME


def _side(base: Decimal | None, new: Decimal | None, *, stricter_is_less: bool) -> Change:
    if base == new:
        return Change.SAME
    if base is None or new is None:
        return Change.TIGHTENED if base is None else Change.LOOSENED
    return Change.TIGHTENED if (new < base) == stricter_is_less else Change.LOOSENED


def _demand(limit: LimitFact, change: LimitChange | None) -> Demand:
    if isinstance(change, RemoveLimit):
        return Demand(limit, Change.REMOVED, limit)
    if not isinstance(change, SetLimit):
        return Demand(limit, Change.SAME, limit)
    new = replace(limit, minimum=change.minimum, maximum=change.maximum, text=change.text)
    kind = compare(limit, new)
    if kind is Change.SAME:
        return Demand(limit, Change.SAME, limit)
    # The tender itself is the source of a limit that the buyer sets.
    return Demand(replace(new, source=change.source, confidence=Confidence.VERIFIED), kind, limit)


def _by_code(changes: Sequence[LimitChange]) -> dict[str, LimitChange]:
    found: dict[str, LimitChange] = {}
    for change in changes:
        if change.code in found:
            raise _bad(change.code, "is changed twice", "Say each change once.")
        found[change.code] = change
    return found


def _check_target(change: LimitChange, base: dict[str, LimitFact]) -> None:
    if isinstance(change, AddLimit) and change.code in base:
        raise _bad(change.code, "is already limited by the grade", "Change its limit instead.")
    if not isinstance(change, AddLimit) and change.code not in base:
        raise _bad(change.code, "is not limited by the grade", "Add it with its unit and limit.")


def _check_totals(demands: Sequence[Demand]) -> None:
    parts = {d.limit.code: d.limit.components for d in demands if d.binds}
    for total, components in parts.items():
        for part in components:
            if part not in parts:
                remedy = f"Keep {part}, or remove {total} as well."
                raise _bad(part, f"is part of {total} and cannot be left out", remedy)
            if parts[part]:
                raise _bad(part, f"is a total inside {total}", "Name the parts of a total singly.")


def _bad(code: str, why: str, remedy: str) -> BadChange:
    return BadChange(f"{code} {why}.", where=code, remedy=remedy)
