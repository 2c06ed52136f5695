"""The sweeps that send what the outbox owes; idempotent, so they may run as often as they like."""

from celery import shared_task

from marketplace import clock
from marketplace.notify import digest, outbox


@shared_task
def deliver_outbox() -> int:
    """Send every message that is due; return how many went out."""
    due = outbox.waiting(clock.now())
    return sum(outbox.deliver(message_id, now=clock.now()) for message_id in due)


@shared_task
def collect_digests() -> int:
    """Make the daily mails that are due; return how many."""
    return digest.collect(now=clock.now())
