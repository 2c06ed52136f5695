"""Fill an empty installation: register the world, tell every tender's story up to now.

Everything goes through the real operations, with `now` in the past, in the order of the instants:
the ledger's time only runs forward. All in one transaction, so that a seed that is interrupted
leaves nothing behind and the next start begins anew.
"""

import heapq
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.demo import people, plans, stories, world
from marketplace.demo.people import Cast
from marketplace.demo.planned import TenderPlan
from marketplace.demo.stories import Story
from marketplace.notify import outbox

SEED = 20_260_302
# Everybody is registered before the oldest tender is drafted.
BEGINNING = timedelta(days=470)
# Mails of the last day wait for the worker, so that the outbox shows some at the start.
MAILS = timedelta(days=1)


@dataclass(frozen=True)
class Done:
    """How far the telling has come: counts so far, and what they will be at the end."""

    tenders: int
    all_tenders: int
    bids: int
    all_bids: int

    @property
    def share(self) -> Fraction:
        """Of the whole work; nearly all of it is done to one bid or another."""
        return Fraction(self.bids, self.all_bids) if self.all_bids else Fraction(0)


Progress = Callable[[Done], None]


class Tally:
    """Counts what the plans say has happened until an instant."""

    def __init__(self, planned: Iterable[TenderPlan], until: datetime) -> None:
        whole = list(planned)
        self._tenders = sorted(p.published for p in whole if p.published <= until)
        self._bids = sorted(at for p in whole for at in p.sealings() if at <= until)

    def at(self, now: datetime) -> Done:
        return Done(
            bisect_left(self._tenders, now),
            len(self._tenders),
            bisect_left(self._bids, now),
            len(self._bids),
        )


def is_empty() -> bool:
    return not User.objects.exists()


def seed(
    *,
    now: datetime,
    number: int = SEED,
    sizes: world.Sizes = world.Sizes(),  # noqa: B008 - frozen, so shared safely
    scale: plans.Scale = plans.FULL,
    progress: Progress = lambda done: None,
) -> Cast:
    """Register everybody and tell all stories until `now`; writes the logins when it is done."""
    with transaction.atomic():
        built = world.build(number, sizes)
        cast, logins = people.register(built, now - BEGINNING)
        planned = plans.plans(built, number, now, scale)
        told = [stories.tell(plan, cast, number) for plan in planned]
        tally = Tally(planned, now)
        run(told, until=now, progress=lambda at: progress(tally.at(at)))
        outbox.count_as_sent(now - MAILS)
        people.write_logins(logins)
    return cast


def people_only(*, now: datetime, sizes: world.Sizes = world.SMALL) -> Cast:
    """Register a small world without any tender."""
    with transaction.atomic():
        cast, logins = people.register(world.build(SEED, sizes), now)
        people.write_logins(logins)
    return cast


def run(
    told: Iterable[Story],
    *,
    until: datetime,
    progress: Callable[[datetime], None] = lambda at: None,
) -> None:
    """Advance the stories in the order of their instants; what lies beyond `until` never happens.

    Two things at one instant happen in the order in which the stories were given.
    """
    waiting: list[tuple[datetime, int, Story]] = []
    for order, story in enumerate(told):
        _wait(waiting, next(story, None), order, story)
    heapq.heapify(waiting)
    while waiting and waiting[0][0] <= until:
        at, order, story = heapq.heappop(waiting)
        progress(at)
        try:
            heapq.heappush(waiting, (story.send(at), order, story))
        except StopIteration:
            continue


def _wait(
    waiting: list[tuple[datetime, int, Story]], at: datetime | None, order: int, story: Story
) -> None:
    if at is not None:
        waiting.append((at, order, story))
