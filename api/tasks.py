"""What programs and sign-ins leave behind is swept away; idempotent, as often as one likes."""

from celery import shared_task

from api import idempotency
from marketplace import clock, lockout
from marketplace.accounts import keys


@shared_task
def sweep() -> int:
    """Delete ended keys, old idempotency keys and old sign-ins; return how many."""
    now = clock.now()
    return idempotency.sweep(now) + keys.sweep(now) + lockout.forget(now)
