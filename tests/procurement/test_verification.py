import json

import pytest

from procurement import exports, verification
from tests.factories import AFTER, Market, tender_at

pytestmark = pytest.mark.django_db


def lines_of(tender):
    return list(exports.history(tender, "history_jsonl", AFTER))


@pytest.fixture
def awarded():
    return lines_of(tender_at("standstill", Market()))


def failed(lines):
    return {check.name for check in verification.verify(lines).checks if not check.passed}


def test_an_honest_history_passes_every_check(awarded):
    report = verification.verify(awarded)
    assert report.passed, report.lines()
    assert {"evaluation recomputes", "every standing bid was opened"} <= {
        check.name for check in report.checks
    }


def test_before_the_opening_nothing_is_said_to_have_been_compared():
    checks = verification.verify(lines_of(tender_at("open", Market()))).checks
    skipped = {check.name for check in checks if check.word == "SKIP"}
    assert {"every standing bid was opened", "evaluation recomputes"} <= skipped


def test_the_last_line_counts_what_was_not_compared(awarded, tmp_path, capsys):
    file = tmp_path / "history.jsonl"
    file.write_bytes(b"".join(awarded))
    assert verification.main([str(file)]) == 0
    assert "1 could not be made (SKIP)" in capsys.readouterr().out.splitlines()[-1]


def test_a_changed_price_in_the_case_does_not_recompute(awarded):
    """Even an edit for which the ledger's own commitments were forged along is caught."""
    history = verification.ledger.read(awarded)
    body = next(body for _, body in verification.bodies(history, "AwardDecided"))
    body["case"]["bids"][0]["lines"][0]["unit_price"] = "1"
    assert not all(check.passed for check in verification.check_evaluations(history))


def test_a_case_of_an_earlier_engine_is_told_to_be_one(awarded):
    history = verification.ledger.read(awarded)
    body = next(body for _, body in verification.bodies(history, "AwardDecided"))
    body["case"]["format"] = "musika-evaluation-case/1"
    failing = [check for check in verification.check_evaluations(history) if not check.passed]
    assert "is of engine 1, this is a later one; use the release that made it" in failing[0].detail


def test_a_bid_missing_from_the_opening_is_named(awarded):
    history = verification.ledger.read(awarded)
    next(body for _, body in verification.bodies(history, "BidsOpened"))["bids"].pop()
    assert not all(check.passed for check in verification.check_opening(history))


CLOSE = "CLOSE was bound to the bids that were opened"


def fewer(body, history):
    gone = body["bids"].pop()
    body["closed"]["bids"] = [
        row for row in body["closed"]["bids"] if row["sequence"] != gone["sequence"]
    ]


def more(body, history):
    late = {"sequence": 10_000, "ciphertext_hash": "ab" * 32}
    body["bids"].append(body["bids"][0] | late)
    body["closed"]["bids"].append(late)


def another_envelope(body, history):
    body["bids"][0]["ciphertext_hash"] = "ab" * 32


def another_nonce(body, history):
    body["closed"]["nonce"] = "00" * 32


def never_closed(body, history):
    history.entries = [e for e in history.entries if e["event"] != "TenderClosed"]


@pytest.mark.parametrize("edit", [fewer, more, another_envelope, another_nonce, never_closed])
def test_what_changed_between_close_and_opening_is_caught(awarded, edit):
    """Even where the ledger's own commitments and the entries of the bids were forged along."""
    history = verification.ledger.read(awarded)
    body = next(body for _, body in verification.bodies(history, "BidsOpened"))
    assert all(check.passed for check in verification.check_opening(history))
    edit(body, history)
    assert CLOSE in {c.name for c in verification.check_opening(history) if not c.passed}


def test_an_edited_line_fails_the_ledger_checks(awarded):
    number = next(i for i, line in enumerate(awarded) if b"AwardDecided" in line)
    entry = json.loads(awarded[number])
    entry["body"]["reason"] = "Because."
    awarded[number] = json.dumps(entry).encode()
    assert failed(awarded)
