"""An amendment through the pages: proposed, published by another person, read by all."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from marketplace import clock
from procurement.operations import outages
from tests.factories import DEADLINE, START, Market, tender_at
from tests.web.buyer_support import send, signed_in, text

pytestmark = pytest.mark.django_db
LATER = timezone.localtime(DEADLINE + timedelta(days=3))
NOTICE = "Bags are given at the depot."


@pytest.fixture
def market(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: START + timedelta(days=2))
    return Market()


def parts(name, hour, at):
    local = timezone.localtime(at)
    day = {f"{name}_day": local.day, f"{name}_month": local.month, f"{name}_year": local.year}
    return day | {hour: f"{local:%H:%M}"}


def said(tender, deadline=LATER, **more):
    unmoved = parts("enquiry_deadline", "enquiry_time", tender.enquiry_deadline)
    moved = parts("deadline", "deadline_time", deadline)
    return {"notice": NOTICE, "reason": "Many asked."} | unmoved | moved | more


def test_the_officer_proposes_and_the_approver_publishes(market, client):
    tender = tender_at("open", market)
    officer, approver = signed_in(market.officer), signed_in(market.approver)
    page = send(officer, "tender_amend", tender.reference, **said(tender))
    assert "An amendment is proposed" in text(page)
    public = reverse("tender", args=[tender.reference])
    assert NOTICE not in text(client.get(public))
    assert "Publish or decline the amendment" in text(approver.get(reverse("officer_home")))
    read = text(approver.get(reverse("tender_amendment", args=[tender.reference])))
    assert NOTICE in read and "until now" in read
    proposal = tender.amendments.get()
    send(approver, "tender_amendment", tender.reference, proposal=proposal.pk, answer="confirm")
    tender.refresh_from_db()
    assert tender.deadline == DEADLINE + timedelta(days=3)
    shown = text(client.get(public))
    assert "Amendment 1" in shown and NOTICE in shown and "The deadline was" in shown
    bidder = signed_in(market.tenderers[0][0])
    told = text(bidder.get(reverse("bid_start", args=[tender.reference])))
    assert "The tender was amended after that." in told


def test_what_cannot_be_is_told_at_its_field(market):
    tender = tender_at("open", market)
    officer = signed_in(market.officer)
    early = timezone.localtime(DEADLINE - timedelta(days=1))
    page = send(officer, "tender_amend", tender.reference, **said(tender, early))
    assert list(page.context["form"].errors) == ["deadline"]
    same = said(tender, timezone.localtime(DEADLINE), notice="")
    page = send(officer, "tender_amend", tender.reference, **same)
    assert list(page.context["form"].errors) == ["notice"]
    assert not tender.amendments.exists()


def test_the_second_within_the_minute_stays_as_it_was(market):
    tender = tender_at("open", market, deadline=DEADLINE + timedelta(seconds=44))
    send(signed_in(market.officer), "tender_amend", tender.reference, **said(tender, DEADLINE))
    assert tender.amendments.get().deadline == DEADLINE + timedelta(seconds=44)


def test_after_an_outage_the_page_proposes_the_time_that_is_owed(
    market, client, monkeypatch, settings
):
    settings.OUTAGE_SECONDS = 600
    tender = tender_at("open", market)
    hour = timedelta(hours=1)
    outages.beat(now=DEADLINE - hour)
    outages.beat(now=DEADLINE + hour)
    monkeypatch.setattr(clock, "now", lambda: DEADLINE + 2 * hour)
    public = client.get(reverse("tender", args=[tender.reference])).content.decode()
    assert "The service was down before the deadline" in public
    officer = signed_in(market.officer)
    assert "Propose more time" in officer.get(reverse("officer_home")).content.decode()
    page = officer.get(reverse("tender_amend", args=[tender.reference]))
    assert page.context["form"].initial["deadline"] == (DEADLINE + 25 * hour).date()
    owed = timezone.localtime(DEADLINE + 25 * hour)
    send(officer, "tender_amend", tender.reference, **said(tender, owed, notice=""))
    approver = signed_in(market.approver)
    assert "amendment" in approver.get(reverse("officer_home")).content.decode()
    proposal = tender.amendments.get()
    send(approver, "tender_amendment", tender.reference, proposal=proposal.pk, answer="confirm")
    tender.refresh_from_db()
    assert tender.deadline == DEADLINE + 25 * hour
