"""The allocation by program: run, confirm, recommend, decide; and who may read it when."""

import hashlib
import json

import pytest

from procurement.queries import allocations as stored
from tests.divided import divided_at
from tests.factories import AFTER, publish

pytestmark = pytest.mark.django_db


def base(tender):
    return f"tenders/{tender.reference}/allocation"


def test_an_allocation_is_run_confirmed_and_awarded_by_program(at, market, caller):
    tender = divided_at("evaluated", market)
    at.now = AFTER
    judge, path = caller(market.evaluator), base(tender)
    made = judge.post(path)
    assert made.status_code == 201 and made.json()["finished_at"]
    assert judge.post(f"{path}/confirmation").json()["confirmed_at"]
    given = caller(market.officer).post(f"{path}/awards", {"reason": "Cheapest."})
    assert given.status_code == 201
    assert {row["quantity"] for row in given.json()} == {"60", "40"}
    done = caller(market.accountant).post(f"{path}/awards/decision", {"reason": "Agreed."})
    assert all(row["decided_at"] for row in done.json())


def test_before_the_decision_only_those_who_judge_read_it(at, market, caller):
    tender = divided_at("recommended", market)
    clerk = market.tenderers[0][0]
    for path in ("", "/whole", "/awards"):
        assert caller(market.evaluator).get(base(tender) + path).status_code == 200
        assert caller(clerk).get(base(tender) + path).status_code == 404
        assert caller().get(base(tender) + path).status_code == 404


def test_after_it_everybody_reads_the_bytes_that_were_digested(at, market, caller):
    tender = divided_at("standstill", market)
    told = caller().get(f"{base(tender)}/whole")
    raw = stored.latest(tender)
    assert raw.result in told.content.decode() and raw.case in told.content.decode()
    assert hashlib.sha256(raw.result.encode()).hexdigest() == told.json()["result_digest"]
    assert len(caller().get(f"{base(tender)}/awards").json()) == 2


def test_a_divided_lot_refuses_the_award_of_a_whole_one(at, market, caller):
    tender = divided_at("confirmed", market)
    at.now = AFTER
    path = f"tenders/{tender.reference}/lots/1/award"
    refused = caller(market.officer).post(path, {"reason": "First."})
    assert (refused.status_code, refused.json()["code"]) == (409, "lot-is-divided")


def test_a_bid_without_its_quantities_is_refused_in_plain_words(at, market, caller):
    tender = divided_at("draft", market)
    publish(tender, market)
    said = {"lot": 1, "item": 1, "unit_price": "300", "quantity": "100"}
    bid = {"format": "musika-bid/1", "lines": [said]}
    user, firm = market.tenderers[0]
    path = f"tenders/{tender.reference}/bids?tenderer={firm.public_id}"
    refused = caller(user).post(path, bid)
    assert refused.status_code == 422 and "the least and the most" in json.dumps(refused.json())
    whole = bid | {"parts": [{"lot": 1, "minimum": "0", "maximum": "60"}], "capacity": "50"}
    assert caller(user).post(path, whole).status_code == 201
