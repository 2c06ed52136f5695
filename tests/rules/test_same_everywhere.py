"""One case, one digest: over hash seeds, locales, time zones and orders of what was given."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules.digest_of_everything import digest

ROOT = Path(__file__).parents[2]
PLACES = (
    ("UTC", "C"),
    ("Africa/Harare", "C.UTF-8"),
    ("Pacific/Kiritimati", "POSIX"),
    ("America/St_Johns", "en_US.UTF-8"),
)
HASH_SEEDS = range(20)


@pytest.fixture(scope="module")
def here():
    return digest(shuffles=0)


def elsewhere(seed):
    zone, language = PLACES[seed % len(PLACES)]
    known = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout
    # A language that this machine lacks cannot be set; C.UTF-8 is always there.
    language = language if language.split(".")[0] in known else "C.UTF-8"
    setting = {"PYTHONHASHSEED": str(seed), "TZ": zone, "LC_ALL": language, "PYTHONUTF8": "0"}
    return subprocess.run(
        [sys.executable, "-S", "-m", "tests.rules.digest_of_everything", "1"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **setting},
        check=True,
    ).stdout


@pytest.mark.parametrize("seed", HASH_SEEDS)
def test_every_vector_gives_the_same_bytes_under_every_hash_seed_zone_and_locale(seed, here):
    assert elsewhere(seed) == here


def test_fifty_orders_of_what_was_given_make_no_difference(here):
    assert digest(shuffles=50) == here
