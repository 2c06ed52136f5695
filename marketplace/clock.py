"""The only place that reads the clock.

Shells (a view, an endpoint, a task, a command) read it once and pass `now` down. Operations and
rules never read it, so that every decision can be replayed at the instant it was made.
"""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one reader
