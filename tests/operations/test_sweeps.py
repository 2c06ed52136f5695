"""Sweeps find their work in the database, and may run as often as they like."""

from datetime import timedelta

import pytest

from marketplace.errors import NotPermitted
from marketplace.notify.models import Message
from procurement import verification
from procurement.models import Export
from procurement.operations import drafts, exports, reminders
from procurement.queries import lists
from tests.factories import AFTER, DEADLINE, START, Market, tender_at

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def market():
    return Market()


def draft(market, now):
    user, firm = market.tenderers[0]
    tender = tender_at("open", market, prices=())
    drafts.save(tender=tender, tenderer=firm, data=b"{}", by=user, now=now)


def test_a_draft_without_a_bid_is_reminded_once_in_the_last_day(market):
    draft(market, START)
    reminders.queue_due(now=DEADLINE - HOUR)
    reminders.queue_due(now=DEADLINE - HOUR)
    assert Message.objects.filter(key__startswith="reminder:").count() == 1


def test_nobody_is_reminded_a_week_before(market):
    draft(market, START)
    assert reminders.queue_due(now=DEADLINE - timedelta(days=7)) == 0


def test_nobody_is_reminded_at_the_deadline(market):
    draft(market, START)
    assert reminders.queue_due(now=DEADLINE) == 0


def test_a_tender_is_due_to_close_when_the_drain_is_over(market):
    tender = tender_at("open", market, prices=())
    drained = DEADLINE + timedelta(seconds=60)
    assert lists.to_close(drained - timedelta(microseconds=1)) == []
    assert lists.to_close(drained) == [tender]


def test_an_export_is_found_made_and_verifies(market):
    tender = tender_at("standstill", market)
    exports.request(kind="history_jsonl", tender=tender, by=market.auditor, now=AFTER)
    [waiting] = exports.waiting(AFTER)
    made = exports.run(waiting, now=AFTER)
    with made.file.open("rb") as file:
        assert verification.verify(file.read().splitlines()).passed
    assert exports.waiting(AFTER) == []


def test_an_export_whose_worker_died_is_taken_up_again(market):
    tender = tender_at("opened", market)
    row = exports.request(kind="bids_csv", tender=tender, by=market.auditor, now=AFTER)
    Export.objects.filter(pk=row.pk).update(started_at=AFTER)
    assert exports.waiting(AFTER + timedelta(minutes=14)) == []
    assert exports.waiting(AFTER + timedelta(minutes=16)) == [row.pk]


def test_only_auditors_ask_for_exports(market):
    tender = tender_at("opened", market)
    with pytest.raises(NotPermitted):
        exports.request(kind="bids_csv", tender=tender, by=market.officer, now=AFTER)


def test_an_export_that_two_workers_find_is_made_by_one(market):
    tender = tender_at("opened", market)
    row = exports.request(kind="bids_csv", tender=tender, by=market.auditor, now=AFTER)
    Export.objects.filter(pk=row.pk).update(started_at=AFTER)
    assert exports.run(row.pk, now=AFTER) is None


def test_an_export_that_fails_says_so_and_is_not_tried_for_ever(market, settings, tmp_path):
    tender = tender_at("opened", market)
    row = exports.request(kind="bids_csv", tender=tender, by=market.auditor, now=AFTER)
    (tmp_path / "full").write_text("a file where a folder is needed")
    settings.MEDIA_ROOT = tmp_path / "full"
    assert "again" in exports.run(row.pk, now=AFTER).error
    assert exports.waiting(AFTER + timedelta(hours=1)) == []
