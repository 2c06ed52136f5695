"""What is looked for on every page: axe's findings, and anything wider than a small phone."""

from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import NARROW, WIDE

# The first few elements that reach beyond the right edge and do not scroll in a box of their own.
TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= room) return []
  return [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > room + 1)
    .map(e => e.outerHTML.slice(0, 90)).slice(0, 3).concat(['the page is wider than ' + room])
}"""


def faults(page, paths):
    """What is wrong on these pages, one sentence each; empty when nothing is."""
    return [f"{path}: {fault}" for path in paths for fault in _faults_of(page, path)]


def _faults_of(page, path):
    page.set_viewport_size(WIDE)
    answer = page.goto(path)
    if answer.status != 200 or not page.url.endswith(path):
        return [f"answers {answer.status} at {page.url}"]
    found = [_told(v) for v in Axe().run(page).response["violations"]]
    page.set_viewport_size(NARROW)
    return found + page.evaluate(TOO_WIDE)


def _told(violation):
    where = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
    return f"{violation['id']} ({violation['help']}): {where}"
