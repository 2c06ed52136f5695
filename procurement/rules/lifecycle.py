"""Which operation is allowed in which status, and the picture of it.

The table says *when*; *who* stands in procurement.permissions and *what may be seen* in
procurement.rules.visibility. The rules of the clock within a status (the drain time, the enquiry
period) stand in procurement.rules.timeline. From CLOSE on there is no way back to open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from marketplace.errors import NotNow
from procurement.rules.timeline import TenderStatus as S

THE_CLOCK: Final = "the clock"


class OperationNotAllowed(NotNow):
    """The operation does not exist in the tender's present status."""

    code = "not-allowed-in-status"


_UNTIL_CONTRACT: Final = frozenset(
    {S.PLANNED, S.OPEN, S.CLOSING, S.AWAITING_OPENING, S.IN_EVALUATION, S.EVALUATED}
    | {S.STANDSTILL, S.AWARDED}
)

# Operations on a lot (evaluate and everything after it) are checked against the lot's own status.
ALLOWED: Final[Mapping[str, frozenset[S]]] = MappingProxyType(
    {
        "tenders.edit": frozenset({S.DRAFT}),
        "tenders.publish": frozenset({S.DRAFT}),
        "tenders.amend": frozenset({S.PLANNED, S.OPEN}),
        # More time, while CLOSE waits because the service was down (procurement.rules.outages).
        "tenders.extend": frozenset({S.CLOSING}),
        "tenders.drop": frozenset({S.DRAFT}),
        # Of what is published the cancellation takes two people: one proposes, one confirms.
        "tenders.propose_cancellation": _UNTIL_CONTRACT,
        "tenders.cancel": _UNTIL_CONTRACT,
        "enquiries.ask": frozenset({S.PLANNED, S.OPEN}),
        "enquiries.answer": frozenset({S.PLANNED, S.OPEN}),
        "bids.draft": frozenset({S.PLANNED, S.OPEN}),
        # A bid that arrived in time may still be committed while the drain time runs.
        "bids.submit": frozenset({S.OPEN, S.CLOSING}),
        "bids.replace": frozenset({S.OPEN, S.CLOSING}),
        "bids.withdraw": frozenset({S.OPEN, S.CLOSING}),
        "openings.close": frozenset({S.CLOSING}),
        "openings.open": frozenset({S.AWAITING_OPENING}),
        "evaluations.evaluate": frozenset({S.IN_EVALUATION, S.EVALUATED}),
        "evaluations.confirm": frozenset({S.IN_EVALUATION}),
        "allocations.run": frozenset({S.EVALUATED}),
        "awards.recommend": frozenset({S.EVALUATED}),
        "awards.award": frozenset({S.EVALUATED}),
        # Evaluated: the recommendation is refused.
        "awards.propose_cancellation": frozenset({S.EVALUATED, S.STANDSTILL, S.AWARDED}),
        "awards.cancel": frozenset({S.EVALUATED, S.STANDSTILL, S.AWARDED}),
        "awards.declare_unsuccessful": frozenset(
            {S.AWAITING_OPENING, S.IN_EVALUATION, S.EVALUATED}
        ),
        "complaints.file": _UNTIL_CONTRACT,
        "contracts.sign": frozenset({S.AWARDED}),
        # From here on by the contract's own status. A load's way from its booking to the goods
        # received note has a table of its own: procurement.rules.loads.
        "contracts.change": frozenset({S.CONTRACTED}),
        "deliveries.book": frozenset({S.CONTRACTED}),
        "deliveries.receive": frozenset({S.CONTRACTED}),
        "deliveries.complete": frozenset({S.CONTRACTED}),
        # A farmer is not made to wait for the last load.
        "invoices.issue": frozenset({S.CONTRACTED, S.DELIVERED}),
        "payments.pay": frozenset({S.CONTRACTED, S.DELIVERED}),
    }
)


@dataclass(frozen=True)
class Transition:
    """One arrow of the picture: from one status, by an operation or by the clock, to another."""

    source: S
    by: str
    target: S


_FORWARD = (
    Transition(S.DRAFT, "tenders.publish", S.PLANNED),
    Transition(S.PLANNED, THE_CLOCK, S.OPEN),
    Transition(S.OPEN, THE_CLOCK, S.CLOSING),
    Transition(S.CLOSING, "tenders.extend", S.OPEN),
    Transition(S.CLOSING, "openings.close", S.AWAITING_OPENING),
    Transition(S.AWAITING_OPENING, "openings.open", S.IN_EVALUATION),
    Transition(S.IN_EVALUATION, "evaluations.confirm", S.EVALUATED),
    Transition(S.EVALUATED, "awards.award", S.STANDSTILL),
    Transition(S.STANDSTILL, THE_CLOCK, S.AWARDED),
    Transition(S.AWARDED, "contracts.sign", S.CONTRACTED),
    Transition(S.CONTRACTED, "deliveries.complete", S.DELIVERED),
    Transition(S.CONTRACTED, "deliveries.complete", S.PAID),
    Transition(S.DELIVERED, "payments.pay", S.PAID),
)

_BACK = tuple(
    Transition(source, "awards.cancel", S.EVALUATED) for source in (S.STANDSTILL, S.AWARDED)
)


def transitions() -> tuple[Transition, ...]:
    """Every way from one status to another; a tender may pass through a status in no time."""
    return (
        _FORWARD
        + _BACK
        + _ends("awards.declare_unsuccessful", S.UNSUCCESSFUL)
        + _ends("tenders.drop", S.CANCELLED)
        + _ends("tenders.cancel", S.CANCELLED)
    )


def _ends(operation: str, target: S) -> tuple[Transition, ...]:
    sources = [member for member in S if member in ALLOWED[operation]]
    return tuple(Transition(source, operation, target) for source in sources)


def is_allowed(operation: str, status: S) -> bool:
    """Whether the operation exists in that status. KeyError: there is no such operation."""
    return status in ALLOWED[operation]


def check_allowed(operation: str, status: S) -> None:
    """Raise OperationNotAllowed unless the operation exists in that status."""
    if is_allowed(operation, status):
        return
    statuses = ", ".join(member.value for member in S if member in ALLOWED[operation])
    raise OperationNotAllowed(
        f"{operation} is not possible while the status is {status.value}.",
        where="status",
        remedy=f"It is possible in: {statuses}.",
    )


def diagram() -> str:
    """The state diagram in Mermaid's language."""
    lines = ["stateDiagram-v2", f"    [*] --> {S.DRAFT.value}"]
    lines += [f"    {t.source.value} --> {t.target.value}: {t.by}" for t in transitions()]
    ends = (S.PAID, S.UNSUCCESSFUL, S.CANCELLED)
    return "\n".join(lines + [f"    {end.value} --> [*]" for end in ends])


def reference() -> str:
    """The text of docs/reference/lifecycle.md, which a test compares with the file."""
    rows = [f"| `{name}` | {_listed(statuses)} |" for name, statuses in ALLOWED.items()]
    return "\n".join(
        [
            "# Lifecycle of a tender",
            "",
            "Made from `procurement/rules/lifecycle.py` by"
            " `python -m procurement.rules.lifecycle`; do not edit by hand.",
            "",
            "A status is derived from recorded facts and the clock"
            " (`procurement/rules/timeline.py`), never stored.",
            "",
            "```mermaid",
            diagram(),
            "```",
            "",
            "| operation | allowed in |",
            "|---|---|",
            *rows,
            "",
        ]
    )


def _listed(statuses: frozenset[S]) -> str:
    return ", ".join(member.value for member in S if member in statuses)


if __name__ == "__main__":
    print(reference(), end="")
