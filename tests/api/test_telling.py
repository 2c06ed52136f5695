"""Telephone, preferences, searches and webhooks over the API, as the pages do them."""

import json
import re

import pytest
from knox.models import get_token_model

from marketplace import clock
from marketplace.notify import outbox, sms
from tests.factories import START, person

pytestmark = pytest.mark.django_db
NUMBER = "+263771234567"


@pytest.fixture
def call(client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: START)
    _, token = get_token_model().objects.create(user=person("Petra Program"))

    def send(method, path, data=None, **headers):
        answer = getattr(client, method)(
            f"/api/v1/me/{path}",
            json.dumps(data or {}) if method != "get" else None,
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", **headers},
        )
        return answer.status_code, json.loads(answer.content) if answer.content else None

    return send


def test_a_telephone_is_proved_by_the_code_that_was_sent(call):
    assert call("post", "phone", {"phone": "0771234567"})[1]["phone"] is None
    for pk in outbox.waiting(START):
        outbox.deliver(pk, now=START)
    code = re.search(r"\d{6}", sms.inbox(NUMBER)[0][1])[0]
    assert call("post", "phone/proof", {"code": code})[1]["phone"] == NUMBER
    assert call("delete", "phone")[0] == 204
    assert call("get", "phone")[1]["phone"] is None


@pytest.mark.parametrize(
    "path, data, code",
    [
        ("phone", {"phone": "12"}, "bad-phone-number"),
        ("phone/proof", {"code": "123456"}, "code-wrong"),
        ("webhooks", {"url": "ftp://x"}, "bad-webhook"),
        ("searches", {"name": "x", "query": "status=never"}, "bad-search"),
    ],
)
def test_a_refusal_has_its_code(call, path, data, code):
    status, said = call("post", path, data, **{"Idempotency-Key": "k"})
    assert (status, said["code"]) == (422, code)


def test_preferences_are_read_and_chosen(call):
    choice = {"kind": "alert", "channel": "email", "when": "daily"}
    assert call("put", "channels", choice)[0] == 200
    assert choice in call("get", "channels")[1]
    status, _ = call("put", "channels", choice | {"channel": "sms"})
    assert status == 422


def test_a_search_is_kept_once_and_ended(call):
    status, made = call("post", "searches", {"name": "Maize", "query": "?q=maize&page=2"},
                        **{"Idempotency-Key": "k"})  # fmt: skip
    assert (status, made["query"]) == (201, "q=maize")
    assert call("delete", f"searches/{made['id']}")[0] == 204
    assert call("delete", f"searches/{made['id']}")[0] == 404


def test_the_secret_of_a_webhook_is_told_once(call):
    status, made = call("post", "webhooks", {"url": "http://127.0.0.1:9/in"})
    assert status == 201 and len(made["secret"]) == 64
    assert "secret" not in json.dumps(call("get", "webhooks")[1])
    assert call("delete", f"webhooks/{made['id']}")[0] == 204
