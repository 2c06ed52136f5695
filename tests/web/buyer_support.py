"""Shared steps of the buyer's journeys: who is signed in, what is sent, where it leads."""

from contextlib import contextmanager

from django.test import Client
from django.urls import reverse

from marketplace import clock


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@contextmanager
def at(monkeypatch, instant):
    """Let the shell's one clock read `instant`."""
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: instant)
        yield


def send(client, name, *args, **data):
    """POST to a named page and follow it; returns the page that follows, or the same page."""
    return client.post(reverse(name, args=args), data, follow=True)


def text(response) -> str:
    return response.content.decode()
