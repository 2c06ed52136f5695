"""A receipt passes as it was given, and no change of it does."""

import copy
import json

import pytest

from marketplace.ledger import queries
from procurement import exports, verification
from procurement.operations.receipts import receipt
from procurement.rules.receipts import check_receipt
from tests.factories import AFTER, Market, tender_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def given():
    tender = tender_at("open", Market())
    return receipt(tender.sealed_bids.all()[1], now=AFTER)


def failed(changed, key=None):
    report = check_receipt(json.dumps(changed), key)
    return {check.name for check in report.checks if not check.passed}


def test_an_honest_receipt_passes_every_check(given):
    report = check_receipt(json.dumps(given, indent=2), queries.verifier_key())
    assert report.passed and len(report.checks) == 6, report.lines()


OUTER = (
    "tender bid tenderer revision received_at recorded_at terms_hash header_hash ciphertext_hash "
    "tier"
)


@pytest.mark.parametrize("name", OUTER.split())
def test_a_changed_field_of_the_receipt_fails(given, name):
    given[name] = 9 if name == "revision" else "2026-03-21T08:00:00.000001+00:00"
    assert failed(given)


@pytest.mark.parametrize("name", ["body", "nonce", "commitment", "leaf", "time", "checkpoint"])
def test_a_changed_part_of_the_proof_fails(given, name):
    text = given["ledger"][name]
    given["ledger"][name] = text.replace(text[5], "0" if text[5] != "0" else "1", 1)
    assert failed(given)


def test_another_place_in_the_record_fails(given):
    given["ledger"]["sequence"] -= 1
    assert {
        "the entry is the one that was recorded",
        "the entry is in the signed record",
    } <= failed(given)


def test_the_receipt_of_another_bid_fails(given):
    other = copy.deepcopy(given)
    other["ciphertext_hash"] = "0" * 64
    assert failed(other) == {"the receipt says what the entry says"}


def test_a_key_that_is_not_the_trusted_one_fails(given):
    given["ledger"]["key"] = "elsewhere+00000000+" + "A" * 44
    assert failed(given, queries.verifier_key()) == {"the key is the published one"}


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"format":"musika-receipt/1"}', '{"a":1.5}', "[" * 100_000]
)
def test_what_is_no_receipt_fails_without_an_exception(text):
    assert not check_receipt(text).passed


def test_the_command_tells_a_receipt_from_a_history(given, tmp_path, capsys):
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(given, indent=2))
    assert verification.main([str(path)]) == 0
    assert "PASS the receipt says what the entry says" in capsys.readouterr().out


def test_the_command_ends_with_one_for_a_changed_receipt(given, tmp_path, capsys):
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(given | {"tier": "T"}))
    assert verification.main([str(path)]) == 1
    assert "FAIL the receipt says what the entry says: tier" in capsys.readouterr().out


def test_a_body_nested_beyond_reason_fails_without_an_exception(given):
    given["ledger"]["body"] = "[" * 100_000
    assert failed(given)


def test_a_key_given_twice_fails(given):
    text = json.dumps(given)
    assert not check_receipt(text.replace("{", '{"tender": "MUS-1", ', 1)).passed


def test_a_history_that_mentions_receipts_is_still_a_history(tmp_path, capsys):
    """A buyer's own words must not turn a history into something that fails."""
    tender = tender_at("open", Market(), title="Bring your musika-receipt/1 along")
    path = tmp_path / "history.jsonl"
    path.write_bytes(b"".join(exports.history(tender, "history_jsonl", AFTER)))
    assert verification.main([str(path)]) == 0


def test_a_checkpoint_of_another_size_is_not_what_was_signed(given):
    lines = given["ledger"]["checkpoint"].split("\n")
    lines[1] = str(int(lines[1]) + 1000)
    given["ledger"]["checkpoint"] = "\n".join(lines)
    assert "the checkpoint is signed" in failed(given, queries.verifier_key())
