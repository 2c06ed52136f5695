"""A search that is kept tells its owner of each tender that it finds, once."""

from datetime import timedelta

import pytest

from marketplace.errors import Conflict, NotFound
from marketplace.notify import webhooks
from marketplace.notify.models import Message
from procurement import tasks
from procurement.models import SearchHit
from procurement.operations import searches
from tests.factories import START, Market, cancel, person, publish, tender_at

pytestmark = pytest.mark.django_db
LATER = START + timedelta(minutes=1)


@pytest.fixture
def market():
    return Market()


def keep(query="commodity=MAIZE_GRAIN", name="Maize", **more):
    user = more.pop("user", None) or person("Petra Keeps")
    return searches.save(user=user, name=name, query=query, now=START, **more)


def published(market):
    return publish(tender_at("draft", market), market, now=LATER)


def told(search):
    rows = Message.objects.filter(recipient=search.user, kind="alert")
    return list(rows.values_list("channel", flat=True))


def test_a_tender_that_is_found_is_told_once(market):
    search = keep()
    published(market)
    assert [searches.tell_due(now=LATER), searches.tell_due(now=LATER)] == [1, 0]
    assert told(search) == ["email"]
    assert "Maize for Gwanda" in Message.objects.get(kind="alert").body


@pytest.mark.parametrize("query", ["commodity=RICE", "province=Midlands", "q=sorghum"])
def test_what_a_search_does_not_find_is_not_told(market, query):
    search = keep(query)
    published(market)
    searches.tell_due(now=LATER)
    assert told(search) == []


def test_two_searches_that_find_the_same_tender_send_one_message(market):
    search = keep()
    keep("q=maize", "Words", user=search.user)
    published(market)
    searches.tell_due(now=LATER)
    assert (told(search), SearchHit.objects.count()) == (["email"], 2)


def test_nobody_is_told_of_what_was_published_before_he_asked(market):
    published(market)
    user = person("Late Keeper")
    search = searches.save(user=user, name="All", query="", now=LATER + timedelta(hours=1))
    searches.tell_due(now=LATER + timedelta(hours=2))
    assert told(search) == []


def test_a_draft_and_a_cancelled_tender_are_told_to_nobody(market):
    search = keep("")
    tender_at("draft", market)
    cancel(published(market), market, now=LATER)
    searches.tell_due(now=LATER)
    assert told(search) == []


def test_a_search_that_was_ended_is_told_no_more(market):
    search = keep()
    searches.end(user=search.user, search=search.public_id, now=START)
    published(market)
    searches.tell_due(now=LATER)
    assert told(search) == []
    with pytest.raises(NotFound):
        searches.end(user=search.user, search=search.public_id, now=LATER)


def test_each_webhook_is_owed_one_call_a_tender(market):
    search = keep()
    row, _ = webhooks.add(user=search.user, url="http://127.0.0.1:9/in", now=START)
    keep("q=maize", "Words", user=search.user)
    published(market)
    searches.tell_due(now=LATER)
    assert Message.objects.filter(hook=row).count() == 1


@pytest.mark.parametrize("query", ["status=hopeless", "closing=never", "q=" + "a" * 900])
def test_a_search_that_the_list_would_refuse_is_not_kept(query):
    with pytest.raises(searches.BadSearch):
        keep(query)


def test_order_page_and_unknown_names_are_no_part_of_a_search():
    assert searches.normal("?page=2&sort=-deadline&b=1&q=maize&commodity=B&commodity=A") == (
        "commodity=A&commodity=B&q=maize"
    )


def test_the_same_search_is_kept_once_and_not_without_end():
    search = keep("q=maize")
    with pytest.raises(Conflict):
        keep("q=maize&page=3", user=search.user)
    for number in range(searches.MOST - 1):
        keep(f"q=word{number}", user=search.user)
    with pytest.raises(searches.TooManySearches):
        keep("q=more", user=search.user)


def test_the_sweep_is_on_the_timetable(settings):
    names = {row["task"] for row in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {tasks.tell_searches.name, tasks.end_assistances.name} <= names
