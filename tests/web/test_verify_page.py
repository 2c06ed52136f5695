"""The verify page: whoever brings a file sees each check, and what is wrong with it."""

import json
from io import BytesIO

import pytest
from django.conf import settings

from procurement import exports
from procurement.operations.receipts import receipt
from tests.factories import AFTER, Market, tender_at

pytestmark = pytest.mark.django_db


def check(client, data: bytes = b"", **fields):
    files = {"file": BytesIO(data)} if data else {}
    return client.post("/verify/", files | fields).content.decode()


@pytest.fixture
def history():
    tender = tender_at("standstill", Market())
    return b"".join(exports.history(tender, "history_jsonl", AFTER))


def test_an_honest_history_passes(client, history):
    text = check(client, history)
    assert "It is genuine" in text and "FAIL" not in text
    assert "The evaluation, worked out again, gives the same result" in text


def test_a_tampered_history_fails_and_names_the_place(client, history):
    text = check(client, history.replace(b"Agreed.", b"Agreen."))
    assert "FAIL" in text and "the body is not the one that was recorded" in text


def test_a_history_without_its_last_line_fails(client, history):
    text = check(client, b"\n".join(history.splitlines()[:-1]))
    assert "FAIL" in text and "No entry was left out" in text


def test_what_was_not_compared_is_not_shown_as_passed(client):
    tender = tender_at("open", Market())
    text = check(client, b"".join(exports.history(tender, "history_jsonl", AFTER)))
    assert "SKIP: not compared" in text and "no opening is shown" in text
    assert "Every check passed." not in text


def test_a_receipt_may_be_pasted(client):
    tender = tender_at("open", Market())
    given = receipt(tender.sealed_bids.first(), now=AFTER)
    assert "Your bid is in the signed record" in check(client, text=json.dumps(given, indent=1))


def test_a_tampered_receipt_fails(client):
    tender = tender_at("open", Market())
    given = receipt(tender.sealed_bids.first(), now=AFTER) | {"revision": 2}
    assert "FAIL" in check(client, text=json.dumps(given))


def test_something_else_than_a_history_fails_in_words(client):
    assert "neither a receipt nor a history" in check(client, b"\x89PNG\r\n\x1a\n\x00")


def test_nothing_at_all_is_refused_beside_the_field(client):
    text = check(client)
    assert "Choose a file of at most 5 MB" in text and "error-summary" in text


def test_a_file_that_is_too_large_is_refused(client):
    text = check(client, b"{" + b" " * settings.DOCUMENT_MAX_BYTES + b"}")
    assert "at most 5 MB" in text or "too large" in text


def test_a_dossier_is_told_where_it_is_checked(client):
    page = check(client, b"PK\x03\x04 and so on")
    assert "This looks like a dossier" in page and "verify.html" in page
