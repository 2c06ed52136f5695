"""What the API sweeps away; idempotent, so it may run as often as it likes."""

from celery import shared_task

from api import idempotency
from marketplace import clock
from marketplace.accounts import keys


@shared_task
def sweep() -> int:
    """Delete ended keys and old idempotency keys; return how many."""
    now = clock.now()
    return idempotency.sweep(now) + keys.sweep(now)
