"""The database itself refuses to change what was recorded."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from marketplace.ledger import triggers
from marketplace.ledger.models import Head
from tests import ledger_support

pytestmark = pytest.mark.django_db

ROWS = {
    "ledger_entry": (
        "(sequence, recorded_at, event, subject, visibility, body, nonce, commitment, leaf_hash)"
        " VALUES (0, '2026-01-01 00:00:00+00:00', 'A', 's', 'public', '{}', 'n', 'c', 'l')"
    ),
    "ledger_node": "(number, hash) VALUES (1, 'h')",
    "ledger_checkpoint": (
        "(size, root, frontier, note, signed_at)"
        " VALUES (1, 'r', '[]', 'n', '2026-01-01 00:00:00+00:00')"
    ),
    "ledger_head": None,  # made by the migration
}
COLUMN = {"ledger_entry": "body", "ledger_node": "hash", "ledger_checkpoint": "note"}


def run(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture(params=sorted(ROWS))
def table(request):
    if ROWS[request.param]:
        run(f"INSERT INTO {request.param} {ROWS[request.param]}")
    return request.param


def test_a_row_cannot_be_deleted(table):
    with pytest.raises(DatabaseError, match="only grows"):
        run(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", sorted(COLUMN), indirect=True)
def test_a_row_cannot_be_changed(table):
    with pytest.raises(DatabaseError, match="only grows"):
        run(f"UPDATE {table} SET {COLUMN[table]} = 'x'")


def test_a_table_cannot_be_truncated(table):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DatabaseError, match="only grows"):
        run(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", sorted(COLUMN), indirect=True)
def test_a_row_cannot_be_replaced_by_another_of_the_same_key(table):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has INSERT OR REPLACE")
    with pytest.raises(DatabaseError, match="only grows"):
        run(f"INSERT OR REPLACE INTO {table} {ROWS[table]}")


def test_the_head_may_move():
    Head.objects.filter(pk=1).update(size=0)


def test_without_its_trigger_a_row_can_be_deleted(table):
    """So that the tests above are known to fail when the guard is gone."""
    with ledger_support.without_triggers():
        run(f"DELETE FROM {table}")


def test_a_missing_trigger_is_reported_and_mended_by_a_migration():
    triggers.remove(connection)
    assert len(triggers.missing(connection)) == len(triggers.expected(connection))
    call_command("migrate", verbosity=0)
    assert triggers.missing(connection) == []


def test_the_system_check_names_an_unguarded_ledger():
    from marketplace.ledger.apps import triggers_in_place

    assert triggers_in_place(databases=["default"]) == []
    triggers.remove(connection)
    [error] = triggers_in_place(databases=["default"])
    assert error.id == "ledger.W001"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_with_real_transactions_is_cleaned_up_and_leaves_the_guard(turn):
    assert triggers.missing(connection) == []
    assert Head.objects.get().pk == 1
    run(f"INSERT INTO ledger_entry {ROWS['ledger_entry']}")


@pytest.mark.usefixtures("live_server")
@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_with_a_live_server_is_cleaned_up_too(turn):
    run(f"INSERT INTO ledger_entry {ROWS['ledger_entry']}")
