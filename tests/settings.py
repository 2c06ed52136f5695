"""The settings that tests run with: those of the product, in a temporary house of their own.

pytest-django loads settings before any conftest, so what must be in the environment when
`marketplace.settings` is read is put there here. Child processes of a test inherit it.

MUSIKA_TEST_DATABASE_URL  the server to test on; without it, a SQLite file
MUSIKA_TEST_BROKER_URL    the broker; without it, a folder
MUSIKA_TEST_CACHE_URL     a Redis without a database number, whose numbers from 8 on are emptied;
                          without it, files
"""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")

if os.environ.get("MUSIKA_TEST_OWNER") != _WORKER:
    # A new process of the test runner, not a child that a test started: it gets its own house.
    _house = tempfile.mkdtemp(prefix="musika-test-")
    atexit.register(shutil.rmtree, _house, ignore_errors=True)
    os.environ["MUSIKA_TEST_OWNER"] = _WORKER
    os.environ["MUSIKA_VAR_DIR"] = _house
    os.environ["MUSIKA_KEY_DIR"] = f"{_house}/keys"
    os.environ["MUSIKA_STATIC_BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    os.environ["MUSIKA_LOG_LEVEL"] = os.environ.get("MUSIKA_LOG_LEVEL", "WARNING")
    if os.environ.get("MUSIKA_TEST_DATABASE_URL"):
        os.environ["MUSIKA_DATABASE_URL"] = os.environ["MUSIKA_TEST_DATABASE_URL"]
    else:
        os.environ.pop("MUSIKA_DATABASE_URL", None)
    if os.environ.get("MUSIKA_TEST_BROKER_URL"):
        os.environ["MUSIKA_BROKER_URL"] = os.environ["MUSIKA_TEST_BROKER_URL"]
    else:
        os.environ.pop("MUSIKA_BROKER_URL", None)
    if os.environ.get("MUSIKA_TEST_CACHE_URL"):
        # Each process of the runner empties its own.
        _number = 8 + int(_WORKER.removeprefix("gw") if _WORKER != "main" else 0)
        os.environ["MUSIKA_CACHE_URL"] = f"{os.environ['MUSIKA_TEST_CACHE_URL']}/{_number}"
    else:
        os.environ.pop("MUSIKA_CACHE_URL", None)
    Path(_house, "static").mkdir()
    Path(_house, "keys").mkdir(mode=0o700)
    Path(_house, "keys", "django.key").write_text(secrets.token_hex(32) + "\n")

from marketplace.settings import *  # noqa: E402, F403
from marketplace.settings import DATABASES, VAR_DIR  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads and processes then meet the locks that the product meets.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}

# Argon2 is slow by design; no test is about its slowness.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Nor about how long a passphrase takes to try; tests/operations says what the default is.
OPENER_LOCK_COST = (1, 1, 64)

# Texts go to the simulated network, and programs that are called run beside the test.
SMS_URL = "simulator:"
WEBHOOK_LOOPBACK = True
USSD_SECRET = "a secret of the tests"
