"""What an import says at its end, and each line of its report."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from procurement.rules.history.errors import Refusal
from procurement.rules.history.replay import Outcome, Replay
from procurement.rules.history.tenders import PastTender

COLUMNS: Final = ("kind", "row", "tender", "column", "value", "why", "remedy")


class Kind(StrEnum):
    """What a line of the report is about."""

    REFUSED = "row refused"
    NOTICE = "notice"
    DIFFERS = "differs from what was imported"
    DISAGREES = "disagreement"
    TIE = "agrees after a tie"
    NO_WINNER = "no winner"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    kind: Kind
    tender: str
    why: str
    row: int | None = None
    column: str = ""
    value: str = ""
    remedy: str = ""

    def cells(self) -> tuple[str, ...]:
        """The line in the order of COLUMNS."""
        row = "" if self.row is None else str(self.row)
        return (self.kind, row, self.tender, self.column, self.value, self.why, self.remedy)


@dataclass
class Summary:
    """The figures of one import. Rows are those after the header."""

    rows: int = 0
    rows_refused: int = 0
    tenders: int = 0
    bids: int = 0
    tenders_added: int = 0
    bids_added: int = 0
    already_there: int = 0
    differing: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)

    @property
    def agreeing(self) -> int:
        return self.outcomes[Outcome.AGREES] + self.outcomes[Outcome.AGREES_AFTER_TIE]

    @property
    def with_winner(self) -> int:
        return self.agreeing + self.outcomes[Outcome.DISAGREES]

    def count(self, tender: PastTender, replayed: Replay) -> None:
        self.tenders += 1
        self.bids += len(tender.bids)
        self.outcomes[replayed.outcome] += 1


def refused(refusal: Refusal, reference: str = "") -> ReportLine:
    return ReportLine(
        kind=Kind.REFUSED,
        row=refusal.row,
        tender=reference or refusal.tender,
        column=refusal.column,
        value=refusal.value,
        why=refusal.why,
        remedy=refusal.remedy,
    )


def compared(tender: PastTender, replayed: Replay) -> ReportLine | None:
    """The line about a record that needs explaining; None where it simply agrees."""
    kinds = {
        Outcome.DISAGREES: Kind.DISAGREES,
        Outcome.AGREES_AFTER_TIE: Kind.TIE,
        Outcome.NO_WINNER: Kind.NO_WINNER,
    }
    kind = kinds.get(replayed.outcome)
    if kind is None:
        return None
    row = tender.winners[0].row if tender.winners else None
    return ReportLine(kind=kind, row=row, tender=tender.reference, why=replayed.explanation)
