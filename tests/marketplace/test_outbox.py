from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection

from marketplace.notify import outbox, tasks, webhooks
from marketplace.notify.models import Message, Webhook
from tests.factories import START, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def farai():
    return person("Farai")


def queue(farai, key="k"):
    outbox.queue(key, [farai], subject="Receipt", body="It is in.", now=START)
    return Message.objects.get(key__startswith=key)


def test_a_message_owed_twice_is_one_message(farai):
    queue(farai)
    queue(farai)
    assert Message.objects.count() == 1


def test_a_delivered_message_is_not_sent_again(farai):
    message = queue(farai)
    assert outbox.deliver(message.pk, now=START)
    assert not outbox.deliver(message.pk, now=START)
    assert len(mail.outbox) == 1


def test_a_failed_message_waits_longer_each_time(farai, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    message, now = queue(farai), START
    waits = []
    for _ in range(3):
        assert not outbox.deliver(message.pk, now=now)
        message.refresh_from_db()
        waits.append(message.next_attempt_at - now)
        now = message.next_attempt_at
    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert "refused" in message.last_error


def test_a_message_is_due_only_when_its_time_has_come(farai):
    message = queue(farai)
    assert outbox.waiting(START) == [message.pk]
    assert outbox.waiting(START - timedelta(seconds=1)) == []


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_server_takes_its_time(farai, monkeypatch):
    """With SQLite it would be the lock that bids are written under."""
    message, seen = queue(farai), []
    monkeypatch.setattr(
        outbox.channels, "send", lambda *_: seen.append(connection.in_atomic_block) or ""
    )
    assert outbox.deliver(message.pk, now=START)
    assert seen == [False]


def test_a_message_that_is_being_sent_is_not_sent_by_another_worker(farai, monkeypatch):
    message, others = queue(farai), []

    def send(*_):
        others.append(outbox.deliver(message.pk, now=START + timedelta(seconds=30)))
        others.append(message.pk in outbox.waiting(START + timedelta(seconds=30)))
        return ""

    monkeypatch.setattr(outbox.channels, "send", send)
    assert outbox.deliver(message.pk, now=START)
    assert others == [False, False]
    assert message.log.count() == 1


def test_a_message_whose_worker_died_is_due_again(farai, monkeypatch):
    message = queue(farai)

    def die(*_):
        raise SystemExit

    monkeypatch.setattr(outbox.channels, "send", die)
    with pytest.raises(SystemExit):
        outbox.deliver(message.pk, now=START)
    monkeypatch.undo()
    assert outbox.waiting(START + outbox.CLAIM) == [message.pk]
    assert outbox.deliver(message.pk, now=START + outbox.CLAIM)


def test_letters_go_before_the_programs_of_strangers_and_those_get_no_more_than_a_while(
    farai, monkeypatch
):
    hook = Webhook.objects.create(
        user=farai, url="https://a.example/", sealed_secret=b"", created_at=START
    )
    for n in range(3):
        webhooks.queue(hook, f"slow:{n}", {"event": "x"}, START)
    letter = queue(farai, "late")
    assert outbox.waiting(START)[0] == letter.pk
    now, tried = [START], []

    def slow(message_id, **_):
        tried.append(message_id)
        now[0] += timedelta(seconds=25)

    monkeypatch.setattr(tasks.clock, "now", lambda: now[0])
    monkeypatch.setattr(tasks.outbox, "deliver", lambda pk, **rest: bool(slow(pk, **rest)))
    tasks.deliver_outbox()
    assert tried[0] == letter.pk and len(tried) == 2
