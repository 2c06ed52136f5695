"""Each boundary a microsecond either side, in whatever offset the instants are given."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from procurement.rules.timeline import (
    InvalidTimetable,
    LotFacts,
    TenderFacts,
    TenderStatus,
    accepts_bids,
    accepts_enquiries,
    check_timetable,
    closes_at,
    in_time,
    lot_status,
    may_close,
    may_open,
    status,
)

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
START = datetime(2026, 3, 1, 8, tzinfo=UTC)
DEADLINE = START + 20 * DAY
CLOSED = DEADLINE + timedelta(seconds=61)
OPENED = CLOSED + timedelta(hours=1)

TENDER = TenderFacts(
    published_at=START - DAY,
    tender_period_start=START,
    enquiry_end=START + 10 * DAY,
    deadline=DEADLINE,
    closed_at=CLOSED,
    opened_at=OPENED,
    lots=(LotFacts(lot="1"),),
)
LOT = LotFacts(
    lot="1",
    evaluated_at=OPENED + DAY,
    awarded_at=OPENED + 2 * DAY,
    standstill_ends_at=OPENED + 12 * DAY,
    contract_signed_at=OPENED + 13 * DAY,
    delivered_at=OPENED + 20 * DAY,
    paid_at=OPENED + 27 * DAY,
)


@pytest.mark.parametrize(
    ("boundary", "before", "after"),
    [
        (START - DAY, "draft", "planned"),
        (START, "planned", "open"),
        (DEADLINE, "open", "closing"),
        (CLOSED, "closing", "awaiting_opening"),
        (OPENED, "awaiting_opening", "in_evaluation"),
        (OPENED + DAY, "in_evaluation", "evaluated"),
        (OPENED + 2 * DAY, "evaluated", "standstill"),
        (OPENED + 12 * DAY, "standstill", "awarded"),
        (OPENED + 13 * DAY, "awarded", "contracted"),
        (OPENED + 20 * DAY, "contracted", "delivered"),
        (OPENED + 27 * DAY, "delivered", "paid"),
    ],
)
def test_a_status_begins_at_its_first_instant_and_not_a_microsecond_earlier(
    boundary, before, after
):
    facts = replace(TENDER, lots=(LOT,))
    assert status(facts, boundary - TICK) == before
    assert status(facts, boundary) == after


def test_the_deadline_does_not_belong_to_the_tender_period():
    facts = replace(TENDER, closed_at=None, opened_at=None)
    assert accepts_bids(facts, DEADLINE - TICK)
    assert not accepts_bids(facts, DEADLINE)


def test_the_first_instant_belongs_to_the_tender_period():
    facts = replace(TENDER, closed_at=None, opened_at=None)
    assert accepts_bids(facts, START)
    assert not accepts_bids(facts, START - TICK)


def test_a_bid_in_time_is_no_longer_recorded_after_close():
    assert in_time(TENDER, DEADLINE - TICK)
    assert not accepts_bids(TENDER, DEADLINE - TICK)


def test_a_cancelled_tender_takes_no_bids():
    facts = replace(TENDER, closed_at=None, opened_at=None, cancelled_at=START + DAY)
    assert not accepts_bids(facts, START)


def test_a_tender_published_late_takes_bids_only_from_its_publication():
    facts = replace(TENDER, published_at=START + DAY, closed_at=None, opened_at=None)
    assert not accepts_bids(facts, START + DAY - TICK)
    assert accepts_bids(facts, START + DAY)


def test_without_a_start_the_period_begins_with_publication():
    facts = TenderFacts(published_at=START, deadline=DEADLINE)
    assert status(facts, START) is TenderStatus.OPEN
    assert accepts_bids(facts, START)


def test_enquiries_end_at_their_own_end():
    assert accepts_enquiries(TENDER, START + 10 * DAY - TICK)
    assert not accepts_enquiries(TENDER, START + 10 * DAY)


def test_enquiries_end_with_the_tender_period_where_no_end_is_set():
    facts = replace(TENDER, enquiry_end=None)
    assert accepts_enquiries(facts, DEADLINE - TICK)
    assert not accepts_enquiries(facts, DEADLINE)


def test_a_draft_and_a_cancelled_tender_take_no_enquiries():
    assert not accepts_enquiries(replace(TENDER, published_at=None), START)
    assert not accepts_enquiries(replace(TENDER, cancelled_at=START), START)


def test_close_waits_for_the_whole_drain_time():
    facts = replace(TENDER, closed_at=None, opened_at=None, drain_seconds=60)
    assert closes_at(facts) == DEADLINE + timedelta(seconds=60)
    assert not may_close(facts, closes_at(facts) - TICK)
    assert may_close(facts, closes_at(facts))


@pytest.mark.parametrize(
    "change", [{"closed_at": CLOSED}, {"cancelled_at": START}, {"published_at": None}]
)
def test_close_is_recorded_once_and_only_of_a_tender_that_stands(change):
    facts = replace(TENDER, **({"closed_at": None, "opened_at": None} | change))
    assert not may_close(facts, DEADLINE + DAY)


def test_opening_is_impossible_before_close():
    facts = replace(TENDER, opened_at=None)
    assert not may_open(facts, CLOSED - TICK)
    assert may_open(facts, CLOSED)
    assert not may_open(replace(facts, closed_at=None), CLOSED + DAY)


def test_bids_are_opened_once_and_never_of_a_cancelled_tender():
    assert not may_open(TENDER, OPENED)
    assert not may_open(replace(TENDER, opened_at=None, cancelled_at=START), OPENED)


def test_a_cancellation_counts_from_its_instant():
    facts = replace(TENDER, cancelled_at=START + DAY)
    assert status(facts, START + DAY - TICK) is TenderStatus.OPEN
    assert status(facts, START + DAY) is TenderStatus.CANCELLED


def test_the_tender_stands_where_its_slowest_lot_stands():
    slow = replace(LOT, awarded_at=OPENED + 5 * DAY, paid_at=None)
    facts = replace(TENDER, lots=(LOT, slow))
    assert status(facts, OPENED + 3 * DAY) is TenderStatus.EVALUATED
    assert status(facts, OPENED + 30 * DAY) is TenderStatus.DELIVERED


def test_an_unsuccessful_lot_counts_only_when_all_are():
    lost = LotFacts(lot="2", unsuccessful_at=OPENED + DAY)
    now = OPENED + 30 * DAY
    assert status(replace(TENDER, lots=(LOT, lost)), now) is TenderStatus.PAID
    assert status(replace(TENDER, lots=(lost, lost)), now) is TenderStatus.UNSUCCESSFUL


def test_a_tender_without_any_bid_is_unsuccessful_without_an_opening():
    lost = LotFacts(lot="1", unsuccessful_at=CLOSED + DAY)
    facts = replace(TENDER, opened_at=None, lots=(lost,))
    assert status(facts, CLOSED + DAY - TICK) is TenderStatus.AWAITING_OPENING
    assert status(facts, CLOSED + DAY) is TenderStatus.UNSUCCESSFUL


def test_a_tender_without_lots_goes_by_its_own_evaluation():
    facts = replace(TENDER, lots=(), evaluated_at=OPENED + DAY)
    assert status(facts, OPENED + DAY - TICK) is TenderStatus.IN_EVALUATION
    assert status(facts, OPENED + DAY) is TenderStatus.EVALUATED


def test_a_cancelled_award_returns_the_lot_to_evaluated():
    lot = replace(LOT, award_cancelled_at=OPENED + 3 * DAY)
    assert lot_status(lot, OPENED + 3 * DAY - TICK) is TenderStatus.STANDSTILL
    assert lot_status(lot, OPENED + 3 * DAY) is TenderStatus.EVALUATED


def test_a_new_award_after_a_cancellation_stands():
    lot = replace(LOT, award_cancelled_at=OPENED + DAY)
    assert lot_status(lot, OPENED + 2 * DAY) is TenderStatus.STANDSTILL


def test_an_award_without_standstill_stands_at_once():
    lot = replace(LOT, standstill_ends_at=None)
    assert lot_status(lot, OPENED + 2 * DAY) is TenderStatus.AWARDED


def test_a_deadline_in_another_offset_is_the_same_instant():
    harare = DEADLINE.astimezone(timezone(timedelta(hours=2)))
    facts = replace(TENDER, deadline=harare, closed_at=None, opened_at=None)
    # As text the deadline's hour is two hours later than the bid's, as an instant it is equal.
    assert not accepts_bids(facts, DEADLINE)
    assert accepts_bids(facts, (DEADLINE - TICK).astimezone(timezone(timedelta(hours=-11))))


def test_the_hour_that_a_zone_repeats_is_told_apart():
    berlin = ZoneInfo("Europe/Berlin")
    deadline = datetime(2026, 10, 25, 2, 30, tzinfo=berlin)
    second_time_round = datetime(2026, 10, 25, 2, 15, tzinfo=berlin, fold=1)
    facts = TenderFacts(published_at=START, deadline=deadline)
    # By the wall clock 2.15 is before 2.30; in truth it came 45 minutes later.
    assert second_time_round < deadline
    assert not accepts_bids(facts, second_time_round)


def test_a_time_without_an_offset_is_refused_by_name():
    with pytest.raises(InvalidTimetable, match="deadline: 2026-03-21T08:00:00 has no UTC offset"):
        TenderFacts(deadline=DEADLINE.replace(tzinfo=None))
    with pytest.raises(InvalidTimetable, match="now"):
        status(TENDER, START.replace(tzinfo=None))


def test_a_published_tender_without_a_deadline_is_refused():
    with pytest.raises(InvalidTimetable, match="needs a deadline"):
        status(TenderFacts(published_at=START), START)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"deadline": START - 2 * DAY}, "deadline"),
        ({"tender_period_start": DEADLINE}, "deadline"),
        ({"enquiry_end": START}, "enquiry_end"),
        ({"enquiry_end": DEADLINE + TICK}, "enquiry_end"),
        ({"drain_seconds": -1}, "drain_seconds"),
    ],
)
def test_a_timetable_that_contradicts_itself_is_refused(change, where):
    with pytest.raises(InvalidTimetable) as refused:
        check_timetable(replace(TENDER, **change), START - DAY)
    assert refused.value.where == where


def test_the_tightest_sound_timetable_is_accepted():
    now = START
    facts = TenderFacts(tender_period_start=now, enquiry_end=now + TICK, deadline=now + TICK)
    check_timetable(facts, now)
    check_timetable(TenderFacts(deadline=now + TICK), now)


def test_a_deadline_at_this_very_instant_is_too_late():
    with pytest.raises(InvalidTimetable, match="must lie ahead"):
        check_timetable(TenderFacts(deadline=START), START)


def test_no_drain_time_at_all_is_allowed():
    check_timetable(replace(TENDER, drain_seconds=0), START - DAY)
    assert TenderFacts().drain_seconds == 60


def test_an_award_cancelled_at_the_instant_it_was_made_does_not_stand():
    lot = replace(LOT, award_cancelled_at=LOT.awarded_at)
    assert lot_status(lot, OPENED + 2 * DAY) is TenderStatus.EVALUATED
