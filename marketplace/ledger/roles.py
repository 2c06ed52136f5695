"""Two roles on PostgreSQL: the owner migrates, the run-time role can only add to the ledger.

Triggers are dropped by whoever owns the table. The role that the service connects as owns nothing:
on the tables of the ledger it has SELECT and INSERT, and UPDATE on the columns of the one head row
(which also is what PostgreSQL asks for before it lets anybody lock that row). Everything else
follows from ownership: no ALTER, no DROP, no TRUNCATE, no trigger switched off.

`python -m marketplace database-roles ROLE [--apply]`, run as the owner after every `migrate`.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection as default_connection
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from marketplace.errors import Invalid
from marketplace.ledger.triggers import GUARDS

HEAD = "ledger_head"
ENTRY = "ledger_entry"
# What an erasure empties; the trigger lets through nothing but that.
ERASABLE = ("body", "nonce")
# What an append writes in the head; its key is never changed.
HEAD_COLUMNS = ("size", "frontier", "last_recorded_at")
# Which migrations ran is the owner's to say.
ONLY_READ = ("django_migrations",)
FORBIDDEN = ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER")


class NoRoles(Invalid):
    """The database has no roles, or the name given is that of a role that must not be limited."""


def statements(connection: BaseDatabaseWrapper, role: str) -> list[str]:
    """The grants that make `role` the run-time role, in order; every one may be repeated.

    Raises NoRoles on SQLite, for an unknown role, and for one that could undo its own limits.
    """
    check_role(connection, role)
    quote = connection.ops.quote_name
    who, schema = quote(role), quote(_schema(connection))
    database = quote(str(connection.settings_dict["NAME"]))
    head = [
        f"GRANT CONNECT ON DATABASE {database} TO {who}",
        f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {who}",
        f"GRANT USAGE ON SCHEMA {schema} TO {who}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC, {who}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {who}",
    ]
    names = sorted(connection.introspection.table_names())
    return head + [line for name in names for line in _for_table(quote(name), name, who)]


def _for_table(quoted: str, name: str, who: str) -> Iterator[str]:
    if name in ONLY_READ:
        yield f"GRANT SELECT ON {quoted} TO {who}"
    elif name == HEAD:
        yield f"GRANT SELECT, UPDATE ({', '.join(HEAD_COLUMNS)}) ON {quoted} TO {who}"
    elif name == ENTRY:
        yield f"GRANT SELECT, INSERT, UPDATE ({', '.join(ERASABLE)}) ON {quoted} TO {who}"
    elif name in GUARDS:
        yield f"GRANT SELECT, INSERT ON {quoted} TO {who}"
    else:
        yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {quoted} TO {who}"


def check_role(connection: BaseDatabaseWrapper, role: str) -> None:
    """Raise NoRoles unless `role` exists and cannot get round what is granted to it."""
    if connection.vendor != "postgresql":
        raise NoRoles(
            "SQLite has no roles: whoever can write the file can write all of it.",
            remedy="Use PostgreSQL where the operator of the service must not be able to.",
        )
    with connection.cursor() as cursor:
        cursor.execute(_ABOUT_ROLE, [role])
        row = cursor.fetchone()
    if row is None:
        raise NoRoles(
            f"There is no role “{role}”.",
            remedy=f"CREATE ROLE {connection.ops.quote_name(role)} LOGIN PASSWORD '…';",
        )
    if any(row):
        raise NoRoles(
            f"“{role}” is a superuser, bypasses row security, or belongs to the owner of the "
            "tables: grants do not limit it.",
            remedy="Make a role of its own for the service.",
        )


_ABOUT_ROLE = """
SELECT rolsuper, rolbypassrls OR rolcreaterole, EXISTS (
    SELECT 1 FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE n.nspname = current_schema() AND relkind IN ('r', 'p')
    AND pg_has_role(pg_roles.oid, relowner, 'MEMBER'))
FROM pg_roles WHERE rolname = %s
"""


def _schema(connection: BaseDatabaseWrapper) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


def excess(connection: BaseDatabaseWrapper) -> list[str]:
    """What the connected role may do to the ledger and should not: `ledger_entry: UPDATE`, …"""
    if connection.vendor != "postgresql":
        return []
    present = set(connection.introspection.table_names())
    asked = [(table, act) for table in sorted(GUARDS.keys() & present) for act in FORBIDDEN]
    with connection.cursor() as cursor:
        return [f"{table}: {act}" for table, act in asked if _may(cursor, table, act)]


def _may(cursor: Any, table: str, act: str) -> bool:
    cursor.execute("SELECT has_table_privilege(%s, %s)", [table, act])
    return bool(cursor.fetchone()[0])


def apply(connection: BaseDatabaseWrapper, role: str) -> int:
    """Run the grants in one transaction; return how many."""
    lines = statements(connection, role)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for line in lines:
            cursor.execute(line)
    return len(lines)


def main(arguments: Sequence[str]) -> int:
    """The command; returns its exit status."""
    parser = argparse.ArgumentParser(
        prog="musika database-roles",
        description="Limit the PostgreSQL role that the service connects as: it can add to the "
        "ledger and change nothing in it. Run it as the owner of the tables, after `migrate`.",
    )
    parser.add_argument("role", help="the run-time role; it exists already")
    parser.add_argument("--apply", action="store_true", help="run the grants, do not print them")
    given = parser.parse_args(arguments)
    try:
        lines = [f"{line};" for line in statements(default_connection, given.role)]
        if given.apply:
            lines = [f"{apply(default_connection, given.role)} grants made for {given.role}."]
    except NoRoles as error:
        sys.stdout.write(f"{error.message} {error.remedy or ''}".strip() + "\n")
        return 1
    sys.stdout.write("\n".join(lines) + "\n")
    return 0
