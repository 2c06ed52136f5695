"""The run-time role of PostgreSQL: it does all the business and can only add to the ledger."""

import secrets

import psycopg
import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from marketplace.__main__ import main
from marketplace.ledger import proofs, roles, signer, triggers
from marketplace.ledger.apps import role_is_limited
from marketplace.ledger.models import Entry
from tests.factories import Market, tender_at
from tests.ledger.conftest import START, append

on_postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite has no roles: the file is all or nothing"
)
pytestmark = pytest.mark.django_db(transaction=True)
LEDGER = sorted(triggers.GUARDS)
OWNER = {}


def as_owner():
    connection.close()
    connection.settings_dict.update(USER=OWNER["USER"], PASSWORD=OWNER["PASSWORD"])


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def run_time():
    """A role as the command makes it, and the connection switched to it; triggers are dropped."""
    role = f"musika_run_{secrets.token_hex(4)}"
    execute(f"CREATE ROLE {role} LOGIN PASSWORD '{role}'")
    assert main(["database-roles", role, "--apply"]) == 0
    triggers.remove(connection)
    OWNER.update(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(USER=role, PASSWORD=role)
    yield role
    as_owner()
    triggers.install(connection)
    execute(f"DROP OWNED BY {role}")
    execute(f"DROP ROLE {role}")


@on_postgresql
def test_all_business_works_as_the_run_time_role(run_time):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (run_time,)
    tender = tender_at("paid", Market())
    signed = signer.sign_checkpoint(START)
    entries = list(Entry.objects.filter(subject=tender.reference))
    assert len(proofs.inclusions(entries, signed)) == len(entries) > 10
    assert signer.audit().size == signed.size


def attacks():
    for table in LEDGER:
        yield f"DELETE FROM {table}"
        yield f"TRUNCATE {table} CASCADE"
        yield f"ALTER TABLE {table} ADD COLUMN x int"
        yield f"DROP TABLE {table} CASCADE"
        yield f"CREATE TRIGGER x BEFORE INSERT ON {table} EXECUTE FUNCTION ledger_refuse()"
    # Body and nonce may be emptied by an erasure: what guards them is the trigger and the verifier.
    yield "UPDATE ledger_entry SET commitment = 'x'"
    yield "UPDATE ledger_node SET hash = 'x'"
    yield "UPDATE ledger_checkpoint SET note = 'x'"
    yield "UPDATE ledger_cosignature SET line = 'x'"
    yield "UPDATE ledger_head SET id = 2"
    yield "INSERT INTO ledger_head (id, size, frontier) VALUES (2, 0, '[]')"
    yield (
        "INSERT INTO ledger_entry SELECT * FROM ledger_entry "
        "ON CONFLICT (sequence) DO UPDATE SET leaf_hash = ''"
    )
    yield "CREATE TABLE public.mine (x int)"
    yield "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE sql AS ''"
    yield "DELETE FROM django_migrations"
    yield "SET session_replication_role = replica"


@on_postgresql
def test_nothing_in_the_ledger_can_be_changed_even_without_triggers(run_time):
    append("TenderPublished")
    signer.sign_checkpoint(START)
    assert triggers.missing(connection) == [name for name, _, _ in triggers.expected(connection)]
    for attack in attacks():
        with pytest.raises(ProgrammingError) as refused, transaction.atomic():
            execute(attack)
        assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege), attack
    assert signer.audit().size == 1


@on_postgresql
def test_the_check_for_deployment_tells_the_owner_from_the_run_time_role(run_time):
    assert not role_is_limited(databases=["default"])
    as_owner()
    found = role_is_limited(databases=["default"])
    assert found[0].id == "ledger.W002" and "ledger_entry: UPDATE" in found[0].msg


@on_postgresql
def test_a_grant_too_many_is_found_and_taken_back(run_time, capsys):
    as_owner()
    execute(f"GRANT UPDATE ON ledger_entry TO {run_time}")
    execute(f"SET ROLE {run_time}")
    assert roles.excess(connection) == ["ledger_entry: UPDATE"]
    execute("RESET ROLE")
    assert main(["database-roles", run_time]) == 0
    granted = f'GRANT SELECT, INSERT, UPDATE (body, nonce) ON "ledger_entry" TO "{run_time}";'
    assert granted in capsys.readouterr().out
    roles.apply(connection, run_time)
    execute(f"SET ROLE {run_time}")
    assert roles.excess(connection) == []
    execute("RESET ROLE")


@on_postgresql
@pytest.mark.parametrize("role", ["postgres", "no_such_role"])
def test_a_role_that_grants_cannot_limit_is_refused(role, capsys):
    assert main(["database-roles", role]) == 1
    assert role in capsys.readouterr().out


@pytest.mark.skipif("connection.vendor == 'postgresql'", reason="PostgreSQL has roles")
def test_sqlite_says_that_it_has_no_roles(capsys):
    assert main(["database-roles", "anybody"]) == 1
    assert "SQLite has no roles" in capsys.readouterr().out
    call_command("check", "--deploy", "--database", "default", verbosity=0)
