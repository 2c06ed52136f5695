"""Every kind of edit is caught; `python -m benchmarks.tampering` tries ten thousand of them."""

import random

import pytest

from procurement.dossier.verifier import main
from tests.dossier.edits import EDITS, unpack

# For the fixture: pytest-django makes a database only where a test asks for one.
pytestmark = pytest.mark.django_db


def statuses(raw, path, key):
    path.write_bytes(raw)
    return main.verify(str(path), main.options([str(path), "--key", key]))


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_caught(name, awarded, tmp_path):
    raw, sign = awarded
    edited = EDITS[name](unpack(raw), random.Random(name), sign)
    report = statuses(edited, tmp_path / "edited.zip", sign.key)
    assert edited != raw and report.faults, report.checks()


def test_the_untouched_dossier_passes_and_nothing_is_skipped(awarded, tmp_path):
    raw, sign = awarded
    report = statuses(raw, tmp_path / "honest.zip", sign.key)
    assert {status for status, _, _ in report.checks()} == {"PASS"}, report.checks()
