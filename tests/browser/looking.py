"""What is looked for on every page.

Axe's findings, what the keyboard does not reach or show, and anything wider than a small phone.
"""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import NARROW, WIDE

# A folder for pictures of every page that is looked at, for whoever wants to see them.
PICTURES = os.environ.get("MUSIKA_PICTURES")

# The first few elements that reach beyond the right edge and do not scroll in a box of their own.
TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= room) return []
  return [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > room + 1)
    .map(e => e.outerHTML.slice(0, 90)).slice(0, 3).concat(['the page is wider than ' + room])
}"""
# Everything that a hand could press or fill; of a group of radio buttons the keyboard takes one.
NUMBERED = """() => {
  const seen = new Set()
  const takes = e => {
    if (!e.checkVisibility() || e.disabled || e.tabIndex < 0) return false
    if (e.type !== 'radio') return true
    const group = (e.form ? e.form.id + e.form.action : '') + e.name
    return !seen.has(group) && !!seen.add(group)
  }
  const found = [...document.querySelectorAll('a[href],button,input,select,textarea,summary')]
  found.filter(takes).forEach((e, n) => { e.dataset.reach = e.type === 'radio' ? e.name : n })
  return document.querySelectorAll('[data-reach]').length
}"""
FOCUSED = """() => {
  const e = document.activeElement, style = getComputedStyle(e)
  if (e === document.body) return null
  const shows = style.outlineStyle !== 'none' || style.boxShadow !== 'none'
  return [e.type === 'radio' ? e.name : e.dataset.reach || '', shows ? '' : e.outerHTML]
}"""
MISSED = """reached => [...document.querySelectorAll('[data-reach]')]
  .filter(e => !reached.includes(e.dataset.reach)).map(e => e.outerHTML.slice(0, 90))"""


def unreached(page):
    """What Tab does not reach, and where the focus does not show, one sentence each."""
    reached, unseen, rounds = [], [], 0
    for _ in range(page.evaluate(NUMBERED) + 10):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED)
        if here is None:
            # A page that puts the focus on its errors is reached from there, then from its top.
            rounds += 1
            if rounds == 2:
                break
            continue
        reached.append(here[0])
        unseen += [f"the focus does not show: {here[1][:90]}"] if here[1] else []
    missed = page.evaluate(MISSED, reached)
    return unseen[:3] + [f"Tab does not reach: {html}" for html in missed[:3]]


def faults(page, paths):
    """What is wrong on these pages, one sentence each; empty when nothing is."""
    return [f"{path}: {fault}" for path in paths for fault in _faults_of(page, path)]


def _faults_of(page, path):
    page.set_viewport_size(WIDE)
    answer = page.goto(path)
    if answer.status != 200 or not page.url.endswith(path):
        return [f"answers {answer.status} at {page.url}"]
    return look(page, path)


def look(page, path):
    """What is wrong with the page that is open now, for pages that only a POST leads to."""
    page.set_viewport_size(WIDE)
    _picture(page, path)
    found = [_told(v) for v in Axe().run(page).response["violations"]] + unreached(page)
    page.set_viewport_size(NARROW)
    _picture(page, path)
    return found + page.evaluate(TOO_WIDE)


def _picture(page, path):
    if PICTURES:
        width = page.viewport_size["width"]
        name = f"{path.strip('/').replace('/', '-') or 'home'}-{width}.png"
        page.screenshot(path=Path(PICTURES, name), full_page=True)


def _told(violation):
    where = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
    return f"{violation['id']} ({violation['help']}): {where}"
