"""The sweeps that send what the outbox owes; idempotent, so they may run as often as they like."""

from datetime import timedelta

from celery import shared_task

from marketplace import clock
from marketplace.notify import digest, outbox

# After so long the next sweep takes over, which begins with mails and texts: programs of strangers
# that answer slowly, however many, cannot keep a code or a receipt waiting for longer.
ENOUGH = timedelta(seconds=40)


@shared_task
def deliver_outbox() -> int:
    """Send what is due, for a while; the rest waits for the next sweep. Return how many went."""
    began, sent = clock.now(), 0
    for message_id in outbox.waiting(began):
        now = clock.now()
        if now - began > ENOUGH:
            break
        sent += outbox.deliver(message_id, now=now)
    return sent


@shared_task
def collect_digests() -> int:
    """Make the daily mails that are due; return how many."""
    return digest.collect(now=clock.now())
