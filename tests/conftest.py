"""Fixtures for every test. Settings and the temporary house are in tests/settings.py."""

import pytest
from django.utils import translation

from marketplace import keys
from tests import ledger_support

keys.ensure()

_TRANSACTIONAL = {"transactional_db", "live_server", "django_db_reset_sequences"}


@pytest.fixture(autouse=True)
def _ledger_can_be_emptied(request):
    """Lift the ledger's triggers for the flush that follows a test with real transactions.

    The flush ends with `post_migrate`, which puts them back (and the empty head).
    """
    marker = request.node.get_closest_marker("django_db")
    real = bool(marker and marker.kwargs.get("transaction")) or bool(
        _TRANSACTIONAL & set(request.fixturenames)
    )
    if real:
        # Asked for here so that it is torn down, and flushes, after this fixture.
        request.getfixturevalue("transactional_db")
    yield
    if real:
        ledger_support.lift_triggers()


@pytest.fixture(autouse=True)
def _signed_head_follows_the_database():
    """The last signed head lies in a file, which no rollback undoes: put it back as it was."""
    before = ledger_support.signed_head()
    yield
    ledger_support.put_signed_head(before)


@pytest.fixture(autouse=True)
def _pages_start_in_english():
    """A request leaves its language behind in the thread; the next test begins without it."""
    with translation.override("en"):
        yield
