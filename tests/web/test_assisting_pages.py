"""An agent's pages: start, write, the farmer's code, and nothing left to read."""

import re

import pytest

from marketplace.accounts.roles import Role
from marketplace.notify import outbox, sms
from marketplace.registry import phones
from procurement.models import Assistance, SealedBid
from tests.factories import START, organization, person, publish, tender_at

pytestmark = pytest.mark.django_db
NUMBER = "+263771234567"


@pytest.fixture
def tender(market, at):
    phones.register_farmer(
        number=NUMBER, name="Tariro Moyo", identity_number="63-1234567 A 42",
        province="Midlands", district="Gweru", pin="27182", language="en", now=START,
    )  # fmt: skip
    return publish(tender_at("draft", market), market)


@pytest.fixture
def agent(signed_in):
    return signed_in(person("Ganda", organization("Corner Shop", "company"), Role.AGENT))


def begin(agent, tender, number="0771234567"):
    data = {"reference": tender.reference, "number": number}
    return agent.post("/help-to-bid/", data)


def test_from_the_telephone_to_the_seal(agent, tender):
    session = begin(agent, tender)["Location"]
    assert "First complete the bid" in agent.get(session).content.decode()
    agent.post(f"{session}lots/1/", {"version": "0", "price-1": "287.43"})
    assert "28,743.00" in agent.get(session).content.decode()
    assert agent.post(f"{session}ask/")["Location"].endswith("/code/")
    for pk in outbox.waiting(START):
        outbox.deliver(pk, now=START)
    code = re.search(r"code (\d{6})", sms.inbox(NUMBER)[0][1])[1]
    assert agent.post(f"{session}code/", {"code": code})["Location"] == session
    page = agent.get(session).content.decode()
    assert "Sealed and sent" in page and "287" not in page and "Tariro" not in page
    assert SealedBid.objects.get().tenderer.name == "Tariro Moyo"
    assert agent.get(f"{session}lots/1/").status_code == 404


def test_the_agent_never_reads_the_farmers_name(agent, tender):
    session = begin(agent, tender)["Location"]
    agent.post(f"{session}lots/1/", {"version": "0", "price-1": "287.43"})
    assert "Tariro" not in agent.get(session).content.decode()


def test_a_wrong_code_is_refused_beside_the_field(agent, tender):
    session = begin(agent, tender)["Location"]
    agent.post(f"{session}lots/1/", {"version": "0", "price-1": "287.43"})
    agent.post(f"{session}ask/")
    page = agent.post(f"{session}code/", {"code": "1"}).content.decode()
    assert "not the code for this bid" in page and not SealedBid.objects.exists()


def test_a_stranger_is_told_how_to_become_an_agent(market, tender, signed_in):
    web = signed_in(market.tenderers[0][0])
    assert "You are no agent yet" in web.get("/help-to-bid/").content.decode()
    assert begin(web, tender).status_code == 200
    assert not Assistance.objects.exists()


def test_an_unknown_telephone_says_what_would_help(agent, tender):
    page = begin(agent, tender, "0779999999").content.decode()
    assert "The farmer registers first" in page


def test_a_session_can_be_ended_without_a_bid(agent, tender):
    session = begin(agent, tender)["Location"]
    agent.post(f"{session}drop/")
    assert "This session is over" in agent.get(session).content.decode()
