"""Declarations, amounts and marks by API."""

import pytest

from marketplace.accounts.roles import Role
from tests.factories import declare, person, tender_at
from tests.method_lots import MARGIN, RELATIVE
from tests.operations.test_judging import WITHOUT_ANSWERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(market):
    return person("Enos Evaluator", market.buyer, Role.EVALUATOR)


def sheet(tender, value):
    said = {"criterion": 1, "mark": value, "reason": "Tasted twice."}
    return {"marks": [{"bid": bid.public_id, **said} for bid in tender.bids.all()]}


def test_a_conflict_is_declared_and_bars_from_the_bids(at, market, caller, second):
    tender = tender_at("opened", market)
    said = {"tenderer": market.tenderers[0][1].public_id, "reason": "My brother."}
    path = f"tenders/{tender.reference}/declarations"
    assert caller(second).post(path, said).status_code == 201
    assert caller(second).get(path).status_code == 404
    told = caller(market.evaluator).get(path).json()
    rows = told["results"] if isinstance(told, dict) else told
    assert {row["tenderer"] for row in rows} == {None, said["tenderer"]}


def test_without_a_declaration_a_mark_is_refused(at, market, caller, second):
    tender = tender_at("opened", market, lots=(RELATIVE,))
    refused = caller(second).put(f"tenders/{tender.reference}/lots/1/marks", sheet(tender, "5"))
    assert (refused.status_code, refused.json()["code"]) == (403, "declaration-missing")


def test_marks_are_given_alone_signed_and_then_seen_by_all(at, market, caller, second):
    tender = tender_at("opened", market, lots=(RELATIVE,))
    declare(tender, second)
    path = f"tenders/{tender.reference}/lots/1/marks"
    first, other = caller(market.evaluator), caller(second)
    assert first.put(path, sheet(tender, "5")).status_code == 200
    assert other.get(path).json()["marks"] == []
    assert first.post(f"{path}/signature").json()["waiting"] == [second.public_id]
    assert other.post(f"{path}/signature").json()["code"] == "marks-missing"
    other.put(path, sheet(tender, "7"))
    told = other.post(f"{path}/signature").json()
    assert told["revealed"] and {row["mark"] for row in told["marks"]} == {"5", "7"}
    assert first.post(f"{path}/closure").json()["code"] == "marks-closed"
    made = first.post(f"tenders/{tender.reference}/lots/1/evaluations")
    assert made.status_code == 201


def test_amounts_and_the_preferred_group_are_stated(at, market, caller):
    tender = tender_at("opened", market, lots=(WITHOUT_ANSWERS,))
    bid = tender.bids.first().public_id
    one = {"component": 1, "item": 1, "amount": "12.50", "reason": "85 km"}
    fee = {"component": 2, "item": None, "amount": "50", "reason": "Fee"}
    said = {"bid": bid, "additions": [one, fee], "belongs": True, "evidence": "Certificate 7"}
    path = f"tenders/{tender.reference}/lots/1/assessments"
    told = caller(market.evaluator).put(path, said)
    assert told.status_code == 200, told.json()
    assert [row["amount"] for row in told.json()["additions"]] == ["12.5", "50"]
    assert told.json()["groups"] == [{"belongs": True, "evidence": "Certificate 7"}]
    short = caller(market.evaluator).put(path, {**said, "additions": [one]})
    assert short.status_code == 422 and MARGIN.components[1].per == "lot"
