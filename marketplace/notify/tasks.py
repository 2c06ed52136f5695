"""The sweep that sends what the outbox owes; idempotent, so it may run as often as it likes."""

from celery import shared_task

from marketplace import clock
from marketplace.notify import outbox


@shared_task
def deliver_outbox() -> int:
    """Send every message that is due; return how many went out."""
    due = outbox.waiting(clock.now())
    return sum(outbox.deliver(message_id, now=clock.now()) for message_id in due)
