"""What each public page costs a visitor, in a real browser on a running demo.

    make demo                                        (in one terminal)
    python -m benchmarks.page_budgets [--address http://127.0.0.1:8000]

First visit: nothing is cached; later visit: the same page again. Bytes are those over the wire,
heads counted. Limits of the house: 50 KB first, 14 KB later; ends with 1 when a page is over.
"""

import argparse
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

FIRST, LATER = 50 * 1024, 14 * 1024
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"] + [
    f"--disable-{what}" for what in ("background-networking", "component-update", "sync")
]
# Where each kind of page is found: an address, or a link on the page before it.
PAGES = (
    ("home", "/", ""),
    ("tenders", "/tenders/", ""),
    ("tenders, filtered", "/tenders/?status=open&sort=closing", ""),
    ("a tender", "/tenders/?status=open", "main h3 a[href^='/tenders/'], main h2 a"),
    ("an awarded tender", "/tenders/?status=awarded", "main h3 a[href^='/tenders/'], main h2 a"),
    ("results", "/results/", ""),
    ("prices", "/prices/", ""),
    ("check the record", "/verify/", ""),
    ("checkpoint", "/checkpoint/", ""),
    ("help", "/help/", ""),
    ("accessibility", "/accessibility/", ""),
    ("sign in", "/accounts/login/", ""),
)


@dataclass(frozen=True)
class Visit:
    """One load of a page: bytes over the wire, requests, what the server said of its work."""

    size: int
    requests: int
    nodes: int
    server: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    address = parser.parse_args().address.rstrip("/")
    print(f"{'page':20} {'first B':>8} {'later B':>8} {'requests':>8} {'nodes':>6}  server")
    over = [name for name, first, later in measured(address) if told(name, first, later)]
    print(f"limits: {FIRST} first, {LATER} later; over: {', '.join(over) or 'none'}")
    return 1 if over else 0


def told(name: str, first: Visit, later: Visit) -> bool:
    row = f"{name:20} {first.size:8} {later.size:8} {first.requests:8} {first.nodes:6}"
    print(f"{row}  {first.server}")
    return first.size > FIRST or later.size > LATER


def measured(address: str) -> Iterator[tuple[str, Visit, Visit]]:
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, path, link in PAGES:
            target = found(browser, address, path, link)
            if target:
                page = browser.new_context().new_page()
                yield name, visit(page, target), visit(page, target)
                page.context.close()
        browser.close()


def found(browser: Browser, address: str, path: str, link: str) -> str:
    """The address of the page; empty where the demo has no such page now."""
    if not link:
        return address + path
    page = browser.new_page()
    page.goto(address + path)
    there = page.locator(link)
    href = there.first.get_attribute("href") if there.count() else ""
    page.close()
    return address + href if href else ""


def visit(page: Page, target: str) -> Visit:
    wire = page.context.new_cdp_session(page)
    seen: dict[str, Any] = {"size": 0, "requests": 0}
    wire.on("Network.loadingFinished", lambda event: _add(seen, "size", event["encodedDataLength"]))
    wire.on("Network.requestWillBeSent", lambda event: _add(seen, "requests", 1))
    wire.send("Network.enable")
    answer = page.goto(target, wait_until="networkidle")
    head = answer.headers.get("server-timing", "") if answer else ""
    numbers = re.findall(r'dur=([\d.]+)|desc="([^"]+)"', head)
    server = ", ".join(f"{time} ms" if time else words for time, words in numbers)
    nodes = page.evaluate("document.querySelectorAll('*').length")
    wire.detach()
    return Visit(seen["size"], seen["requests"], nodes, server)


def _add(seen: dict[str, Any], what: str, value: float) -> None:
    seen[what] += int(value)


if __name__ == "__main__":
    sys.exit(main())
