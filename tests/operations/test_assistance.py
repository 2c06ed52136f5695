"""An agent helps a farmer to bid: with his code, unread afterwards, never paid by the award."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection

from marketplace.accounts.models import Membership
from marketplace.accounts.roles import Role
from marketplace.errors import MusikaError, NotFound, NotNow, NotPermitted
from marketplace.ledger.models import Entry
from marketplace.notify import outbox, sms
from marketplace.registry import grants, phones
from procurement.models import Assistance, SealedBid
from procurement.operations import assistance, bids
from procurement.rules.biddraft import Draft
from tests.factories import (
    DEADLINE,
    START,
    Market,
    again,
    offer,
    organization,
    person,
    publish,
    tender_at,
)

pytestmark = pytest.mark.django_db
NUMBER = "+263771234567"
CANARY = "287.43"


@pytest.fixture
def market():
    return Market()


@pytest.fixture
def tender(market):
    return publish(tender_at("draft", market), market)


@pytest.fixture
def farmer():
    user, _ = phones.register_farmer(
        number=NUMBER,
        name="Tariro Moyo",
        identity_number="63-1234567 A 42",
        province="Midlands",
        district="Gweru",
        pin="27182",
        language="en",
        now=START,
    )
    return user


@pytest.fixture
def agent():
    return person("Ganda Shop", organization("Corner Shop", "company"), Role.AGENT)


def start(tender, agent, number=NUMBER, now=START):
    shop = agent.memberships.get(role="agent").organization
    return assistance.start(tender=tender, shop=shop, number=number, by=agent, now=now)


def write(row, price=CANARY, now=START):
    draft = Draft().with_lot(1, {(1, 1): price}, {}, {})
    return assistance.write(assistance=row, draft=draft, by=row.agent, now=now)


def code_of(row, now=START) -> tuple[str, str]:
    assistance.ask(assistance=row, by=row.agent, now=now)
    for pk in outbox.waiting(now):
        outbox.deliver(pk, now=now)
    text = sms.inbox(NUMBER)[0][1]
    return re.search(r"code (\d{6})", text)[1], text


def confirm(row, code, now=START):
    return assistance.confirm(assistance=row, code=code, by=row.agent, received_at=now, now=now)


def dump() -> str:
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_the_farmers_code_seals_the_farmers_own_bid(tender, agent, farmer):
    row = write(start(tender, agent))
    code, text = code_of(row)
    assert tender.reference in text and "USD 28,743.00" in text and "Corner Shop" in text
    bid = confirm(row, code)
    assert bid.submitted_by == farmer and bid.tenderer.name == "Tariro Moyo"


def test_every_act_is_in_the_ledger_with_both_people(tender, agent, farmer):
    row = write(start(tender, agent))
    confirm(row, code_of(row)[0])
    acts = Entry.objects.filter(
        event__in=["AssistanceStarted", "AssistanceCodeSent", "BidAssisted"]
    )
    assert acts.count() == 3
    for entry in acts:
        body = json.loads(entry.body)
        assert (body["agent"], body["farmer"]) == (agent.public_id, farmer.public_id)
        assert entry.visibility == "opening" and CANARY not in entry.body


def test_nothing_of_it_lies_in_the_clear_before_or_after(tender, agent, farmer):
    row = write(start(tender, agent))
    code, _ = code_of(row)
    assert [word for word in (CANARY, "28,743", NUMBER) if word in dump()] == []
    confirm(row, code)
    assert [word for word in (CANARY, "28,743", NUMBER) if word in dump()] == []


def test_after_the_seal_the_agent_reads_nothing(tender, agent, farmer):
    row = write(start(tender, agent))
    confirm(row, code_of(row)[0])
    row.refresh_from_db()
    assert row.ciphertext is None and assistance.written(row) == Draft()
    with pytest.raises(assistance.AssistanceOver):
        write(row)


def test_the_receipt_goes_to_the_farmer_alone(tender, agent, farmer):
    phones.take(agent, "+263712345678", START, how="code")
    row = write(start(tender, agent))
    confirm(row, code_of(row)[0])
    for pk in outbox.waiting(START):
        outbox.deliver(pk, now=START)
    assert "sealed bid is in" in sms.inbox(NUMBER)[0][1]
    assert sms.inbox("+263712345678") == []


def test_a_price_changed_after_the_code_needs_a_new_code(tender, agent, farmer):
    row = write(start(tender, agent))
    code, _ = code_of(row)
    write(row, "999")
    with pytest.raises(assistance.FarmersCodeWrong):
        confirm(row, code)
    assert not SealedBid.objects.exists()


def test_five_wrong_codes_spoil_the_right_one(tender, agent, farmer):
    row = write(start(tender, agent))
    code, _ = code_of(row)
    for _ in range(assistance.TRIES):
        with pytest.raises(assistance.FarmersCodeWrong):
            confirm(row, "x")
    with pytest.raises(assistance.FarmersCodeWrong):
        confirm(row, code)


def test_a_code_and_a_session_have_an_end(tender, agent, farmer):
    row = write(start(tender, agent))
    code, _ = code_of(row)
    with pytest.raises(assistance.FarmersCodeWrong):
        confirm(row, code, START + assistance.CODE_LIFE)
    with pytest.raises(assistance.AssistanceOver):
        confirm(row, code, START + assistance.LIFE)
    assert assistance.end_old(now=START + assistance.LIFE) == 1
    assert Assistance.objects.get().ciphertext is None


def test_a_code_does_not_stop_the_deadline(tender, agent, farmer):
    before = DEADLINE - timedelta(minutes=1)
    row = write(start(tender, agent, now=before), now=before)
    code, _ = code_of(row, before)
    with pytest.raises(bids.LateBid):
        confirm(row, code, DEADLINE)


def test_an_incomplete_bid_gets_no_code(tender, agent, farmer):
    row = start(tender, agent)
    with pytest.raises(bids.IncompleteBid):
        assistance.ask(assistance=row, by=agent, now=START)


def test_nobody_acts_in_anothers_session(tender, agent, farmer):
    row = start(tender, agent)
    other = person("Other Agent", organization("Other Shop", "company"), Role.AGENT)
    with pytest.raises(NotFound):
        assistance.write(assistance=row, draft=Draft(), by=other, now=START)


def test_only_an_agent_helps(tender, market, farmer):
    user, firm = market.tenderers[0]
    with pytest.raises(NotPermitted):
        assistance.start(tender=tender, shop=firm, number=NUMBER, by=user, now=START)


def test_who_lost_the_role_cannot_go_on(tender, agent, farmer):
    row = write(start(tender, agent))
    code, _ = code_of(row)
    Membership.objects.filter(user=agent).update(revoked_at=START)
    with pytest.raises(NotPermitted):
        assistance.confirm(assistance=row, code=code, by=again(agent), received_at=START, now=START)


@pytest.mark.parametrize("number", ["+263712345678", "+263772222222"])
def test_a_telephone_of_nobody_and_of_an_official_are_refused_alike(tender, agent, market, number):
    phones.take(market.officer, "+263772222222", START, how="code")
    with pytest.raises(assistance.NoSuchFarmer) as refused:
        start(tender, agent, number)
    assert "Gwanda" not in refused.value.message


def test_an_agent_cannot_try_telephones_all_day(tender, agent, farmer, monkeypatch):
    monkeypatch.setattr(assistance, "A_DAY", 1)
    start(tender, agent)
    with pytest.raises(MusikaError) as refused:
        start(tender, agent)
    assert "a day" in refused.value.message


def test_an_agent_who_tries_telephones_of_nobody_is_stopped_too(tender, agent, farmer, monkeypatch):
    monkeypatch.setattr(assistance, "NUMBERS_A_DAY", 3)
    for n in range(3):
        with pytest.raises(assistance.NoSuchFarmer):
            start(tender, agent, f"+26377300000{n}")
    with pytest.raises(MusikaError) as refused:
        start(tender, agent)
    assert "telephones a day" in refused.value.message


def test_sessions_begun_anew_give_no_new_codes_without_end(tender, agent, farmer):
    sent = 0
    with pytest.raises(NotNow):
        while sent < 40:
            row = write(start(tender, agent))
            for _ in range(assistance.CODES):
                assistance.ask(assistance=row, by=agent, now=START)
                sent += 1
            assistance.drop(assistance=row, by=agent, now=START)
    assert sent == assistance.CODES_A_DAY


def test_an_agent_who_bids_himself_helps_no_rival(tender, market, farmer):
    user, firm = market.tenderers[0]
    Membership.objects.create(user=user, organization=firm, role=Role.AGENT, granted_at=START)
    user = again(user)
    bids.submit(
        tender=tender,
        tenderer=firm,
        content=offer(tender, "300"),
        by=user,
        received_at=START,
        now=START,
    )
    with pytest.raises(NotPermitted) as refused:
        start(tender, user)
    assert refused.value.code == "conflict-of-interest"


def test_who_has_helped_does_not_bid_against_the_farmer(tender, market, farmer):
    user, firm = market.tenderers[0]
    Membership.objects.create(user=user, organization=firm, role=Role.AGENT, granted_at=START)
    user = again(user)
    start(tender, user)
    with pytest.raises(NotPermitted):
        bids.submit(
            tender=tender,
            tenderer=firm,
            content=offer(tender, "1"),
            by=user,
            received_at=START,
            now=START,
        )


def test_there_is_no_field_for_money_to_an_agent():
    names = " ".join(field.name for field in Assistance._meta.get_fields())
    assert not re.search("commission|fee|paid|amount|price|share|reward", names)


def test_the_role_takes_two_administrators():
    operator = organization("Operator", "operator")
    first, second = (person(n, operator, Role.ADMINISTRATOR) for n in ("Ann One", "Bea Two"))
    user, shop = person("Ganda"), organization("Corner Shop", "company")
    proposal = grants.propose(user=user, organization=shop, role=Role.AGENT, by=first, now=START)
    with pytest.raises(NotPermitted):
        grants.confirm(proposal=proposal, by=first, now=START)
    assert grants.confirm(proposal=proposal, by=second, now=START).role == Role.AGENT
