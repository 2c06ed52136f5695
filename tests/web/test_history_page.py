"""The history of a tender: who reads what, and what nobody reads before the opening."""

import pytest

from procurement import verification
from tests.factories import START, Market, tender_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return Market()


def read(client, tender, kind="/"):
    response = client.get(f"/tenders/{tender.reference}/history{kind}")
    assert response.status_code == 200
    body = response.getvalue() if response.streaming else response.content
    return body.decode()


def test_everybody_reads_the_public_entries_in_plain_words(client, market):
    text = read(client, tender_at("standstill", market))
    assert "The tender was published" in text and "An award was decided" in text
    assert "An opener was appointed" not in text


@pytest.mark.parametrize("kind", ["/", ".jsonl", ".csv"])
@pytest.mark.parametrize("reader", ["stranger", "auditor", "officer"])
def test_nobody_reads_a_trace_of_a_bid_before_the_opening(client, market, kind, reader):
    if reader != "stranger":
        client.force_login(getattr(market, reader))
    few = read(client, tender_at("open", market, prices=("310",)), kind)
    many = read(client, tender_at("open", market), kind)
    for text in (few, many):
        assert "ealed bid was" not in text and "BidSubmitted" not in text
    assert few.count("\n") == many.count("\n")


def test_after_the_opening_everybody_reads_when_each_bid_came(client, market):
    assert read(client, tender_at("opened", market)).count("A sealed bid was received") == 3


def test_an_auditor_reads_the_entries_for_auditors(client, market):
    client.force_login(market.auditor)
    tender = tender_at("standstill", market)
    assert "An opener was appointed" in read(client, tender)
    assert "OpenerAppointed" in read(client, tender, ".jsonl")


def test_a_stranger_does_not_learn_that_a_draft_exists(client, market):
    reference = tender_at("draft", market).reference
    for kind in ("/", ".jsonl", ".csv"):
        assert client.get(f"/tenders/{reference}/history{kind}").status_code == 404


@pytest.mark.parametrize("reader", ["stranger", "auditor"])
def test_the_downloaded_file_passes_every_check(client, market, reader):
    if reader == "auditor":
        client.force_login(market.auditor)
    text = read(client, tender_at("standstill", market), ".jsonl")
    report = verification.verify(text.splitlines())
    assert report.passed, report.lines()


def test_the_time_shown_is_that_of_the_decision_not_of_the_record(client, market):
    tender = tender_at("open", market)
    assert f"{START:%Y-%m-%dT%H:%M:%SZ}" in read(client, tender)


def test_the_page_takes_few_queries(client, market, django_assert_max_num_queries):
    tender = tender_at("paid", market)
    client.force_login(market.auditor)
    with django_assert_max_num_queries(12):
        read(client, tender)


def test_the_checkpoint_page_shows_the_note_that_was_signed(client, market):
    read(client, tender_at("open", market), ".jsonl")
    note = client.get("/checkpoint/note.txt")
    assert note["Content-Type"].startswith("text/plain")
    assert note.content.decode().splitlines()[2] in client.get("/checkpoint/").content.decode()


def test_a_role_is_told_and_no_name_to_the_public(client, market):
    text = read(client, tender_at("standstill", market))
    assert "accounting officer" in text and "Ada Accounting" not in text
