"""The second verifier, in a browser: it agrees with the first on honest and on edited dossiers."""

import random
from pathlib import Path

import pytest

from procurement import dossier as package
from tests.dossier.edits import EDITS, unpack
from tests.dossier.support import amendments_made, awarded

__all__ = ["amendments_made", "awarded"]

pytestmark = pytest.mark.django_db
PAGE = Path(package.__file__).parent / "verify.html"


@pytest.fixture
def checked(browser, tmp_path):
    """Opens the page from the disk, as whoever unpacked it would; gives statuses by question."""
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    def check(raw, key):
        page.goto(PAGE.as_uri())
        path = tmp_path / "dossier.zip"
        path.write_bytes(raw)
        page.fill("#key", key)
        page.set_input_files("#file", str(path))
        # The page's own rules forbid `eval`, and with it playwright's waiting for a function.
        page.locator("body[data-done]").wait_for()
        rows = page.locator("#report li").all()
        assert all(url.startswith("file:") for url in asked)
        return {
            r.locator("span").inner_text().split("\n")[0]: r.get_attribute("class") for r in rows
        }

    return check


def test_an_honest_dossier_passes(checked, awarded):
    raw, sign = awarded
    found = checked(raw, sign.key)
    assert len(found) > 18
    assert {name for name, status in found.items() if status != "PASS"} == {"Evaluations recompute"}


def test_every_kind_of_edit_is_caught_here_too(checked, awarded):
    raw, sign = awarded
    missed = []
    for name, edit in EDITS.items():
        edited = edit(unpack(raw), random.Random(name), sign)
        if "FAIL" not in checked(edited, sign.key).values():
            missed.append(name)
    assert missed == []


@pytest.mark.parametrize("honest", [True, False])
def test_an_amendment_is_checked_here_too(checked, amendments_made, honest):
    raw, sign = amendments_made[honest]
    found = checked(raw, sign.key)
    assert found["Terms are as published"] == ("PASS" if honest else "FAIL")
