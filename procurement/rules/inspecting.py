"""From what was measured to a verdict: each value with its unit, method, device and time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.errors import Invalid
from procurement.rules import weighing
from procurement.rules.weighing import Flag
from produce.rules import conformance
from produce.rules.conformance import Finding, Outcome
from produce.rules.limits import LimitFact, unit_words


class BadMeasurement(Invalid):
    """A value without its method, or in another unit than the limit's."""

    code = "bad-measurement"


class NotMeasured(Invalid):
    """A demanded parameter was not measured: that is never a pass."""

    code = "measurement-missing"


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One value as it came from a person or a device."""

    code: str
    value: str
    unit: str
    method: str
    device: str = ""
    measured_at: datetime


@dataclass(frozen=True)
class Verdict:
    findings: tuple[Finding, ...]

    @property
    def conforms(self) -> bool:
        return conformance.conforms(self.findings)

    @property
    def reasons(self) -> tuple[str, ...]:
        """What fails, safety first."""
        failed = [f for f in self.findings if f.outcome is not Outcome.CONFORMS]
        return tuple(f.reason for f in sorted(failed, key=lambda f: not f.limit.is_safety))


def judge(limits: Sequence[LimitFact], measured: Sequence[Measured]) -> Verdict:
    """Compare what was measured with what the contract demands.

    Raises BadMeasurement, NotMeasured, and what `conformance.check` raises.
    """
    known = {limit.code: limit for limit in limits}
    for one in measured:
        _check_how(one, known.get(one.code))
    findings = conformance.check(limits, {one.code: one.value for one in measured})
    missing = [f.limit for f in findings if f.outcome is Outcome.MISSING]
    if missing:
        raise NotMeasured(
            f"Not measured: {', '.join(limit.name for limit in missing)}.",
            where=missing[0].code,
            remedy="Measure them and send all values; a missing one is never a pass.",
        )
    return Verdict(findings)


def _check_how(one: Measured, limit: LimitFact | None) -> None:
    # A parameter that nobody asked for is refused with the others, by name.
    if limit is None:
        return
    if not one.method.strip():
        raise BadMeasurement(
            f"{limit.name} has no method.",
            where=one.code,
            remedy=f"Say how it was measured, for instance {limit.method or 'by sieve or meter'}.",
        )
    if one.unit not in {limit.unit, unit_words(limit.unit)}:
        raise BadMeasurement(
            f"{limit.name} was measured in “{one.unit}”, but the limit is in “{limit.unit}”.",
            where=one.code,
            remedy=f"Give the value in {limit.unit or 'numbers without a unit'}.",
        )


def flags(measured: Sequence[Measured], now: datetime) -> Iterator[Flag]:
    """Devices whose clock is ahead, each once."""
    told: Mapping[str, Measured] = {
        one.device or "the device": one for one in measured if weighing.ahead(one.measured_at, now)
    }
    for device, one in told.items():
        yield weighing.clock_flag(device, one.measured_at)
