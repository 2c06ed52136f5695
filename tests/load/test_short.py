"""The short form of each drill; README.md says how to run the long one."""

import os
import subprocess
import sys

import pytest

from tests.load.house import ROOT

SHORT = {
    "kill": ["--kills", "20", "--least", "60"],
    "races": ["--times", "2"],
    "backup": ["--bids", "10"],
    "canary": ["--bids", "5"],
    "deadline": ["--runs", "1", "--requests", "60"],
    "broker": ["--bids", "15"],
    "sequences": ["--sequences", "6"],
}


def test_postgresql_restarts_at_once():
    """Makes a PostgreSQL of its own, where one is installed."""
    from tests.load import database

    if not os.environ.get("MUSIKA_TEST_DATABASE_URL") or "/" not in database.program("initdb"):
        pytest.skip("with the suite on PostgreSQL")
    drill("database", ["--restarts", "2", "--least", "5"])


@pytest.mark.parametrize("name", SHORT)
def test_drill(name):
    server = os.environ.get("MUSIKA_TEST_DATABASE_URL", "")
    drill(name, SHORT[name] + (["--database", server] if server else []))


def drill(name, words):
    command = [sys.executable, "-m", f"tests.load.{name}", *words]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "marketplace.settings"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
