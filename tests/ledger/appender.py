"""A process that appends to the ledger: `python -m tests.ledger.appender NAME COUNT`."""

import sys
from datetime import UTC, datetime, timedelta

import django


def append_many(name: str, count: int) -> None:
    """Append `count` entries, each in a transaction; every fifth transaction is undone."""
    from django.db import transaction

    from marketplace.ledger.record import record

    for turn in range(count + count // 4):
        with transaction.atomic():
            now = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=turn)
            record("BidImported", subject=name, body={"turn": turn}, by=None, now=now)
            transaction.set_rollback(turn % 5 == 4)


if __name__ == "__main__":
    django.setup()
    append_many(sys.argv[1], int(sys.argv[2]))
