"""The check of a downloaded bid history: the honest passes, each planted lie is named."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from marketplace import keys
from marketplace.ledger import export, queries
from procurement import verification
from procurement.bidhistory import check, tables, write
from procurement.bidhistory.slices import Slice
from procurement.dossier.pack import Pack
from procurement.models import BidLine
from tests.factories import AFTER, tender_at

pytestmark = pytest.mark.django_db
FORMS = tuple(tables.FORMS)


@pytest.fixture
def opened(market):
    return tender_at("opened", market, title="=1+1; -2")


@pytest.fixture
def evidence(opened, tmp_path):
    """The public history of the tender, as anybody downloads it."""
    path = tmp_path / "history.jsonl"
    lines = export.as_jsonl(opened.reference, include=("public", "opening"), now=AFTER)
    path.write_bytes(b"".join(lines))
    return str(path)


def made(folder, form="csv", chosen=Slice()):  # noqa: B008 - a frozen value
    path = Path(folder) / "bids.zip"
    with path.open("wb") as out:
        write.write(out, chosen, form=form, now=AFTER)
    return str(path)


def faults(name, against=()):
    report = check.check(name, queries.verifier_key(), against)
    return {one.name: one.detail for one in report.checks if not one.passed}


def forged(name, edit, *, signed=True, **facts):
    """The same file with another table; signed anew, as whoever runs the service could."""
    with zipfile.ZipFile(name) as found:
        manifest = json.loads(found.read("manifest.json"))
        files = {path: found.read(path) for path in (manifest["table"], "README.txt")}
    files[manifest["table"]] = edit(files[manifest["table"]])
    out = io.BytesIO()
    pack = Pack(out)
    for path, data in files.items():
        pack.add(path, [data])
    kept = {k: v for k, v in manifest.items() if k not in ("files", "signature", "origin")}
    seed = keys.load("ledger") if signed else b"\1" * 32
    pack.close({**kept, **facts}, origin=queries.origin(), seed=seed)
    Path(name).write_bytes(out.getvalue())
    return name


@pytest.mark.parametrize("form", FORMS)
def test_an_honest_file_passes_alone_and_against_the_history(evidence, tmp_path, form):
    name = made(tmp_path, form)
    assert faults(name) == {}
    report = check.check(name, queries.verifier_key(), [evidence])
    assert report.passed, report.lines()
    assert all(one.compared for one in report.checks), report.lines()


def test_what_is_not_compared_is_told(opened, tmp_path):
    report = check.check(made(tmp_path))
    words = {one.name: one.word for one in report.checks}
    assert words["key is the published one"] == words["rows say what their leaves hold"] == "SKIP"


def test_a_changed_table_has_another_hash(opened, tmp_path):
    name = made(tmp_path)
    raw = Path(name).read_bytes()
    Path(name).write_bytes(raw.replace(b",310,", b",319,"))
    assert set(faults(name)) == {"files have the hashes of the manifest"}


def test_another_signature_is_refused(opened, tmp_path):
    name = forged(made(tmp_path), lambda raw: raw, signed=False)
    assert "manifest is signed" in faults(name)


def test_a_wrong_number_of_rows_is_caught(opened, tmp_path):
    name = forged(made(tmp_path), lambda raw: raw, rows=2)
    assert set(faults(name)) == {"rows are as many as the manifest says"}


def test_a_row_with_another_leaf_is_caught(opened, tmp_path):
    leaf = _leaf(opened)
    name = forged(made(tmp_path), lambda raw: raw.replace(leaf, b"0" * 64))
    assert set(faults(name)) == {"leaves have the digest of the manifest"}


def _leaf(tender):
    bid = tender.sealed_bids.first()
    return queries.entries_for(tender.reference).get(pk=bid.sequence).leaf_hash.encode()


def test_a_leaf_after_the_checkpoint_is_caught(opened, tmp_path):
    size = queries.latest_checkpoint()
    place = f",{queries.entries_for(opened.reference).get(event='BidsOpened').pk},".encode()
    name = forged(made(tmp_path), lambda raw: raw.replace(place, b",999999,"))
    assert set(faults(name)) == {"leaves are under the checkpoint"}, size


LIES = {
    "unit_price": (b",310,", b",210,"),
    "unit": (b',"t",', b',"kg",'),
    "description": (b'"White maize"', b'"Yellow maize"'),
    "currency": (b'"USD"', b'"ZWG"'),
    "title": (b"=1+1; '-2", b"=1+1; '-3"),
    "quantity": (b",100,310", b",900,310"),
    "revision": (b"Z,1,", b"Z,3,"),
    "submitted_at": (b"2026-03-03T08:00:00.000000Z", b"2026-03-03T08:00:00.000001Z"),
}


@pytest.mark.parametrize("column", LIES)
def test_a_signed_lie_about_what_a_leaf_binds_is_caught(evidence, tmp_path, column):
    """The operator signs whatever he likes; the leaf does not move."""
    name = forged(made(tmp_path), lambda raw: raw.replace(*LIES[column]))
    found = faults(name, [evidence])
    assert column in found["rows say what their leaves hold"]


def test_a_signed_lie_in_the_database_is_caught(evidence, tmp_path, opened):
    """The rows of the database were changed before the file was made."""
    BidLine.objects.filter(unit_price="310").update(unit_price="290")
    found = faults(made(tmp_path), [evidence])
    assert "the leaf holds 310" in found["rows say what their leaves hold"]


def test_a_row_left_out_is_caught(evidence, tmp_path, opened):
    BidLine.objects.filter(unit_price="310").delete()
    assert "no row of a compared tender is missing" in faults(made(tmp_path), [evidence])


def test_a_forged_history_is_no_evidence(evidence, tmp_path):
    lines = Path(evidence).read_text().replace('"unit_price":"310"', '"unit_price":"311"')
    Path(evidence).write_text(lines)
    assert set(faults(made(tmp_path), [evidence])) == {"history.jsonl is a genuine history"}


@pytest.mark.parametrize("cut", [0, 10, 500, -1])
def test_a_broken_file_is_told_and_is_no_traceback(opened, tmp_path, cut):
    name = made(tmp_path)
    Path(name).write_bytes(Path(name).read_bytes()[:cut])
    assert not check.check(name).passed


def test_the_command_needs_no_django_and_ends_with_the_verdict(evidence, tmp_path):
    name = made(tmp_path)
    words = ["verify", name, "--key", queries.verifier_key(), "--against", evidence]
    program = (
        "import sys; sys.modules['django'] = None\n"
        f"from marketplace.__main__ import main; sys.exit(main({words!r}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PASS rows say what their leaves hold: 3 rows of 1 tenders" in done.stdout
    forged(name, lambda raw: raw.replace(b",310,", b",210,"))
    assert verification.main(words[1:]) == 1
