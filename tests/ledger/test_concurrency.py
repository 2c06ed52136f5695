"""Appends from many threads and processes leave one ledger without a gap, on either database."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from marketplace.ledger import outside, proofs, signer
from marketplace.ledger.models import Entry, Head
from tests.ledger.appender import append_many
from tests.ledger.conftest import START, append

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 4


def closing_its_connection(work):
    def run(*arguments):
        try:
            return work(*arguments)
        finally:
            connection.close()

    return run


def one_ledger_of(count):
    rows = list(Entry.objects.order_by("sequence"))
    assert [row.sequence for row in rows] == list(range(count))
    times = [row.recorded_at for row in rows]
    assert times == sorted(times)
    signed = signer.sign_checkpoint(START)
    assert signed.size == Head.objects.get().size == count
    return len(proofs.inclusions(rows, signed)) == count


def test_threads_that_append_at_once_leave_no_gap():
    with ThreadPoolExecutor(WRITERS) as pool:
        work = closing_its_connection(append_many)
        list(pool.map(work, [f"thread-{i}" for i in range(WRITERS)], [40] * WRITERS))
    assert one_ledger_of(WRITERS * 40)


def test_processes_that_append_at_once_leave_no_gap():
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "MUSIKA_DATABASE_URL": address_of_the_test_database(),
    }
    command = [sys.executable, "-m", "tests.ledger.appender"]
    running = [
        subprocess.Popen([*command, f"process-{i}", "40"], env=environment) for i in range(WRITERS)
    ]
    assert [process.wait(120) for process in running] == [0] * WRITERS
    assert one_ledger_of(WRITERS * 40)


def address_of_the_test_database():
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    who = f"{values['USER']}:{values['PASSWORD']}".rstrip(":")
    return f"postgres://{who}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


def test_an_append_waits_for_the_transaction_before_it():
    entered, order = threading.Event(), []

    @closing_its_connection
    def second():
        entered.wait(10)
        order.append(("second", append("BidSubmitted").sequence))

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        first = append("TenderPublished").sequence
        entered.set()
        thread.join(0.5)
        assert thread.is_alive()
        order.append(("first", first))
    thread.join(20)
    assert order == [("first", 0), ("second", 1)]


def test_heads_signed_at_once_are_all_of_one_ledger():
    @closing_its_connection
    def append_and_sign(turn):
        with transaction.atomic():
            row = append("BidSubmitted", subject=f"T{turn}")
            signed = signer.sign_checkpoint(START)
            proofs.inclusion(row, signed)
        return signed.size

    with ThreadPoolExecutor(WRITERS) as pool:
        sizes = list(pool.map(append_and_sign, range(40)))
    assert sorted(sizes) == list(range(1, 41))
    assert "\n40\n" in outside.head_file().read_text()
    assert signer.audit().size == 40
