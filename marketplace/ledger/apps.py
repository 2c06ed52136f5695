from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import connections
from django.db.models.signals import post_migrate


class LedgerConfig(AppConfig):
    name = "marketplace.ledger"

    def ready(self) -> None:
        post_migrate.connect(guard, sender=self, dispatch_uid="ledger-guard")
        checks.register(triggers_in_place, checks.Tags.database)
        checks.register(role_is_limited, checks.Tags.database, deploy=True)


def guard(*, using: str, **_: Any) -> None:
    """After each migration: the triggers, and the head row that every append locks."""
    from marketplace.ledger import triggers
    from marketplace.ledger.models import Head

    connection = connections[using]
    triggers.install(connection)
    if Head._meta.db_table in connection.introspection.table_names():
        Head.objects.using(using).get_or_create(pk=1)


def triggers_in_place(
    *, app_configs: Any = None, databases: Sequence[str] | None, **_: Any
) -> list[checks.CheckMessage]:
    """`manage.py check --database default` says whether the ledger is guarded.

    A warning, not an error: `migrate`, which mends it, refuses to run after an error.
    """
    from marketplace.ledger import triggers

    return [
        checks.Warning(
            f"The ledger is not guarded on “{alias}”: {', '.join(gone)} missing.",
            hint="Run `python manage.py migrate`: it puts the triggers back.",
            id="ledger.W001",
        )
        for alias in databases or []
        if (gone := triggers.missing(connections[alias]))
    ]


def role_is_limited(
    *, app_configs: Any = None, databases: Sequence[str] | None, **_: Any
) -> list[checks.CheckMessage]:
    """`manage.py check --deploy --database default` says what the service could undo."""
    from marketplace.ledger import roles

    return [
        checks.Warning(
            f"On “{alias}” this role may change the ledger: {', '.join(found)}.",
            hint="Connect the service as a role limited by `python -m marketplace database-roles`.",
            id="ledger.W002",
        )
        for alias in databases or []
        if (found := roles.excess(connections[alias]))
    ]
