"""Mails say times and money as pages do: day and zone, grouped amounts, no machine's digits."""

import re
from datetime import timedelta

import pytest

from marketplace.notify.models import Message
from marketplace.web.templatetags import musika
from procurement.models import AwardLetter
from procurement.operations import bids, drafts, reminders
from procurement.operations.bids import LateBid
from tests.factories import DEADLINE, Market, offer, tender_at

pytestmark = pytest.mark.django_db
DEADLINE_WORDS = "Sunday 22 March 2026, 10:00 CAT"
MACHINE = re.compile(r"\d{4}-\d\d-\d\d|\d\.\d{6}|UTC|\d{4,}\.\d")


@pytest.fixture
def market():
    return Market()


def test_no_mail_of_a_whole_story_has_a_machines_time_or_an_ungrouped_sum(market):
    tender_at("paid", market)
    bodies = list(Message.objects.values_list("body", flat=True))
    assert len(bodies) > 8 and [body for body in bodies if MACHINE.search(body)] == []


def test_a_receipt_names_day_and_zone(market):
    tender_at("open", market)
    body = Message.objects.get(key__startswith="receipt:", recipient=market.tenderers[0][0]).body
    assert "Received on Tuesday 3 March 2026, 10:00 CAT" in body and DEADLINE_WORDS in body


def test_a_letter_and_a_page_say_a_sum_alike(market):
    tender = tender_at("standstill", market)
    text = AwardLetter.objects.get(kind="award").text
    assert "Your price was USD 30,000.00, your evaluated price USD 30,000.00" in text
    shown = musika.money(tender.lots.get().awards.get().price, "USD")
    assert "USD 30,000.00" in shown.replace(musika.NBSP, " ")


def test_a_late_bid_is_told_by_how_much(market):
    tender = tender_at("open", market, prices=())
    user, firm = market.tenderers[0]
    late = DEADLINE + timedelta(microseconds=4000)
    with pytest.raises(LateBid, match=f"{DEADLINE_WORDS}; this one arrived 0.004 seconds later"):
        bids.submit(
            tender=tender,
            tenderer=firm,
            content=offer(tender, "1"),
            by=user,
            received_at=late,
            now=late,
        )


def test_a_reminder_says_when_bids_close(market):
    tender = tender_at("open", market, prices=())
    user, firm = market.tenderers[0]
    now = DEADLINE - timedelta(hours=3)
    drafts.save(tender=tender, tenderer=firm, data=b"x", by=user, now=now)
    reminders.queue_due(now=now)
    assert DEADLINE_WORDS in Message.objects.get(key__startswith="reminder:").body
