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
}


@pytest.mark.parametrize("drill", SHORT)
def test_drill(drill):
    command = [sys.executable, "-m", f"tests.load.{drill}", *SHORT[drill]]
    server = os.environ.get("MUSIKA_TEST_DATABASE_URL", "")
    if server:
        command += ["--database", server]
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
