"""Carrying one message out, whichever its channel."""

from collections.abc import Callable
from datetime import datetime

from django.core.mail import EmailMessage

from marketplace.accounts import phones
from marketplace.errors import MusikaError
from marketplace.notify import hooks, secrecy, sms
from marketplace.notify.kinds import Channel
from marketplace.notify.models import Message


class Pointless(MusikaError):
    """No later attempt can succeed: there is nobody to send it to any more."""

    code = "message-pointless"


def send(message: Message, now: datetime) -> str:
    """Send it; returns the provider's name for it, if there is one. Raises whatever went wrong."""
    return _CARRIERS[Channel(message.channel)](message, now)


def told(error: Exception) -> str:
    """What went wrong, without a telephone number."""
    return sms.without_numbers(f"{type(error).__name__}: {error}")


def _mail(message: Message, now: datetime) -> str:
    EmailMessage(message.subject, message.body, to=[message.recipient.email]).send()
    return ""


def _text(message: Message, now: datetime) -> str:
    gateway = sms.gateway()
    if gateway is None:
        raise Pointless("This installation sends no text messages.")
    assert message.sealed is not None
    number, _, text = secrecy.unseal(message.key, bytes(message.sealed)).partition("\n")
    number = number or phones.of(message.recipient) or ""
    if not number:
        raise Pointless("The person has no telephone here any more.")
    return gateway.send(number, text, now)


def _call(message: Message, now: datetime) -> str:
    assert message.hook is not None
    if message.hook.ended_at is not None:
        raise Pointless("The webhook was ended.")
    return hooks.call(message.hook, message, now)


_CARRIERS: dict[Channel, Callable[[Message, datetime], str]] = {
    Channel.EMAIL: _mail,
    Channel.SMS: _text,
    Channel.WEBHOOK: _call,
}
