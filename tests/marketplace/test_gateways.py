"""Africa's Talking and webhooks, against servers that run beside the test."""

import hashlib
import hmac
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from django.db import connection

from marketplace.notify import hooks, outbox, sms, webhooks
from marketplace.notify.hooks import BadWebhook, Target
from marketplace.notify.models import Message
from tests.factories import START, person

NUMBER = "+263771234567"


@contextmanager
def serving(answer):
    """A server on this machine; `answer(handler, body)` writes the answer. Gives port and calls."""
    calls = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            calls.append((self.path, dict(self.headers), body))
            answer(self, body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server.server_port, calls
    finally:
        server.shutdown()
        server.server_close()


def says(status, body=b"", **headers):
    def answer(handler, _):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def africas_talking(handler, body):
    """As the documented service answers: 201 and a list of recipients, or 401 for a wrong key."""
    if handler.headers["apiKey"] != "the key":
        return says(401, b"The supplied authentication is invalid")(handler, body)
    to = parse_qs(body.decode())["to"][0]
    bad = to.endswith("99")
    row = {
        "number": to,
        "statusCode": 403 if bad else 101,
        "status": f"InvalidPhoneNumber {to}" if bad else "Success",
        "messageId": "None" if bad else "ATXid_1",
        "cost": "0",
    }
    data = {"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": [row]}}
    return says(201, json.dumps(data).encode())(handler, body)


def gateway(port, key="the%20key"):
    url = f"africastalking+http://musika:{key}@127.0.0.1:{port}/version1/messaging?from=MUSIKA"
    return sms.AfricasTalking(url)


def test_a_message_goes_out_as_the_gateway_documents_it():
    with serving(africas_talking) as (port, calls):
        assert gateway(port).send(NUMBER, "Hallo & co", START) == "ATXid_1"
    path, headers, body = calls[0]
    assert path == "/version1/messaging" and headers["Accept"] == "application/json"
    assert parse_qs(body.decode()) == {
        "username": ["musika"],
        "to": [NUMBER],
        "message": ["Hallo & co"],
        "from": ["MUSIKA"],
    }


@pytest.mark.parametrize(
    "number, key, says_so", [(NUMBER, "wrong", "401"), ("+263771234599", "the%20key", "403")]
)
def test_a_refusal_says_why_and_never_the_number(number, key, says_so):
    with serving(africas_talking) as (port, _), pytest.raises(sms.NotSent) as refused:
        gateway(port, key).send(number, "x", START)
    assert says_so in refused.value.message and "7712345" not in refused.value.message


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"SMSMessageData":{"Recipients":[]}}'])
def test_an_answer_that_makes_no_sense_counts_as_not_sent(body):
    with serving(says(201, body)) as (port, _), pytest.raises(sms.NotSent):
        gateway(port).send(NUMBER, "x", START)


# --- webhooks ------------------------------------------------------------------------------------


def added(port, path="/in"):
    return webhooks.add(
        user=person("Petra Program"), url=f"http://127.0.0.1:{port}{path}", now=START
    )


def told(row):
    webhooks.queue(row, "alert:1", {"event": "tender.published", "id": "MUS-1"}, START)
    message = Message.objects.get()
    outbox.deliver(message.pk, now=START)
    message.refresh_from_db()
    return message


@pytest.mark.django_db
def test_a_call_is_signed_over_time_and_body():
    with serving(says(204)) as (port, calls):
        row, secret = added(port)
        assert told(row).sent_at == START
    _, headers, body = calls[0]
    over = headers["Musika-Timestamp"].encode() + b"." + body
    expected = "v1=" + hmac.new(secret.encode(), over, hashlib.sha256).hexdigest()
    assert headers["Musika-Signature"] == expected and json.loads(body)["id"] == "MUS-1"


