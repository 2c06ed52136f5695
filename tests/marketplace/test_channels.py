"""Telling people: over which channel, in which language, how often, and what is kept of it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.utils.translation import gettext as _

from marketplace.accounts import phones
from marketplace.accounts.models import Phone
from marketplace.errors import Invalid
from marketplace.notify import digest, gsm, outbox, preferences, secrecy, sms
from marketplace.notify.kinds import Channel, Kind, When, due
from marketplace.notify.models import Message
from marketplace.registry import phones as proving
from tests.factories import START, person

pytestmark = pytest.mark.django_db
NUMBER = "+263771234567"
MORNING = START  # 10:00 in Harare


@pytest.fixture
def farai():
    return person("Farai")


def proved(user, number=NUMBER):
    return proving.take(user, phones.number(number), START, how="code")


def queue(user, kind=Kind.RECEIPT, key="k", now=MORNING, **words):
    given = {"subject": "Receipt", "body": "It is in."} | words
    outbox.queue(key, [user], now=now, kind=kind, **given)
    return {row.channel: row for row in Message.objects.filter(key__startswith=f"{key}:")}


def send_all(now=MORNING):
    return [outbox.deliver(pk, now=now) for pk in outbox.waiting(now)]


def test_without_a_telephone_there_is_only_mail(farai):
    assert set(queue(farai)) == {"email"}


def test_with_a_telephone_a_text_says_the_subject(farai):
    proved(farai)
    queue(farai)
    assert send_all() == [True, True]
    assert sms.inbox(NUMBER)[0][1] == "Receipt"


def test_who_registered_by_telephone_gets_no_mail(farai):
    farai.email = "0a@phone.invalid"
    farai.save()
    proved(farai)
    assert set(queue(farai)) == {"sms"}


def test_a_person_chooses_what_comes_over_which_channel(farai):
    proved(farai)
    off = {(Kind.RECEIPT, Channel.SMS): When.NEVER}
    preferences.choose(person=farai, wanted=off, now=START)
    assert set(queue(farai)) == {"email"}


def test_a_text_cannot_wait_for_the_daily_mail(farai):
    with pytest.raises(Invalid):
        preferences.choose(person=farai, wanted={(Kind.ALERT, Channel.SMS): When.DAILY}, now=START)


def test_words_are_said_in_the_language_of_the_person(farai):
    farai.language = "sn"
    farai.save()
    seen = []
    queue(farai, body=lambda: seen.append(_("Back")) or "x", subject="x")
    assert seen == ["Dzokerai"]


def test_no_row_holds_a_number_or_the_words_of_a_text(farai):
    proved(farai)
    queue(farai, sms="CANARY words")
    secrets = ("CANARY words", NUMBER, "771234567", "0771234567")
    assert [word for word in secrets if word in dump()] == []
    send_all()
    assert [word for word in secrets if word in dump()] == []
    assert Message.objects.get(channel="sms").sealed is None


def dump() -> str:
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_each_attempt_is_in_the_log(farai, settings):
    proved(farai)
    settings.SMS_URL = "africastalking+http://n:k@127.0.0.1:1/messaging"
    row = queue(farai)["sms"]
    assert not outbox.deliver(row.pk, now=START)
    settings.SMS_URL = "simulator:"
    assert outbox.deliver(row.pk, now=START + timedelta(minutes=2))
    first, second = row.log.all()
    assert "cannot be reached" in first.error
    assert second.error == "" and second.provider_id.startswith("simulated-")


def test_a_text_to_nobody_is_given_up_at_once(farai):
    proved(farai)
    row = queue(farai)["sms"]
    Phone.objects.all().delete()
    assert not outbox.deliver(row.pk, now=START)
    row.refresh_from_db()
    assert row.gave_up_at == START and row.pk not in outbox.waiting(START + timedelta(days=9))


def test_calm_news_waits_for_one_daily_mail(farai):
    daily = {(Kind.ALERT, Channel.EMAIL): When.DAILY}
    preferences.choose(person=farai, wanted=daily, now=START)
    for key in "ab":
        queue(farai, Kind.ALERT, key, body=f"News {key}")
    assert send_all() == []
    assert [digest.collect(now=START), digest.collect(now=START)] == [1, 0]
    send_all()
    assert [("News a" in m.body, "News b" in m.body) for m in mail.outbox] == [(True, True)]


def test_the_daily_mail_comes_once_a_day_and_not_at_night(farai):
    daily = {(Kind.ALERT, Channel.EMAIL): When.DAILY}
    preferences.choose(person=farai, wanted=daily, now=START)
    queue(farai, Kind.ALERT, "a")
    night = START.replace(hour=2)  # 04:00 in Harare
    assert digest.collect(now=night) == 0
    assert digest.collect(now=START) == 1
    queue(farai, Kind.ALERT, "b")
    assert digest.collect(now=START + timedelta(hours=3)) == 0
    assert digest.collect(now=START + timedelta(days=1)) == 1


HARARE = ZoneInfo("Africa/Harare")


@pytest.mark.parametrize(
    "kind, hour, waits",
    [(Kind.ALERT, 19, 9), (Kind.ALERT, 3, 1), (Kind.ALERT, 4, 0), (Kind.RECEIPT, 23, 0)],
)
def test_texts_that_are_not_urgent_leave_the_night_alone(kind, hour, waits):
    now = datetime(2026, 3, 2, hour, tzinfo=UTC)
    assert due(kind, Channel.SMS, now, HARARE) - now == timedelta(hours=waits)


@pytest.mark.parametrize(
    "text, size, parts",
    [("a" * 160, 160, 1), ("a" * 161, 161, 2), ("{}", 4, 1), ("ŵ" * 71, 71, 2), ("", 0, 1)],
)
def test_a_text_is_measured_as_the_network_does(text, size, parts):
    assert (gsm.length(text), gsm.segments(text)) == (size, parts)


def test_what_was_sealed_for_one_row_opens_in_no_other():
    sealed = secrecy.seal("one", "words")
    assert secrecy.unseal("one", sealed) == "words"
    with pytest.raises(Invalid):
        secrecy.unseal("other", sealed)
