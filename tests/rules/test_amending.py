"""What an amendment may change: more is told, more time is given, nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from procurement.rules.amending import Timetable, amended, keeps_what_bids_answer, problems

DAY = timedelta(days=1)
NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
OLD = Timetable(NOW + 2 * DAY, NOW + DAY)
LEAST = 3 * DAY
TERMS = {
    "title": "Maize",
    "deadline": "2026-03-12T08:00:00.000000+00:00",
    "enquiry_deadline": "2026-03-11T08:00:00.000000+00:00",
    "lots": [{"lot": 1}],
}


def places(new, notice="", now=NOW):
    return [problem.where for problem in problems(OLD, new, notice, now, LEAST)]


def test_more_time_alone_may_be_given_until_the_last_moment():
    assert places(Timetable(NOW + 2 * DAY + timedelta(hours=1), OLD.enquiry_deadline)) == []


def test_a_notice_leaves_time_to_act_on_it():
    assert places(Timetable(NOW + LEAST, OLD.enquiry_deadline), "Bring your own bags.") == []
    assert places(Timetable(NOW + LEAST - DAY, OLD.enquiry_deadline), "Bags.") == ["deadline"]


@pytest.mark.parametrize(
    ("new", "where"),
    [
        (OLD, "notice"),
        (Timetable(OLD.deadline - DAY, OLD.enquiry_deadline), "deadline"),
        (Timetable(OLD.deadline + DAY, OLD.enquiry_deadline - DAY), "enquiry_deadline"),
        (Timetable(OLD.deadline + DAY, OLD.deadline + 2 * DAY), "enquiry_deadline"),
        (Timetable(OLD.deadline + DAY, None), "enquiry_deadline"),
    ],
)
def test_what_changes_nothing_or_takes_time_away_is_refused_at_its_place(new, where):
    assert places(new) == [where]


def test_amended_terms_ask_for_the_same_and_keep_every_earlier_amendment():
    first = amended(TERMS, Timetable(OLD.deadline + DAY, OLD.enquiry_deadline), "", "Roads.", NOW)
    second = amended(first, Timetable(OLD.deadline + 2 * DAY), "Bags.", "Asked.", NOW + DAY)
    assert [one["amendment"] for one in second["amendments"]] == [1, 2]
    assert second["amendments"][1]["deadline_before"] == first["deadline"]
    assert keeps_what_bids_answer(TERMS, first) and keeps_what_bids_answer(first, second)


@pytest.mark.parametrize(
    "change",
    [
        {"lots": [{"lot": 1, "more": "x"}]},
        {"title": "Wheat"},
        {"deadline": "2026-03-11T08:00:00.000000+00:00"},
        {"amendments": []},
        {"documents": []},
    ],
)
def test_what_a_bid_answers_is_not_amended_unseen(change):
    first = amended(TERMS, Timetable(OLD.deadline + DAY), "", "Roads.", NOW)
    second = amended(first, Timetable(OLD.deadline + 2 * DAY), "Bags.", "Asked.", NOW + DAY)
    assert not keeps_what_bids_answer(first, second | change)
