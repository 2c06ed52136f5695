"""Imports that are killed, and imports at the same time: with real processes."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection, transaction

from procurement.models import Bid, Evaluation, ImportBatch, ImportLock, Tender
from procurement.operations import history_lock
from tests.history.cast import NOW, csv_text, mapping_text

pytestmark = pytest.mark.django_db(transaction=True)

TENDERS = 400


@pytest.fixture
def files(tmp_path):
    rows = [
        f"{n},14/05/2019,Maize {n},Firm {n % 50 + bid},2000,1,{1000 + bid},{int(bid == 0)},"
        for n in range(TENDERS)
        for bid in range(3)
    ]
    (tmp_path / "history.csv").write_text(csv_text(*rows))
    (tmp_path / "map.toml").write_text(mapping_text())
    return [str(tmp_path / "history.csv"), "--mapping", str(tmp_path / "map.toml")]


def command(*words: str) -> subprocess.Popen:
    """The command in a process of its own, on the database of this test."""
    return subprocess.Popen(
        [sys.executable, "-m", "marketplace", "import-history", *words],
        env={**os.environ, "MUSIKA_DATABASE_URL": database_url(), **PLAIN},
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


PLAIN = {"DJANGO_SETTINGS_MODULE": "marketplace.settings", "PYTHONDONTWRITEBYTECODE": "1"}


def database_url() -> str:
    data = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{data['NAME']}"
    return (
        f"postgres://{data['USER']}:{data['PASSWORD']}@{data['HOST']}:{data['PORT']}/{data['NAME']}"
    )


def wait_for_tenders() -> None:
    until = time.monotonic() + 60
    while not Tender.objects.exists() and time.monotonic() < until:
        time.sleep(0.01)


def hold_lock(holder: str) -> None:
    batch = ImportBatch.objects.create(source="x", filename="other.csv", sha256="", started_at=NOW)
    ImportLock.objects.create(batch=batch, holder=holder, held_since=NOW)


def test_an_import_that_was_killed_is_completed_by_the_next(files):
    killed = command(*files, "--batch", "5")
    wait_for_tenders()
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    partly = Tender.objects.count()
    assert 0 < partly < TENDERS
    assert Bid.objects.count() == 3 * partly == 3 * Evaluation.objects.count()
    out, _ = (second := command(*files)).communicate()
    assert second.returncode == 0
    assert f"{partly} tenders were there already" in out
    assert (Tender.objects.count(), Bid.objects.count()) == (TENDERS, 3 * TENDERS)
    assert ImportBatch.objects.filter(failed_at=None, finished_at=None).count() == 0


def test_a_second_import_at_the_same_time_is_refused(files):
    hold_lock(history_lock.this_process())
    _, err = (second := command(*files)).communicate()
    assert second.returncode == 3
    assert f"other.csv, process {os.getpid()}" in err
    assert "Wait until it has finished" in err
    assert not Tender.objects.exists()


def test_a_lock_of_a_process_that_has_ended_is_taken_over(files):
    host, _, started = history_lock.this_process().split(" ")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    hold_lock(f"{host} {gone.pid} {started}")
    assert command(*files).wait() == 0
    assert Tender.objects.count() == TENDERS


def test_a_lock_of_another_process_with_a_reused_id_is_taken_over(files):
    host, pid, started = history_lock.this_process().split(" ")
    hold_lock(f"{host} {pid} {int(started) + 1}")
    assert command(*files).wait() == 0


def test_a_lock_of_another_machine_is_taken_over_only_when_told(files):
    hold_lock("elsewhere 1 1")
    assert command(*files).wait() == 3
    assert command(*files, "--take-over").wait() == 0


def test_an_import_whose_lock_was_taken_stops_before_it_writes():
    hold_lock("elsewhere 1 1")
    mine = ImportBatch.objects.create(source="x", filename="mine.csv", sha256="", started_at=NOW)
    with transaction.atomic(), pytest.raises(history_lock.LockLost):
        history_lock.check_held(mine)
