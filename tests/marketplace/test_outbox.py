from datetime import timedelta

import pytest
from django.core import mail

from marketplace.notify import outbox
from marketplace.notify.models import Message
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
    message = queue(farai)
    waits = []
    for _ in range(3):
        assert not outbox.deliver(message.pk, now=START)
        message.refresh_from_db()
        waits.append(message.next_attempt_at - START)
    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert "refused" in message.last_error


def test_a_message_is_due_only_when_its_time_has_come(farai):
    message = queue(farai)
    assert outbox.waiting(START) == [message.pk]
    assert outbox.waiting(START - timedelta(seconds=1)) == []
