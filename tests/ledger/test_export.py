"""A history as a file: who sees what, in which form, verified by a stranger."""

import csv
import io
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from marketplace.ledger import export, queries, signer, verify
from marketplace.ledger.models import Entry
from marketplace.ledger.record import AUDITOR, OPENING, PUBLIC
from tests.ledger.conftest import EVERYTHING, LIFE, START, append
from tests.ledger_support import without_triggers

pytestmark = pytest.mark.django_db
NOW = START + timedelta(days=1)


def lines(subject, include=EVERYTHING):
    return [json.loads(line) for line in export.as_jsonl(subject, include=include, now=NOW)]


def report(subject, include=EVERYTHING, **given):
    return verify.verify_history(export.as_jsonl(subject, include=include, now=NOW), **given)


def told(subject, include=EVERYTHING):
    return b"".join(export.as_jsonl(subject, include=include, now=NOW)).decode()


def test_the_header_names_subject_key_checkpoint_and_time(tender):
    header = lines(tender)[0]
    assert header["format"] == "musika-history/1"
    assert header["subject"] == tender
    assert header["key"] == queries.verifier_key()
    assert header["checkpoint"] == queries.latest_checkpoint().note
    assert header["exported_at"] == "2026-03-02T07:00:00.000000Z"


def test_an_auditor_gets_every_body(tender):
    assert [line["event"] for line in lines(tender)[1:]] == [event for event, _, _ in LIFE]
    assert all(line["disclosure"] == "shown" for line in lines(tender)[1:])


def test_before_the_opening_the_public_cannot_even_count_the_bids(tender):
    found = lines(tender, {PUBLIC})
    assert {line["visibility"] for line in found[1:]} == {PUBLIC, AUDITOR}
    assert found[0]["left_out"] == ["opening"]
    assert not any(word in told(tender, {PUBLIC}) for word in ("BidSubmitted", "BidWithdrawn"))


def test_after_the_opening_the_public_gets_the_bids(tender):
    found = lines(tender, {PUBLIC, OPENING})
    assert len(found[1:]) == len(LIFE)
    assert found[0]["left_out"] == []


def test_what_is_for_auditors_stays_in_the_file_without_its_content(tender):
    [hidden] = [line for line in lines(tender, {PUBLIC})[1:] if line["visibility"] == AUDITOR]
    assert hidden["disclosure"] == "withheld"
    assert (hidden["event"], hidden["body"], hidden["nonce"]) == (None, None, None)
    assert hidden["proof"]
    assert "ConflictDeclared" not in told(tender, {PUBLIC})


@pytest.mark.parametrize(
    "include", [EVERYTHING, {PUBLIC}, {PUBLIC, OPENING}, {PUBLIC, AUDITOR}, {AUDITOR}]
)
def test_every_honest_history_verifies(tender, include):
    found = report(tender, include, expected_key=queries.verifier_key())
    assert found.passed, found.lines()


def test_the_report_counts_what_is_not_shown(tender):
    with without_triggers():
        Entry.objects.filter(subject=tender, event="EnquiryAnswered").update(body="", nonce="")
    found = report(tender, {PUBLIC})
    assert [c.name for c in found.checks if not c.passed] == ["what is not shown is told"]
    assert "nobody decided to erase it" in str(found.lines())


def test_the_files_of_another_tender_are_apart(tender):
    assert {line["event"] for line in lines("ZW-2026-0002")[1:]} == {"DeliveryReceived"}
    assert report("ZW-2026-0002").passed


def test_a_subject_without_history_is_refused_at_once():
    with pytest.raises(export.NoHistory) as caught:
        export.as_jsonl("nothing", include=EVERYTHING, now=NOW)
    assert caught.value.code == "no-history"


def test_an_altered_ledger_is_refused_at_once_and_not_in_the_middle_of_a_file(tender):
    with without_triggers():
        Entry.objects.filter(sequence=3).update(body="{}")
    with pytest.raises(signer.LedgerAltered):
        export.as_jsonl(tender, include=EVERYTHING, now=NOW)


def test_more_entries_than_a_batch_are_exported_in_order(monkeypatch, tender):
    monkeypatch.setattr(export, "BATCH", 3)
    found = [line["sequence"] for line in lines(tender)[1:]]
    assert found == sorted(found)
    assert report(tender).passed


def test_an_entry_recorded_while_a_history_is_read_is_not_in_it(tender):
    reading = export.as_jsonl(tender, include=EVERYTHING, now=NOW)
    first = next(reading)
    append("ComplaintLodged", now=NOW)
    found = verify.verify_history([first, *reading])
    assert found.passed, found.lines()


def table(subject, include=EVERYTHING):
    text = b"".join(export.as_csv(subject, include=include, now=NOW)).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_the_csv_has_one_row_per_entry_and_a_column_per_key(tender):
    rows = table(tender)
    assert [row["event"] for row in rows] == [event for event, _, _ in LIFE]
    assert rows[0]["title"] == "White maize"
    assert rows[0]["tonnes"] == "120.5"
    assert rows[-1]["read_out"] == '[{"bidder":"b2","price":"300"}]'


def test_the_csv_hides_what_the_lines_hide(tender):
    rows = table(tender, {PUBLIC})
    assert [row["event"] for row in rows].count("") == 1
    assert "evaluator" not in rows[0]
    assert "digest" not in rows[0]


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_cell_is_never_a_formula(tender, start):
    append("EnquiryAnswered", body={"answer": start, "=key": "x"}, now=NOW)
    rows = table(tender)
    assert rows[-1]["answer"] == "'" + start
    assert rows[-1]["'=key"] == "x"


@pytest.mark.parametrize("text", ["", "Zaka, “Ward 5”", 'a "b", c', "1 = 1", "two\nlines", "5-6"])
def test_other_cells_are_as_they_were(tender, text):
    append("EnquiryAnswered", body={"answer": text}, now=NOW)
    assert table(tender)[-1]["answer"] == text


def test_the_verifier_runs_from_two_copied_files_without_the_project(tender, tmp_path):
    source = Path(verify.__file__).parent
    for name in ("verify.py", "notes.py"):
        (tmp_path / name).write_text((source / name).read_text())
    (tmp_path / "history.jsonl").write_text(told(tender))
    command = [sys.executable, "-S", "-E", "verify.py", "history.jsonl"]
    command += ["--key", queries.verifier_key()]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("PASS") == len(done.stdout.splitlines()) == 12


def test_the_verifier_ends_with_one_for_a_bad_file(tender, tmp_path, capsys):
    bad = tmp_path / "bad.jsonl"
    bad.write_text(told(tender).replace("White maize", "Red maize"))
    assert verify.main([str(bad)]) == 1
    assert "FAIL bodies match their commitments: line 2 (entry 1)" in capsys.readouterr().out
    assert verify.main([str(tmp_path / "absent")]) == 1
