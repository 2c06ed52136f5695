"""Triggers that let the ledger grow and refuse every other change.

Installed after each migration, because a table rebuild on SQLite silently drops them. They are a
speed bump against accidents and careless hands: an administrator of the database can drop them.
The proof is the tree.
"""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

# What may not happen to a table once its rows are written.
GUARDS: dict[str, tuple[str, ...]] = {
    "ledger_entry": ("update", "delete", "truncate", "replace"),
    "ledger_node": ("update", "delete", "truncate", "replace"),
    "ledger_checkpoint": ("update", "delete", "truncate", "replace"),
    "ledger_cosignature": ("update", "delete", "truncate", "replace"),
    "ledger_epoch": ("update", "delete", "truncate", "replace"),
    # Looks at bids are no entries, and are guarded as they are.
    "procurement_look": ("update", "delete", "truncate", "replace"),
    "procurement_linkanswer": ("update", "delete", "truncate", "replace"),
    "procurement_redflaganswer": ("update", "delete", "truncate", "replace"),
    "procurement_auditnote": ("update", "delete", "truncate", "replace"),
    "ledger_head": ("delete", "truncate", "replace"),
}
# An update that is let through: it takes body and nonce away together and touches nothing else.
KEPT = ("sequence", "recorded_at", "event", "subject", "visibility", "commitment", "leaf_hash")
ERASES = "NEW.body = '' AND NEW.nonce = '' AND " + " AND ".join(f"NEW.{c} = OLD.{c}" for c in KEPT)
# `INSERT OR REPLACE` deletes a row on SQLite without firing its delete trigger.
ONLY_ON = {"replace": "sqlite", "truncate": "postgresql"}
KEY = {"ledger_entry": "sequence", "ledger_node": "number", "ledger_epoch": "number"}


def expected(connection: BaseDatabaseWrapper) -> list[tuple[str, str, str]]:
    """The (name, table, act) of each trigger that this database must have."""
    return [
        (f"{table}_refuse_{act}", table, act)
        for table, acts in GUARDS.items()
        for act in acts
        if ONLY_ON.get(act, connection.vendor) == connection.vendor
    ]


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every trigger in place; harmless when they already are, or before the tables are."""
    tables = set(connection.introspection.table_names())
    wanted = [row for row in expected(connection) if row[1] in tables]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and wanted:
            cursor.execute(_POSTGRESQL_FUNCTION)
        for name, table, act in wanted:
            for statement in _create(connection.vendor, name, table, act):
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take every trigger away. For tests, and for a migration that rebuilds a table."""
    on = {"postgresql": " ON {}", "sqlite": ""}[connection.vendor]
    with connection.cursor() as cursor:
        for name, table, _ in expected(connection):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on.format(table)}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of the triggers that should be there and are not, or are switched off."""
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    return [name for name, _, _ in expected(connection) if name not in present]


def _create(vendor: str, name: str, table: str, act: str) -> Iterator[str]:
    if vendor == "postgresql":
        level = "STATEMENT" if act == "truncate" else "ROW"
        only = f"WHEN (NOT ({ERASES})) " if (table, act) == ("ledger_entry", "update") else ""
        yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
        yield (
            f"CREATE TRIGGER {name} BEFORE {act.upper()} ON {table} "
            f"FOR EACH {level} {only}EXECUTE FUNCTION ledger_refuse()"
        )
        return
    event, when = act.upper(), ""
    if (table, act) == ("ledger_entry", "update"):
        when = f"WHEN NOT ({ERASES}) "
    if act == "replace":
        key = KEY.get(table, "id")
        clash = f"{key} = NEW.{key}" + (" OR size = NEW.size" * (table == "ledger_checkpoint"))
        event, when = "INSERT", f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {clash}) "
    yield f"DROP TRIGGER IF EXISTS {name}"
    yield (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when}"
        f"BEGIN SELECT RAISE(ABORT, '{table} only grows: {act} refused'); END"
    )


_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% only grows: % refused', TG_TABLE_NAME, lower(TG_OP)
        USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""
