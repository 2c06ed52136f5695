"""Where a load stands between its booking and the goods received note, and what may follow.

Nothing of it is stored: it is derived from what was recorded. `ALLOWED` says when; who may do it
stands in procurement.permissions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from marketplace.errors import NotNow


class LoadStatus(StrEnum):
    BOOKED = "booked"
    ARRIVED = "arrived"
    WEIGHED = "weighed"
    SAMPLED = "sampled"
    CONFORMS = "conforms"
    FAILS = "fails"
    AGREED = "agreed"
    RECEIVED = "received"
    REJECTED = "rejected"
    CANCELLED = "booking_cancelled"


S = LoadStatus


class LoadNotThere(NotNow):
    """The step does not exist where the load stands."""

    code = "load-not-there-yet"


@dataclass(frozen=True, kw_only=True)
class LoadFacts:
    """What has been recorded. `conforms` is the last test's verdict; None: not tested."""

    cancelled_at: datetime | None = None
    arrived_at: datetime | None = None
    is_weighed: bool = False
    is_sampled: bool = False
    conforms: bool | None = None
    agreed_at: datetime | None = None
    rejected_at: datetime | None = None
    received_at: datetime | None = None


def status(facts: LoadFacts) -> LoadStatus:
    """The furthest that has happened; a second test undoes the rejection that it answers."""
    steps = (
        (facts.cancelled_at is not None, S.CANCELLED),
        (facts.received_at is not None, S.RECEIVED),
        (facts.rejected_at is not None, S.REJECTED),
        (facts.agreed_at is not None, S.AGREED),
        (facts.conforms is not None, S.CONFORMS if facts.conforms else S.FAILS),
        (facts.is_sampled, S.SAMPLED),
        (facts.is_weighed, S.WEIGHED),
        (facts.arrived_at is not None, S.ARRIVED),
    )
    return next((reached for happened, reached in steps if happened), S.BOOKED)


_AT_THE_GATE = frozenset({S.ARRIVED, S.WEIGHED, S.SAMPLED, S.CONFORMS, S.FAILS, S.AGREED})
ALLOWED: Final[Mapping[str, frozenset[LoadStatus]]] = MappingProxyType(
    {
        "deliveries.cancel": frozenset({S.BOOKED}),
        "deliveries.arrive": frozenset({S.BOOKED}),
        # Again, until the sample is drawn: a ticket may turn out to be useless.
        "deliveries.weigh": frozenset({S.ARRIVED, S.WEIGHED, S.SAMPLED}),
        "deliveries.sample": frozenset({S.WEIGHED}),
        "inspections.record": frozenset({S.SAMPLED}),
        # From the sealed duplicate, also after a rejection: the load may not have left yet.
        "inspections.again": frozenset({S.CONFORMS, S.FAILS, S.REJECTED}),
        "deliveries.agree": frozenset({S.CONFORMS}),
        "deliveries.accept": frozenset({S.AGREED}),
        "deliveries.reject": _AT_THE_GATE,
    }
)
WORDS: Final[Mapping[LoadStatus, str]] = MappingProxyType(
    {
        S.BOOKED: "it is booked and has not come to the gate",
        S.ARRIVED: "it is at the gate and not weighed",
        S.WEIGHED: "it is weighed and no sample is drawn",
        S.SAMPLED: "a sample is drawn and not measured",
        S.CONFORMS: "it was tested and conforms",
        S.FAILS: "it was tested and does not conform",
        S.AGREED: "the supplier agreed to the price",
        S.RECEIVED: "it has been received",
        S.REJECTED: "it has been rejected",
        S.CANCELLED: "its booking was cancelled",
    }
)
_NEXT: Final[Mapping[LoadStatus, str]] = MappingProxyType(
    {
        S.BOOKED: "Record that it came to the gate.",
        S.ARRIVED: "Record the weighbridge ticket.",
        S.WEIGHED: "Draw the sample and record its seals.",
        S.SAMPLED: "Record the measurements.",
        S.CONFORMS: "Show the supplier the price and record the agreement.",
        S.FAILS: "Reject it, or test the sealed duplicate.",
        S.AGREED: "Receive it.",
        S.RECEIVED: "Nothing follows at the gate: the goods received note stands.",
        S.REJECTED: "The supplier may ask for a test of the sealed duplicate, or book again.",
        S.CANCELLED: "Book another slot.",
    }
)


def is_allowed(operation: str, where: LoadStatus) -> bool:
    """Whether the step exists there. KeyError: there is no such step."""
    return where in ALLOWED[operation]


def check_allowed(operation: str, where: LoadStatus) -> None:
    """Raise LoadNotThere, which says where the load stands and what comes next."""
    if not is_allowed(operation, where):
        raise LoadNotThere(
            f"This step is not possible for the load now: {WORDS[where]}.",
            where="status",
            remedy=_NEXT[where],
        )
