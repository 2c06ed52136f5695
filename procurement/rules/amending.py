"""What an amendment of a published tender may change, and when; pure.

It tells something and it gives more time. What a bid answers (goods, quantities, quality, rules of
evaluation) stays as it was published: bids that are sealed already answered exactly that, and are
compared with those that follow. To buy something else, cancel the tender and publish another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from procurement.rules import words
from procurement.rules.content import Problem
from procurement.rules.timeline import instant


@dataclass(frozen=True)
class Timetable:
    """The two instants of a published tender that bidders plan by."""

    deadline: datetime
    enquiry_deadline: datetime | None = None


def problems(
    old: Timetable, new: Timetable, notice: str, now: datetime, least: timedelta
) -> list[Problem]:
    """Everything that keeps the amendment from being published at `now`.

    `least` is how long bids must stay open after a notice: who reads it needs time to act on it.
    An extension alone needs none; it takes nothing from anybody.
    """
    found = []
    if new == old and not notice:
        found.append(Problem("notice", "Write a notice or move a deadline: nothing changes yet."))
    if new.deadline < old.deadline:
        found.append(Problem("deadline", "The deadline can only be moved to a later time."))
    elif new.deadline <= now:
        found.append(Problem("deadline", "The deadline must lie ahead."))
    elif notice and new.deadline < now + least:
        found.append(Problem("deadline", _too_soon(least)))
    return found + _enquiry_problems(old, new)


def _too_soon(least: timedelta) -> str:
    return f"After a notice bids stay open for at least {words.after(least)}: move the deadline."


def _enquiry_problems(old: Timetable, new: Timetable) -> list[Problem]:
    if new.enquiry_deadline is None:
        return [] if old.enquiry_deadline is None else [_earlier()]
    if old.enquiry_deadline is not None and new.enquiry_deadline < old.enquiry_deadline:
        return [_earlier()]
    if new.enquiry_deadline > new.deadline:
        return [Problem("enquiry_deadline", "Questions end before bids close, or together.")]
    return []


def _earlier() -> Problem:
    return Problem("enquiry_deadline", "The end of questions can only be moved to a later time.")


def amended(
    data: Mapping[str, Any], new: Timetable, notice: str, reason: str, now: datetime
) -> dict[str, Any]:
    """The published terms with one amendment more; the rest word for word as it was."""
    earlier = data.get("amendments", [])
    said = {
        "amendment": len(earlier) + 1,
        "at": _text(now),
        "notice": notice,
        "reason": reason,
        "deadline_before": data["deadline"],
        "deadline": _text(new.deadline),
    }
    return {
        **data,
        "deadline": _text(new.deadline),
        "enquiry_deadline": new.enquiry_deadline and _text(new.enquiry_deadline),
        "amendments": [*earlier, said],
    }


# What an amendment may touch; all else is what bids answer.
AMENDABLE = frozenset({"deadline", "enquiry_deadline", "amendments"})


def keeps_what_bids_answer(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether two versions of the terms ask bidders for the same, and the newer gives more time."""
    same = _asked(old) == _asked(new) and new["deadline"] >= old["deadline"]
    earlier = old.get("amendments", [])
    return same and new["amendments"][: len(earlier)] == earlier


def _asked(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in AMENDABLE}


def _text(at: datetime) -> str:
    return instant(at).isoformat(timespec="microseconds")
