"""The timetable page refuses what the check before publication would refuse for certain."""

from datetime import timedelta

import pytest

from marketplace.web.forms.drafts import TimetableForm
from procurement.models import Tender
from tests.factories import START, tender_at
from tests.web.buyer_support import send, text

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def date(name, at):
    return {f"{name}_day": at.day, f"{name}_month": at.month, f"{name}_year": at.year}


def form_of(deadline, hour="12:00", **more):
    data = {"deadline_time": hour, "enquiry_time": "", "standstill_days": "14"}
    data |= date("deadline", deadline) | more
    return TimetableForm(data, now=START, period=10 * DAY)


def test_a_deadline_too_soon_is_refused_with_the_earliest_instant(market, at, signed_in):
    tender = tender_at("draft", market)
    form = {"deadline_time": "10:00", "enquiry_time": "", "standstill_days": "14"}
    form |= date("deadline", START + 3 * DAY)
    page = text(send(signed_in(market.officer), "draft_timetable", tender.reference, **form))
    assert "at least 10 days after publication" in page
    assert "the earliest is Thursday 12 March 2026, 10:00 CAT" in page
    assert "There is a problem" in page
    assert Tender.objects.get().deadline == tender.deadline


def test_the_earliest_instant_itself_is_accepted():
    assert form_of(START + 10 * DAY, "10:00").is_valid()
    assert not form_of(START + 10 * DAY, "09:59").is_valid()


def test_a_deadline_in_the_past_says_that_it_is():
    form = form_of(START - DAY)
    assert "This is in the past." in form.errors["deadline"][0]


def test_a_past_end_of_questions_is_refused_beside_its_box():
    form = form_of(START + 20 * DAY, **date("enquiry_deadline", START - DAY), enquiry_time="16:00")
    assert "The time for questions is past" in form.errors["enquiry_deadline"][0]


def test_questions_that_end_after_bids_are_refused_beside_their_box():
    late = date("enquiry_deadline", START + 21 * DAY)
    form = form_of(START + 20 * DAY, **late, enquiry_time="16:00")
    assert "Questions must end before bids do" in form.errors["enquiry_deadline"][0]


def test_a_last_day_for_questions_needs_its_hour():
    form = form_of(START + 20 * DAY, **date("enquiry_deadline", START + 9 * DAY))
    assert "enquiry_time" in form.errors
