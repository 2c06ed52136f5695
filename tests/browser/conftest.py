"""A real browser on a real server, at the instant of the story in tests/factories.py."""

import shutil

import pytest
from django.conf import settings
from django.test import Client

from marketplace import clock
from tests.factories import START, Market

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


def pytest_collection_modifyitems(items):
    """Everything in this folder needs Chromium, and says so where there is none."""
    missing = pytest.mark.skip(reason="Chromium is not installed (package chromium)")
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(missing)


@pytest.fixture
def browser(monkeypatch):
    """One Chromium a test. It stays inside the test: a playwright that outlives it leaves its
    event loop running in this thread, which other tests would trip over."""
    from playwright.sync_api import sync_playwright

    # Playwright runs an event loop in this thread; what Django guards against does not happen.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser, live_server):
    """A page of nobody in particular; addresses are paths on the live server."""
    page = browser.new_page(viewport=WIDE, base_url=live_server.url)
    page.set_default_timeout(10_000)
    return page


@pytest.fixture
def market(transactional_db):
    return Market()


@pytest.fixture
def at(monkeypatch):
    """Call with an instant: from then on every request happens then."""

    def set_clock(now):
        monkeypatch.setattr(clock, "now", lambda: now)

    set_clock(START)
    return set_clock


@pytest.fixture
def signed_in(page, live_server):
    """The same page with the session of this person."""

    def sign_in(user):
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
        page.context.add_cookies([cookie])
        return page

    return sign_in
