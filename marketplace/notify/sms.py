"""Sending a text message: the gateway that settings.SMS_URL names.

simulator:                                       rows, shown on a page of the demonstration
africastalking+https://NAME:KEY@HOST/PATH?from=  Africa's Talking (docs/reference/notifications.md)
(empty)                                          this installation sends no texts
"""

import json
import re
from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, unquote, urlencode, urlsplit, urlunsplit
from urllib.request import Request, urlopen

from django.conf import settings

from marketplace.accounts import phones
from marketplace.errors import MusikaError
from marketplace.notify import secrecy
from marketplace.notify.models import SimulatedText

SECONDS = 20
LONGEST_ANSWER = 64_000


class NotSent(MusikaError):
    """The gateway did not take the message; the text never holds a number."""

    code = "sms-not-sent"


class Gateway(ABC):
    @abstractmethod
    def send(self, number: str, text: str, now: datetime) -> str:
        """Hand one message over; returns the gateway's name for it. Raises NotSent."""


class Simulator(Gateway):
    """A network of one row a message."""

    def send(self, number: str, text: str, now: datetime) -> str:
        digest = phones.digest(number)
        sealed = secrecy.seal(f"simulated:{digest}", text)
        row = SimulatedText.objects.create(number_digest=digest, sealed=sealed, at=now)
        return f"simulated-{row.pk}"


def inbox(number: str) -> list[tuple[datetime, str]]:
    """What the simulated network delivered to a number, the latest first."""
    digest = phones.digest(number)
    rows = SimulatedText.objects.filter(number_digest=digest)[:20]
    return [(row.at, secrecy.unseal(f"simulated:{digest}", bytes(row.sealed))) for row in rows]


class AfricasTalking(Gateway):
    """POST /version1/messaging: form fields in, one recipient with its status out."""

    # 100 processed, 101 sent, 102 queued; everything else was refused.
    TAKEN = (100, 101, 102)

    def __init__(self, url: str) -> None:
        parts = urlsplit(url.removeprefix("africastalking+"))
        host = parts.hostname or ""
        self.address = urlunsplit(
            (parts.scheme, f"{host}:{parts.port}" if parts.port else host, parts.path, "", "")
        )
        self.username, self.key = unquote(parts.username or ""), unquote(parts.password or "")
        self.sender = parse_qs(parts.query).get("from", [""])[0]

    def send(self, number: str, text: str, now: datetime) -> str:
        fields = {"username": self.username, "to": number, "message": text}
        if self.sender:
            fields["from"] = self.sender
        return self._taken(self._post(fields))

    def _post(self, fields: dict[str, str]) -> Any:
        headers = {
            "apiKey": self.key,
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        request = Request(self.address, urlencode(fields).encode(), headers, method="POST")
        try:
            with urlopen(request, timeout=SECONDS) as answer:
                return json.loads(answer.read(LONGEST_ANSWER))
        except HTTPError as error:
            raise NotSent(f"The gateway answered {error.code}.") from None
        except (URLError, OSError, ValueError) as error:
            raise NotSent(f"The gateway cannot be reached: {type(error).__name__}.") from None

    def _taken(self, answer: Any) -> str:
        try:
            row = answer["SMSMessageData"]["Recipients"][0]
            status, name = int(row["statusCode"]), str(row["messageId"])
        except (KeyError, IndexError, TypeError, ValueError):
            raise NotSent("The gateway took no recipient.") from None
        if status not in self.TAKEN:
            raise NotSent(f"The gateway refused it: {status} {without_numbers(row.get('status'))}.")
        return name[:100]


def without_numbers(text: object) -> str:
    """What a gateway says, with everything that could be a telephone number left out."""
    return re.sub(r"\+?\d[\d\s-]{5,}\d", "(number)", str(text))[:120]


def gateway() -> Gateway | None:
    """The gateway of this installation, or None."""
    url = settings.SMS_URL
    if url.startswith("africastalking+"):
        return AfricasTalking(url)
    return Simulator() if url.startswith("simulator") else None
