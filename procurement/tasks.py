"""Periodic sweeps. Each finds its work in the database and may run as often as it likes."""

from celery import shared_task
from django.conf import settings

from marketplace import clock, health
from procurement.operations import (
    allocations,
    assistance,
    erasures,
    exports,
    figures,
    ocds,
    ocdsfiles,
    openings,
    outages,
    redflags,
    reminders,
    searches,
)
from procurement.queries import lists


@shared_task
def close_tenders() -> int:
    """Record CLOSE for every tender whose deadline and drain time have passed."""
    due = lists.to_close(clock.now())
    for tender in due:
        openings.close(tender=tender, now=clock.now())
    return len(due)


@shared_task
def beat() -> bool:
    """Note that the service works; what was missed since the last note is an outage on record."""
    if not health.answers(settings.HEALTH_URL):
        return False
    outages.beat(now=clock.now())
    return True


@shared_task
def remind_deadlines() -> int:
    """Remind tenderers who have a draft and no bid that a deadline is near."""
    return reminders.queue_due(now=clock.now())


@shared_task
def finish_erasures() -> int:
    """Delete keys that a crash left after an erasure was decided."""
    return erasures.finish_erasures()


@shared_task
def run_exports() -> int:
    """Make the files that were asked for."""
    waiting = exports.waiting(clock.now())
    return sum(exports.run(pk, now=clock.now()) is not None for pk in waiting)


@shared_task
def run_allocations() -> int:
    """Work out the allocations that were asked for."""
    waiting = allocations.waiting(clock.now())
    return sum(allocations.run(pk, now=clock.now()) is not None for pk in waiting)


@shared_task
def publish_open_data() -> int:
    """Make the releases of what the ledger has recorded since."""
    return ocds.publish(now=clock.now())


@shared_task
def make_open_data_files() -> int:
    """Make the bulk files that are missing or behind."""
    return ocdsfiles.make_due(now=clock.now())


@shared_task
def refresh_flags() -> int:
    """Compile what changed and let the indicators judge it."""
    return redflags.refresh(now=clock.now())


@shared_task
def refresh_figures() -> int:
    """Compute the public figures again where something was recorded since."""
    return figures.refresh(now=clock.now())


@shared_task
def tell_searches() -> int:
    """Tell the saved searches of tenders that were published."""
    return searches.tell_due(now=clock.now())


@shared_task
def end_assistances() -> int:
    """Empty helped bids whose time is over."""
    return assistance.end_old(now=clock.now())
