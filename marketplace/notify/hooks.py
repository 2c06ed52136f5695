"""Calling a person's program: signed, to an address of the open internet alone, and not for long.

The name is resolved once; every address that it has must be public; the connection goes to the
one that was checked, whatever the name says a moment later. No redirect is followed.
"""

import hashlib
import hmac
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from marketplace.errors import Invalid, MusikaError
from marketplace.notify import secrecy
from marketplace.notify.models import Message, Webhook

SECONDS = 10
LONGEST_ANSWER = 4096
PORTS = (443, 8443)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class BadWebhook(Invalid):
    """Not an address that this installation calls."""

    code = "bad-webhook"


class NotTaken(MusikaError):
    """The program did not take the call."""

    code = "webhook-not-taken"


@dataclass(frozen=True)
class Target:
    """Where a call goes, as the address says it."""

    secure: bool
    host: str
    port: int
    path: str


def target(url: str) -> Target:
    """Read the address; raises BadWebhook for what is never called."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadWebhook("This is not an address.", where="url") from None
    local = settings.WEBHOOK_LOOPBACK
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise BadWebhook("The address has to begin with https://.", where="url")
    if not parts.hostname or parts.username or parts.password or not parts.netloc.isascii():
        raise BadWebhook("Give a host, without a name and password before it.", where="url")
    port = port or (443 if parts.scheme == "https" else 80)
    if port not in PORTS and not local:
        raise BadWebhook("Only the ports 443 and 8443 are called.", where="url")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not all(33 <= ord(letter) <= 126 for letter in path):
        raise BadWebhook("Write blanks and other letters as %20 and so on.", where="url")
    return Target(parts.scheme == "https", parts.hostname, port, path)


def public_address(where: Target) -> str:
    """The address to call, after looking at every one that the name has. Raises BadWebhook."""
    try:
        found = socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise BadWebhook("The host has no address.", where="url") from None
    addresses = [str(row[4][0]).partition("%")[0] for row in found]
    for text in addresses:
        if not _allowed(ipaddress.ip_address(text)):
            raise BadWebhook(
                "The host is inside a private network or this machine.",
                where="url",
                remedy="Give an address that everybody on the internet can reach.",
            )
    return addresses[0]


def _allowed(address: Address) -> bool:
    if settings.WEBHOOK_LOOPBACK and address.is_loopback:
        return True
    return all(_is_open(inner) for inner in _inside(address))


def _inside(address: Address) -> Iterator[Address]:
    """The address and those of IPv4 that hide in one of IPv6: mapped, 6to4, Teredo, NAT64."""
    yield address
    if isinstance(address, ipaddress.IPv6Address):
        hidden = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        yield from (inner for inner in hidden if inner is not None)
        if address in ipaddress.ip_network("64:ff9b::/96"):
            yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def _is_open(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


def sign(secret: str, at: datetime, body: bytes) -> str:
    """What the header Musika-Signature says: HMAC-SHA-256 over time and body."""
    told = f"{int(at.timestamp())}.".encode() + body
    return "v1=" + hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()


def secret_of(hook: Webhook) -> str:
    return secrecy.unseal(f"webhook:{hook.user.public_id}:{hook.url}", bytes(hook.sealed_secret))


def call(hook: Webhook, message: Message, now: datetime) -> str:
    """POST the message; returns the status that the program answered with."""
    where = target(hook.url)
    body = message.body.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Musika-Webhook/1",
        # The same at each repetition: a program that has seen it already leaves it.
        "Musika-Delivery": str(message.pk),
        "Musika-Timestamp": str(int(now.timestamp())),
        "Musika-Signature": sign(secret_of(hook), now, body),
        "Connection": "close",
    }
    status = _post(where, public_address(where), body, headers)
    if not 200 <= status < 300:
        raise NotTaken(f"It answered {status}; 200 to 299 is a yes, and no redirect is followed.")
    return str(status)


class _Pinned(HTTPConnection):
    """A connection to one address, whatever the name of the host leads to."""

    def __init__(self, where: Target, address: str) -> None:
        super().__init__(where.host, where.port, timeout=SECONDS)
        self.where, self.address = where, address

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.where.port), SECONDS)
        if self.where.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.where.host)


def _post(where: Target, address: str, body: bytes, headers: dict[str, str]) -> int:
    connection = _Pinned(where, address)
    try:
        connection.connect()
        with _at_most(SECONDS, connection.sock):
            connection.request("POST", where.path, body, headers)
            answer = connection.getresponse()
            answer.read(LONGEST_ANSWER)
            return answer.status
    except (OSError, HTTPException) as error:
        raise NotTaken(f"It cannot be reached: {type(error).__name__}.") from None
    finally:
        connection.close()


@contextmanager
def _at_most(seconds: float, connected: Any) -> Iterator[None]:
    """Cut the connection after so long altogether: a byte a second is no way to hold us."""

    over = threading.Event()

    def cut() -> None:
        over.set()
        with suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    if over.is_set():
        raise TimeoutError
