"""Takes the pictures that README shows, of a demo that is running.

make demo                                   (in one terminal)
make screenshots                            (in another)

The demo is invented in the same way every time, so that two takings differ only in their dates.
"""

import argparse
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
ADDRESS = "http://127.0.0.1:8000"
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
HEIGHTS = {1280: 900, 360: 720}
PICTURES = (
    ("tenders", "/tenders/", 1280),
    ("tenders", "/tenders/", 360),
    ("tender", "", 1280),
    ("home", "/", 1280),
    ("prices", "/prices/", 1280),
)
FIRST_TENDER = "main a[href^='/tenders/MUS-']"


def main() -> int:
    """Exit code 0 when every picture was taken, 1 when one thing or another is not there."""
    address = _arguments().address.rstrip("/")
    trouble = _missing(address)
    if trouble:
        print(trouble, file=sys.stderr)
        return 1
    with _browser() as browser:
        for name, path, width in PICTURES:
            file = HERE / f"{name}-{width}.png"
            _take(browser, address, path, width, file)
            print(f"{file.name}: {file.stat().st_size // 1024} KB")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--address", default=ADDRESS, help=f"of the demo; {ADDRESS} by default")
    return parser.parse_args()


def _missing(address: str) -> str:
    """What has to be mended before a picture can be taken; empty when nothing has."""
    if CHROMIUM is None:
        return "Chromium is not installed. Install the package chromium, then try again."
    try:
        urlopen(f"{address}/tenders/", timeout=30).close()
    except (URLError, OSError, ValueError) as error:
        return (
            f"No demo answers at {address} ({error}). Start one with `make demo`, wait until it "
            "says that it runs, then try again; --address names another address."
        )
    return ""


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def _take(browser: Browser, address: str, path: str, width: int, file: Path) -> None:
    page = browser.new_page(viewport={"width": width, "height": HEIGHTS[width]})
    page.goto(address + (path or _first_tender(page, address)))
    page.screenshot(path=file, animations="disabled")
    page.close()


def _first_tender(page: Page, address: str) -> str:
    page.goto(f"{address}/tenders/")
    return page.locator(FIRST_TENDER).first.get_attribute("href") or "/tenders/"


if __name__ == "__main__":
    sys.exit(main())
