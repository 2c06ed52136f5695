"""A real worker, a real broker, and what remains when the worker is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from marketplace.notify import outbox
from marketplace.notify.models import Message
from marketplace.notify.tasks import deliver_outbox
from tests.factories import START, person

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]


def environment() -> dict[str, str]:
    """What the worker needs to meet the test's own database and broker."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        url = os.environ["MUSIKA_TEST_DATABASE_URL"].rpartition("/")[0] + f"/{name}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
        "MUSIKA_DATABASE_URL": url,
        "MUSIKA_EMAIL_URL": "filemail://",
    }


@pytest.fixture
def worker():
    """Start workers on demand; none survives the test."""
    started: list[subprocess.Popen] = []

    def start() -> subprocess.Popen:
        command = [sys.executable, "-m", "celery", "-A", "marketplace.celery", "worker"]
        log = (settings.VAR_DIR / "worker.log").open("wb")
        started.append(
            subprocess.Popen(
                [*command, "-P", "solo", "--without-mingle", "--without-gossip"],
                cwd=ROOT,
                env=environment(),
                stdout=log,
                stderr=log,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def owed() -> Message:
    outbox.queue("k", [person("Farai")], subject="Receipt", body="It is in.", now=START)
    return Message.objects.get()


def sent_within(message: Message, seconds: float) -> bool:
    for _ in range(int(seconds * 5)):
        message.refresh_from_db()
        if message.sent_at:
            return True
        time.sleep(0.2)
    return False


def test_a_worker_takes_the_sweep_from_the_broker_and_sends_what_is_owed(worker):
    message = owed()
    worker()
    deliver_outbox.delay()
    log = (settings.VAR_DIR / "worker.log").read_text
    assert sent_within(message, 60), log()
    letters = [
        path for path in Path(settings.OUTBOX_DIR).iterdir() if "Receipt" in path.read_text()
    ]
    assert letters and all(path.stat().st_mode & 0o077 == 0 for path in letters)


def test_a_killed_worker_loses_nothing_that_the_next_sweep_does_not_find(worker):
    message = owed()
    process = worker()
    process.send_signal(signal.SIGKILL)
    process.wait()
    worker()
    deliver_outbox.delay()
    assert sent_within(message, 60)
    assert Message.objects.filter(sent_at=None).count() == 0
