"""When the service was out of reach before a deadline: what is held, and how much time is owed.

Whoever could not submit because the service was down must not lose the tender by it, and nobody
may grant himself more time by claiming so: an outage is measured by the service itself, CLOSE
waits a while for people to act, and more time still takes two of them. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from procurement.rules.timeline import instant


@dataclass(frozen=True)
class Outage:
    """The service answered before `since` and again from `until` on, and not between them."""

    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        return instant(self.until) - instant(self.since)


@dataclass(frozen=True)
class OutageRules:
    """Times of a rule set.

    `window`: how long before a deadline an outage counts. `extension`: the least time that bidders
    get after it. `hold`: how long CLOSE waits after it for more time to be decided.
    """

    window: timedelta
    extension: timedelta
    hold: timedelta


def touching(
    deadline: datetime, outages: Iterable[Outage], rules: OutageRules
) -> tuple[Outage, ...]:
    """The outages that took bidders time in the last `window` before the deadline."""
    opens = instant(deadline) - rules.window
    return tuple(
        outage
        for outage in outages
        if instant(outage.since) < instant(deadline) and instant(outage.until) > opens
    )


def held_until(
    deadline: datetime, outages: Iterable[Outage], rules: OutageRules
) -> datetime | None:
    """Until when CLOSE waits for a decision on more time; None: no outage touches the deadline.

    An instant before the deadline holds nothing: there was time to decide.
    """
    ends = [instant(outage.until) + rules.hold for outage in touching(deadline, outages, rules)]
    return max(ends, default=None)


def due(deadline: datetime, outages: Iterable[Outage], rules: OutageRules) -> datetime | None:
    """The deadline to propose, on a full hour; None: nothing is owed.

    What was lost is added, and `extension` after the last outage is the least. As that is at least
    the window, none of these outages touches the new deadline.
    """
    found = touching(deadline, outages, rules)
    if not found:
        return None
    lost = sum((outage.length for outage in found), timedelta())
    least = max(instant(outage.until) for outage in found) + max(rules.extension, rules.window)
    return _full_hour(max(instant(deadline) + lost, least))


def _full_hour(at: datetime) -> datetime:
    whole = at.replace(minute=0, second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(hours=1)
