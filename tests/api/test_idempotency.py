import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from api import tasks
from api.models import IdempotencyKey
from marketplace.accounts.models import Organization
from procurement.models import SealedBid, Tender
from tests.api import sending
from tests.api.conftest import Caller
from tests.factories import START, Market, tender_at

pytestmark = pytest.mark.django_db


def test_the_same_request_happens_once_and_is_answered_the_same(at, market, caller):
    officer = caller(market.officer)
    first = officer.post("tenders", sending.tender(), Idempotency_Key="k1")
    second = officer.post("tenders", sending.tender(), Idempotency_Key="k1")
    assert Tender.objects.count() == 1
    assert first.content == second.content
    assert (second.status_code, second["Location"]) == (201, first["Location"])
    assert second["Idempotent-Replayed"] == "true"


def test_a_key_is_not_used_for_something_else(at, market, caller):
    officer = caller(market.officer)
    officer.post("tenders", sending.tender(), Idempotency_Key="k1")
    other = officer.post("tenders", sending.tender(title="Other"), Idempotency_Key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert Tender.objects.count() == 1


def test_a_key_belongs_to_one_person(at, market, caller):
    for user, _ in market.tenderers[:2]:
        body = {"kind": "farmer", "name": user.full_name}
        made = caller(user).post("organizations", body, Idempotency_Key="k1")
        assert made.status_code == 201
    assert Organization.objects.filter(kind="farmer").count() == 2


def test_a_refused_request_leaves_its_key_free(at, market, caller):
    tender = tender_at("open", market, prices=())
    clerk = caller(market.tenderers[0][0])
    path, good = f"tenders/{tender.reference}/bids", sending.bid(tender, "300")
    assert clerk.post(path, good | {"lines": []}, Idempotency_Key="k1").status_code == 422
    assert clerk.post(path, good, Idempotency_Key="k1").status_code == 201


def test_of_a_bid_nothing_readable_is_kept(at, market, caller):
    tender = tender_at("open", market, prices=())
    clerk = caller(market.tenderers[0][0])
    path, bid = f"tenders/{tender.reference}/bids", sending.bid(tender, "31415.9265")
    clerk.post(path, bid, Idempotency_Key="k1")
    row = IdempotencyKey.objects.get()
    kept = " ".join(str(getattr(row, field.name)) for field in row._meta.fields)
    assert "31415" not in kept
    assert SealedBid.objects.get().public_id in row.body


def test_a_bid_sent_twice_is_one_revision(at, market, caller):
    tender = tender_at("open", market, prices=())
    clerk = caller(market.tenderers[0][0])
    path, bid = f"tenders/{tender.reference}/bids", sending.bid(tender, "300")
    for _ in range(3):
        assert clerk.post(path, bid, Idempotency_Key="k1").json()["revision"] == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "not ascii: é"])
def test_a_bad_key_is_refused(key, at, market, caller):
    refused = caller(market.officer).post("tenders", sending.tender(), Idempotency_Key=key)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad-idempotency-key")


@pytest.mark.django_db(transaction=True)
def test_the_same_request_at_the_same_moment_happens_once(at, schema):
    market = Market()
    callers = [Caller(schema, market.officer) for _ in range(4)]
    answers = []

    def send(officer):
        answers.append(officer.post("tenders", sending.tender(), Idempotency_Key="k1"))
        connection.close()

    threads = [threading.Thread(target=send, args=[officer]) for officer in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Tender.objects.count() == 1
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1


def test_old_keys_are_swept_and_younger_ones_kept(at, market, caller):
    officer, keep = caller(market.officer), settings.IDEMPOTENCY_KEEP
    officer.post("tenders", sending.tender(), Idempotency_Key="old")
    at.now = START + timedelta(microseconds=1)
    officer.post("tenders", sending.tender(), Idempotency_Key="young")
    at.now = START + keep
    assert tasks.sweep() == 1
    assert [row.key for row in IdempotencyKey.objects.all()] == ["young"]


def test_the_sweep_runs_by_itself():
    known = {row["task"] for row in settings.CELERY_BEAT_SCHEDULE.values()}
    assert tasks.sweep.name in known