@pytest.mark.django_db
@pytest.mark.parametrize("status, more", [(500, {}), (302, {"Location": "http://127.0.0.1:1/"})])
def test_what_is_not_taken_is_tried_again_and_no_redirect_is_followed(status, more):
    with serving(says(status, **more)) as (port, calls):
        message = told(added(port)[0])
    assert (message.sent_at, len(calls)) == (None, 1)
    assert str(status) in message.last_error and message.next_attempt_at > START


@pytest.mark.django_db
def test_a_program_that_drips_is_cut_off(monkeypatch):
    monkeypatch.setattr(hooks, "SECONDS", 0.3)
    stop = threading.Event()

    def drip(handler, _):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not stop.wait(0.1):
            try:
                handler.wfile.write(b"a")
            except OSError:
                return

    with serving(drip) as (port, _):
        message = told(added(port)[0])
        stop.set()
    assert message.sent_at is None and "cannot be reached" in message.last_error


@pytest.mark.django_db
def test_a_webhook_that_was_ended_is_called_no_more():
    with serving(says(200)) as (port, calls):
        row, _ = added(port)
        webhooks.end(user=row.user, key=row.pk, now=START)
        row.refresh_from_db()
        assert told(row).gave_up_at == START
    assert calls == []


INSIDE = (
    "127.0.0.1 10.0.0.1 192.168.1.1 172.16.0.1 169.254.169.254 0.0.0.0 100.64.0.1 [::1] "
    "[fe80::1] [fc00::1] [::ffff:127.0.0.1] [::ffff:10.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::] "
    "224.0.0.1 255.255.255.255 localhost 2130706433 0x7f000001 127.1"
)


@pytest.mark.parametrize("host", INSIDE.split())
def test_no_address_inside_is_called(host, settings):
    settings.WEBHOOK_LOOPBACK = False
    with pytest.raises(BadWebhook):
        hooks.public_address(hooks.target(f"https://{host}/in"))


OTHERS = (
    "http://example.org/ ftp://example.org/ https://a:b@example.org/ https:///x "
    "file:///etc/passwd https://example.org:25/ https://example.org:x/ gopher://example.org "
    "https://exämple.org/"
)


@pytest.mark.parametrize("url", OTHERS.split())
def test_only_plain_addresses_of_the_web_are_called(url, settings):
    settings.WEBHOOK_LOOPBACK = False
    with pytest.raises(BadWebhook):
        hooks.target(url)


def test_one_bad_address_among_good_ones_is_enough(settings, monkeypatch):
    settings.WEBHOOK_LOOPBACK = False
    rows = [(0, 0, 0, "", (address, 443)) for address in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(hooks.socket, "getaddrinfo", lambda *_, **__: rows)
    with pytest.raises(BadWebhook):
        hooks.public_address(Target(True, "mixed.example", 443, "/"))


@pytest.mark.django_db
def test_the_address_that_was_looked_at_is_the_one_that_is_called(monkeypatch):
    """A name that leads elsewhere a moment later is not asked again."""
    with serving(says(200)) as (port, calls):
        row, _ = added(port)
        asked, real = [], hooks.socket.getaddrinfo

        def once(host, *rest, **more):
            if host == "127.0.0.1" and not asked:
                asked.append(host)
            return real(host, *rest, **more)

        monkeypatch.setattr(hooks, "public_address", lambda where: "127.0.0.1")
        row.url = f"http://rebinding.invalid:{port}/in"
        row.sealed_secret = hooks.secrecy.seal(f"webhook:{row.user.public_id}:{row.url}", "s")
        row.save()
        assert told(row).sent_at == START
    assert calls[0][1]["Host"] == f"rebinding.invalid:{port}"


@pytest.mark.django_db(transaction=True)
def test_a_name_is_resolved_before_a_lock_is_taken(monkeypatch):
    """Whoever owns the name decides how long that takes; with SQLite bids wait for the lock."""
    seen = []
    monkeypatch.setattr(hooks, "public_address", lambda _: seen.append(connection.in_atomic_block))
    added(443)
    assert seen == [False]
