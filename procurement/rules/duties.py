"""Separation of duties on the person: who did one thing may not do another in the same tender."""

from collections.abc import Mapping
from enum import StrEnum

from marketplace.errors import NotPermitted


class Duty(StrEnum):
    DRAFT = "draft"
    PUBLISH = "publish"
    OPEN = "open"
    EVALUATE = "evaluate"
    AWARD = "award"


class SeparationOfDuties(NotPermitted):
    """The person already holds another duty in this tender."""

    code = "separation-of-duties"


DONE = {
    Duty.DRAFT: "drafted it",
    Duty.PUBLISH: "published it",
    Duty.OPEN: "sit on its opening committee",
    Duty.EVALUATE: "evaluated its bids",
    Duty.AWARD: "decided its award",
}


def check(duty: Duty, person: str, acts: Mapping[Duty, frozenset[str]]) -> None:
    """Raise SeparationOfDuties if `person` already did something else in this tender.

    `acts` maps each duty to the public ids of those who have done it.
    """
    for other, people in acts.items():
        if other != duty and person in people:
            raise SeparationOfDuties(
                f"You {DONE[other]}, so somebody else has to do this in the same tender.",
                remedy="Ask a colleague who has the role and no other part in this tender.",
            )


def check_second_person(first: str | None, second: str, done: str = "proposed") -> None:
    """Raise SeparationOfDuties if who proposed (or recommended) it is to confirm it as well."""
    if first == second:
        raise SeparationOfDuties(
            f"You {done} it, so another person has to decide.",
            remedy="Ask a colleague who has the role and no other part in this tender.",
        )
