"""What an indicator says: a flag with its evidence, and how often it flags at all."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from procurement.rules.indicators.process import Process

# Whom a flag is about, as the parts of a release are named.
OCID, BUYER, ENTITY, TENDERER = "OCID", "Buyer", "ProcuringEntity", "Tenderer"

Evidence = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Flag:
    """One indicator about one subject; `value` is the indicator's number, exact."""

    code: str
    group: str
    subject: str
    value: Fraction
    evidence: Evidence = ()
    # Tenderers that a flag about a process concerns, in order.
    parties: tuple[str, ...] = ()
    # What tells it from another flag of the same indicator about the same subject.
    part: str = ""

    @property
    def key(self) -> str:
        """SHA-256 (hex): the same flag tomorrow, whatever its numbers are then."""
        told = "\n".join((self.code, self.group, self.subject, self.part))
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True)
class Rate:
    """Of `examined` subjects that could be judged, `flagged` were."""

    flagged: int
    examined: int

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.flagged, self.examined) if self.examined else None


class Indicator(Protocol):
    """Takes in processes one by one, keeps little of each, and judges at the end."""

    code: str
    # What a tenderer named in `parties` gets as its own number, as the standard method counts.
    party_value: int

    def fold(self, process: Process) -> None: ...
    def finish(self) -> Iterable[Flag]: ...
    def examined(self) -> int: ...


@dataclass(frozen=True)
class Report:
    """Flags in a fixed order, and the base rate of each indicator that was run."""

    flags: tuple[Flag, ...]
    rates: dict[str, Rate]
    processes: int
    party_values: dict[str, int] = field(default_factory=dict)

    def grouped(self) -> dict[str, dict[str, dict[str, Fraction]]]:
        """Group, subject, code, value: the shape in which results are exchanged and compared."""
        told: dict[str, dict[str, dict[str, Fraction]]] = {}
        for flag in self.flags:
            told.setdefault(flag.group, {}).setdefault(flag.subject, {})[flag.code] = flag.value
            for party in flag.parties:
                mark = Fraction(self.party_values.get(flag.code, 0))
                told.setdefault(TENDERER, {}).setdefault(party, {})[flag.code] = mark
        return told
