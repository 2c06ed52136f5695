"""A browser whose clock is the story's: requests happen at the instant that a test says."""

import pytest

from marketplace import clock
from tests.factories import START, Market


@pytest.fixture
def market(db):
    return Market()


@pytest.fixture
def at(monkeypatch):
    """Call with an instant: from then on every request happens then."""

    def set_clock(now):
        monkeypatch.setattr(clock, "now", lambda: now)

    set_clock(START)
    return set_clock


@pytest.fixture
def signed_in(client):
    def sign_in(user):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
