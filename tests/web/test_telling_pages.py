"""Telephone, preferences, saved searches, feed and webhooks, as a person meets them."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from marketplace.accounts import phones
from marketplace.notify import outbox, sms
from marketplace.notify.models import Message, Preference, Webhook
from marketplace.registry import phones as proving
from procurement.models import SavedSearch
from procurement.operations import searches
from tests.factories import START, publish, tender_at

pytestmark = pytest.mark.django_db
NUMBER = "+263771234567"


@pytest.fixture
def clerk(market, at, signed_in):
    user, _ = market.tenderers[0]
    user.browser = signed_in(user)
    return user


def text(answer) -> str:
    return answer.content.decode()


def send_all(now=START):
    for pk in outbox.waiting(now):
        outbox.deliver(pk, now=now)


def test_a_telephone_is_proved_given_a_pin_and_forgotten(clerk):
    web = clerk.browser
    assert web.post("/account/telephone/", {"phone": "0771234567"})["Location"].endswith("code/")
    send_all()
    code = re.search(r"\d{6}", sms.inbox(NUMBER)[0][1])[0]
    assert web.post("/account/telephone/code/", {"code": code}).status_code == 302
    web.post("/account/telephone/pin/", {"pin": "27182", "again": "27182"})
    assert phones.pin_matches(phones.owner(NUMBER), "27182")
    assert "+263 77 123 4567" in text(web.get("/account/telephone/"))
    web.post("/account/telephone/forget/")
    assert phones.owner(NUMBER) is None


@pytest.mark.parametrize(
    "path, data, says",
    [
        ("telephone/", {"phone": "12"}, "077 123 4567"),
        ("telephone/code/", {"code": "1"}, "latest message"),
        ("telephone/pin/", {"pin": "11111", "again": "11111"}, "not 11111"),
        ("telephone/pin/", {"pin": "27182", "again": "27183"}, "not alike"),
        ("webhooks/", {"url": "ftp://example.org"}, "https://"),
        ("searches/new/", {"name": "", "query": ""}, "This field is required"),
    ],
)
def test_a_wrong_answer_says_how_to_mend_it(clerk, path, data, says):
    proving.take(clerk, NUMBER, START, how="code")
    answer = clerk.browser.post(f"/account/{path}", data)
    assert answer.status_code == 200 and says in text(answer)


def test_preferences_are_kept_with_the_language(clerk):
    page = text(clerk.browser.get("/account/messages/"))
    data = dict(re.findall(r'<select name="([\w-]+)"[^>]*>.*?value="(\w+)" selected', page, re.S))
    data |= {"language": "nd", "alert-email": "daily"}
    assert clerk.browser.post("/account/messages/", data).status_code == 302
    clerk.refresh_from_db()
    row = Preference.objects.get(user=clerk, kind="alert", channel="email")
    assert (clerk.language, row.when) == ("nd", "daily")


def test_what_was_sent_is_listed_without_what_a_text_said(clerk):
    proving.take(clerk, NUMBER, START, how="code")
    outbox.queue("k", [clerk], subject="Hello", body="x", sms="CANARY", now=START)
    send_all()
    page = text(clerk.browser.get("/account/messages/sent/"))
    assert "Hello" in page and "CANARY" not in page


def test_a_search_is_kept_from_the_list_told_and_read_as_a_feed(clerk, market, client):
    web = clerk.browser
    assert "/account/searches/new/?q=maize" in text(web.get("/tenders/?q=maize"))
    web.post("/account/searches/new/?q=maize", {"name": "Maize", "query": "q=maize"})
    row = SavedSearch.objects.get()
    made = publish(tender_at("draft", market), market, now=START + timedelta(seconds=1))
    searches.tell_due(now=START + timedelta(minutes=1))
    assert Message.objects.filter(recipient=clerk, kind="alert").count() == 1
    assert "Maize" in text(web.get("/account/searches/"))
    web.post(f"/account/searches/{row.public_id}/end/")
    assert web.get(f"/feeds/{row.public_id}.atom").status_code == 404
    assert made.reference


def test_a_feed_is_well_formed_and_holds_published_tenders_alone(clerk, market, at, client):
    row = searches.save(user=clerk, name="All & <more>", query="", now=START)
    made = publish(tender_at("draft", market), market)
    tender_at("draft", market, title="Secret draft")
    answer = client.get(f"/feeds/{row.public_id}.atom")
    entries = ElementTree.fromstring(answer.content).findall("{http://www.w3.org/2005/Atom}entry")
    assert [e[0].text for e in entries] == [made.title]
    assert "Secret" not in text(answer) and clerk.email not in text(answer)


def test_a_webhooks_secret_is_shown_once(clerk):
    page = text(clerk.browser.post("/account/webhooks/", {"url": "http://127.0.0.1:9/in"}))
    secret = re.search(r'class="code">([0-9a-f]{64})<', page)[1]
    assert secret not in text(clerk.browser.get("/account/webhooks/"))
    row = Webhook.objects.get()
    clerk.browser.post(f"/account/webhooks/{row.pk}/end/")
    row.refresh_from_db()
    assert row.ended_at == START


def test_anothers_search_and_webhook_are_not_mine_to_end(clerk, market):
    other, _ = market.tenderers[1]
    row = searches.save(user=other, name="x", query="", now=START)
    clerk.browser.post(f"/account/searches/{row.public_id}/end/")
    row.refresh_from_db()
    assert row.ended_at is None
