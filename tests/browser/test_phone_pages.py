"""Telephone, messages, searches, helpers and the drawn telephone: keyboard, small phone, axe."""

import re

from django.conf import settings
from django.urls import reverse

from marketplace.accounts.roles import Role
from marketplace.notify import outbox, webhooks
from marketplace.registry import phones
from procurement.operations import assistance, searches
from procurement.rules.biddraft import Draft
from tests.browser.looking import faults
from tests.factories import START, organization, person, publish, tender_at

NUMBER = "+263771234567"


def farmer():
    return phones.register_farmer(
        number=NUMBER, name="Tariro Moyo", identity_number="63-1234567 A 42",
        province="Matabeleland South", district="Gwanda", pin="27182", language="en", now=START,
    )[0]  # fmt: skip


def test_pages_about_being_told_can_be_used_by_everybody(page, market, at, signed_in):
    at(START)
    clerk, _ = market.tenderers[0]
    phones.take(clerk, NUMBER, START, how="code")
    webhooks.add(user=clerk, url="http://127.0.0.1:9/in", now=START)
    searches.save(user=clerk, name="Maize near Gwanda", query="q=maize", now=START)
    outbox.queue("k", [clerk], subject="Hello", body="x", now=START)
    names = "my_phone my_phone_code my_phone_pin notifications messages_sent searches webhooks"
    paths = [reverse(name) for name in names.split()]
    paths.append(f"{reverse('search_new')}?q=maize")
    assert faults(signed_in(clerk), paths) == []


def test_a_helpers_pages_can_be_used_by_everybody(page, market, at, signed_in):
    at(START)
    farmer()
    shop = organization("Corner Shop", "company")
    agent = person("Ganda Shop", shop, Role.AGENT)
    tender = publish(tender_at("draft", market), market)
    row = assistance.start(tender=tender, shop=shop, number=NUMBER, by=agent, now=START)
    draft = Draft().with_lot(1, {(1, 1): "287.43"}, {}, {})
    assistance.write(assistance=row, draft=draft, by=agent, now=START)
    paths = [
        reverse("assist_home"),
        reverse("assist", args=[row.public_id]),
        reverse("assist_lot", args=[row.public_id, 1]),
        reverse("assist_code", args=[row.public_id]),
    ]
    assert faults(signed_in(agent), paths) == []
    assert faults(signed_in(market.tenderers[0][0]), paths[:1]) == []


def test_the_drawn_telephone_bids_by_keyboard_alone(page, market, at, monkeypatch):
    monkeypatch.setattr(settings, "DEMO", True)
    at(START)
    farmer()
    publish(tender_at("draft", market), market)
    path = reverse("demo_phone")
    assert faults(page, [path]) == []
    page.goto(path)
    with page.expect_navigation():
        page.get_by_role("button", name="Dial").press("Enter")
    for typed in ("1", "1", "1", "1", "27182", "287.43", "1"):
        page.get_by_label("Your answer").fill(typed)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert "28,743.00" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name=re.compile("^1")).press("Enter")
    with page.expect_navigation():
        page.get_by_role("button", name="Send").press("Enter")
    assert "Received and sealed" in page.get_by_role("status").inner_text()
    assert "your sealed bid is in" in page.locator(".texts").inner_text()
