"""Shared accounts, telephones and addresses: found after the opening, answered on record."""

import pytest

from marketplace.accounts import personal
from marketplace.errors import NotFound, NotPermitted
from marketplace.ledger.models import Entry
from procurement.operations import links as answering
from procurement.queries import links
from tests.factories import AFTER, START, Market, tender_at

BANK, PHONE = "CBZ 0190 5550 1234", "+263 77 555 0199"


@pytest.fixture
def market(db):
    found = Market()
    (_, one), (_, two), (_, three) = found.tenderers
    personal.state(one.public_id, "bank_account", BANK, START)
    personal.state(two.public_id, "bank_account", "cbz-0190-5550-1234", START)
    personal.state(three.public_id, "phone", "077 555 0199", START)
    personal.state(found.evaluator.public_id, "phone", PHONE, START)
    return found


def pairs(tender):
    return {(row.kind, row.one.name, row.other.name) for row in links.found(tender)}


def test_bidders_with_one_account_and_an_official_with_their_telephone_are_found(market):
    tender = tender_at("opened", market)
    assert pairs(tender) == {
        ("bank_account", "Co-op Chengeta", "Farai Farmer"),
        ("phone", "Mbare Millers", "Eva Evaluator"),
    }


@pytest.mark.parametrize("stage", ["open", "closed"])
def test_before_the_opening_there_are_no_flags(market, stage):
    assert links.found(tender_at(stage, market)) == []


def test_who_did_not_bid_is_in_no_flag(market):
    assert pairs(tender_at("opened", market, prices=("310",))) == set()


def test_an_answer_is_on_record_with_who_and_why_and_without_the_value(market):
    tender = tender_at("opened", market)
    link = links.found(tender)[0]
    said = {"key": link.key, "state": "explained", "reason": "One union."}
    answering.answer(tender=tender, by=market.accountant, now=AFTER, **said)
    assert links.answers(tender)[link.key].reason == "One union."
    entry = Entry.objects.get(event="LinkAnswered")
    assert entry.visibility == "auditor" and "01905550" not in entry.body


@pytest.mark.parametrize("who", ["officer", "evaluator", "auditor"])
def test_only_the_accounting_officer_answers(market, who):
    tender = tender_at("opened", market)
    said = {"key": links.found(tender)[0].key, "state": "explained", "reason": "So."}
    with pytest.raises(NotPermitted):
        answering.answer(tender=tender, by=getattr(market, who), now=AFTER, **said)


def test_a_flag_that_is_not_there_is_not_answered(market):
    tender = tender_at("opened", market)
    with pytest.raises(NotFound):
        answering.answer(
            tender=tender, key="0", state="explained", reason="x", by=market.accountant, now=AFTER
        )
