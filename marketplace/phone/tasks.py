"""The sweep that empties calls which are over."""

from celery import shared_task

from marketplace import clock
from marketplace.phone import service


@shared_task
def forget_calls() -> int:
    """Empty what calls that ended had kept; return how many."""
    return service.forget(now=clock.now())
