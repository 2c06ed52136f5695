"""A farmer with a basic telephone: registers, finds a tender, bids, gets a receipt, is read out."""

import re
from datetime import timedelta

import pytest
from django.db import connection

from marketplace.accounts.models import User
from procurement.models import Bid, BidDraft, SealedBid
from procurement.operations import openings
from tests.factories import AFTER, DEADLINE, PASSPHRASE, START, content, item, publish, tender_at

pytestmark = pytest.mark.django_db
PIN = "27182"
CODE = re.compile(r"\d+-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}")
GRADED = item(standard="EAS2", edition="2011 to 2017 values", grade="1")
CANARY = "287.43"


def register(phone):
    phone.dial()
    phone.pick("Register")
    phone.type("Tariro Moyo", "63-1234567 A 42")
    phone.pick("Matabeleland South")
    phone.pick("Gwanda")
    return phone.type(PIN, PIN)


def tender(market, **changes):
    made = tender_at("draft", market, **changes)
    return publish(made, market)


def to_questions(phone, title="Maize"):
    phone.pick("Open tenders")
    phone.pick("Gwanda")
    phone.pick(title)
    return phone.pick("Bid")


def bid(phone, price=CANARY):
    to_questions(phone)
    phone.type(price)
    phone.pick("Yes")
    return phone.pick("Send, sealed")


def dump() -> str:
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [
                str([bytes(c) if isinstance(c, memoryview) else c for c in row]) for row in cursor
            ]
    return "\n".join(found)


def test_from_dialling_to_the_opening(market, at, handset, client):
    made = tender(market)
    phone = handset()
    assert "You are registered" in register(phone)
    shown = bid(phone)
    code = CODE.search(shown)[0]
    assert phone.ended and "Nobody can read your bid" in shown
    (text,) = [t for t in phone.inbox() if "sealed bid is in" in t]
    assert code in text and len(text) <= 160
    assert "in the record" in client.get(f"/r/{code}/").content.decode()
    at(AFTER)
    openings.close(tender=made, now=AFTER)
    for opener, _ in market.openers[:2]:
        openings.release(tender=made, passphrase=PASSPHRASE, by=opener, now=AFTER)
    line = Bid.objects.get(tender=made).lines.get()
    assert (str(line.unit_price), line.bid.failure) == (CANARY, "")


def test_what_is_typed_lies_nowhere_in_the_clear(market, at, handset, caplog):
    tender(market)
    phone = handset()
    register(phone)
    to_questions(phone)
    phone.type(CANARY)
    assert [word for word in (CANARY, "63-1234567", PIN) if word in dump()] == []
    phone.pick("Yes")
    assert "28,743.00" in phone.shown[-1]
    phone.pick("Send, sealed")
    words = (CANARY, "28,743", "1234567 A", PIN, phone.number)
    assert [word for word in words if word in dump() + caplog.text] == []
    assert not BidDraft.objects.exists()


def test_a_request_that_is_repeated_does_nothing_again(market, at, handset):
    tender(market)
    phone = handset()
    register(phone)
    shown = bid(phone)
    again = phone.post(phone.session, phone.text).content.decode()
    assert again == f"END {shown}" and SealedBid.objects.count() == 1


def test_an_older_request_that_was_held_up_changes_nothing(market, at, handset):
    phone = handset()
    phone.dial()
    shown = phone.type("1", "1")
    late = phone.post(phone.session, "1").content.decode()
    assert late == f"CON {shown}"


def test_the_bid_can_be_replaced_and_withdrawn_until_the_deadline(market, at, handset):
    made = tender(market)
    phone = handset()
    register(phone)
    bid(phone)
    phone.dial()
    phone.pick("My bids")
    phone.type(PIN)
    phone.pick(made.reference)
    phone.pick("Replace")
    phone.pick("Bid")
    phone.type("290", "1")
    phone.pick("Send, sealed")
    assert SealedBid.objects.latest("revision").revision == 2
    phone.dial()
    phone.pick("My bids")
    phone.type(PIN)
    phone.pick(made.reference)
    phone.pick("Withdraw")
    assert "withdrawn" in phone.pick("Yes, withdraw")
    assert SealedBid.objects.latest("revision").withdrawn_at == START


def test_a_bid_that_comes_at_the_deadline_is_late_and_stays_a_draft(market, at, handset):
    tender(market)
    phone = handset()
    at(DEADLINE - timedelta(minutes=1))
    register(phone)
    to_questions(phone)
    phone.type(CANARY, "1")
    at(DEADLINE)
    assert "Bids closed" in phone.pick("Send, sealed")
    assert not SealedBid.objects.exists() and BidDraft.objects.exists()


def test_declared_values_are_asked_and_a_nought_is_an_answer(market, at, handset):
    lots = content().lots
    made = tender(market, lots=(type(lots[0])(title="Graded", items=(GRADED,)),))
    phone = handset()
    register(phone)
    to_questions(phone)
    phone.type("300")
    for _ in range(30):
        if "Send, sealed" in phone.shown[-1]:
            break
        options = [line for line in phone.shown[-1].split("\n") if line.startswith("1 ")]
        phone.type("1" if options else "0")
    assert CODE.search(phone.pick("Send, sealed"))
    assert SealedBid.objects.get().tender == made


def test_what_was_typed_waits_for_the_next_call(market, at, handset):
    tender(market)
    phone = handset()
    register(phone)
    to_questions(phone)
    phone.type(CANARY)
    at(START + timedelta(hours=1))
    phone.dial()
    phone.pick("Open tenders")
    phone.pick("Gwanda")
    phone.pick("Maize")
    phone.pick("Bid")
    assert f"000 Keep {CANARY}" in phone.type(PIN)


def test_a_price_that_is_no_price_is_asked_again(market, at, handset):
    tender(market)
    phone = handset()
    register(phone)
    to_questions(phone)
    for typed in ("abc", "-5", "0", "310,50", "1e9", "9" * 40, "NaN", " "):
        assert "delivered?" in phone.type(typed)
    assert not BidDraft.objects.exists()


def test_whoever_has_no_account_reads_tenders_and_is_told_how_to_register(market, at, handset):
    tender(market)
    phone = handset()
    phone.dial()
    phone.pick("Open tenders")
    phone.pick("All provinces")
    phone.pick("Maize")
    assert "register first" in phone.pick("Bid")
    assert User.objects.filter(email__endswith="phone.invalid").count() == 0
