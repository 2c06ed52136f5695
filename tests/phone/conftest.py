"""A handset that dials the menu as the operator of a short code forwards it."""

import secrets

import pytest

from marketplace import clock
from marketplace.notify import gsm, outbox, sms
from tests.factories import START, Market

SECRET = {"HTTP_X_MUSIKA_SECRET": "a secret of the tests"}


@pytest.fixture
def at(monkeypatch):
    def set_clock(now):
        monkeypatch.setattr(clock, "now", lambda: now)

    set_clock(START)
    return set_clock


@pytest.fixture
def market(db):
    return Market()


class Handset:
    """One telephone; `dial` begins a call, `type` goes on; what is shown is the answer."""

    def __init__(self, client, number):
        self.client, self.number, self.shown = client, number, []

    def post(self, session, text, **headers):
        fields = {
            "sessionId": session,
            "phoneNumber": self.number,
            "serviceCode": "*384*26#",
            "text": text,
        }
        return self.client.post("/ussd/", fields, **{**SECRET, **headers})

    def dial(self):
        self.session, self.text = secrets.token_hex(6), ""
        return self._say()

    def type(self, *inputs):
        for one in inputs:
            self.text = f"{self.text}*{one}" if self.text else str(one)
            answer = self._say()
        return answer

    def _say(self):
        answer = self.post(self.session, self.text)
        assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain")
        word, _, text = answer.content.decode().partition(" ")
        assert word in ("CON", "END")
        assert gsm.is_gsm(text) and gsm.length(text) <= 160, text
        self.shown.append(text)
        self.ended = word == "END"
        return text

    def pick(self, words):
        """Press the digit that stands before these words, turning pages until they come."""
        for _ in range(12):
            for line in self.shown[-1].split("\n"):
                digit, _, rest = line.partition(" ")
                if digit.isdigit() and words.lower() in rest.lower():
                    return self.type(digit)
            self.type("9")
        raise AssertionError(f"“{words}” is on no page: {self.shown[-3:]}")

    def inbox(self):
        for pk in outbox.waiting(clock.now()):
            outbox.deliver(pk, now=clock.now())
        return [text for _, text in sms.inbox(self.number)]


@pytest.fixture
def handset(client):
    return lambda number="+263771234567": Handset(client, number)
