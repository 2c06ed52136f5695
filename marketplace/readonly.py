"""While the database lacks entries that were signed, everything can be read and nothing changed.

The fence is in the ledger itself, which records nothing then. This is the door before it, for
what records nothing: it says why before anybody has typed for an hour.
"""

from collections.abc import Callable
from typing import Any

import structlog
from celery import Task
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.ledger import outside

log = structlog.get_logger()
READING = ("GET", "HEAD", "OPTIONS")
# What changes nothing of the business: signing in and out, and pages that keep nothing.
SIGNING = {"account_login", "account_logout", "mfa_authenticate", "login", "logout", "logoutall"}
# Calls answer in words of their own.
OPEN = SIGNING | {"choose_language", "verify", "calculator", "ussd", "ussd_secret", "demo_phone"}


def must_wait(request: HttpRequest) -> bool:
    """Whether a request, already routed, would change something."""
    match = request.resolver_match
    return request.method not in READING and not (match and match.url_name in OPEN)


class ReadOnlyMiddleware:
    """Answers what would change something with a page that says why; the API does so itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        if request.path.startswith("/api/") or not must_wait(request):
            return None
        error = outside.read_only()
        if error is None:
            return None
        log.error("read-only", path=request.path, reason=error.message)
        return render(request, "web/readonly.html", {"error": error}, status=503)


class Patient(Task):
    """A task that does not begin while nothing can be written: its sweep comes round again."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if error := outside.read_only():
            log.error("read-only", task=self.name, reason=error.message)
            return None
        return super().__call__(*args, **kwargs)
