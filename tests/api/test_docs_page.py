"""The interactive page in a real browser, under the policy that forbids everything foreign."""

import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (apt package chromium)")
def test_the_interactive_page_renders_without_a_word_on_the_console(live_server, monkeypatch):
    from playwright.sync_api import sync_playwright

    # Playwright runs an event loop in this thread; what Django guards against does not happen.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    said = []
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{live_server.url}/api/docs/")
        page.wait_for_selector(".opblock", timeout=30_000)
        operations = drawn(page)
        browser.close()
    assert operations > 150
    assert said == []


def drawn(page):
    """How many operations the page shows to whoever scrolls to its end: it draws what is seen."""
    seen, height = set(), page.evaluate("document.body.scrollHeight")
    for place in range(0, height + 600, 600):
        page.evaluate(f"window.scrollTo(0, {place})")
        page.wait_for_timeout(60)
        seen.update(page.locator(".opblock").evaluate_all("all => all.map(one => one.id)"))
    return len(seen)
