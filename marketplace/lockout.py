"""Whose failures count together at sign-in, and for how long.

Two counters, both forgotten fifteen minutes after the last failure that counted:

- one account from one address: five failures (settings.AXES_FAILURE_LIMIT);
- one account from all addresses: thirty (settings.LOCKOUT_ACCOUNT_LIMIT), so that a password is
  not guessed from a thousand addresses.

A stranger who knows an address can run the second counter full. He cannot lock its owner out for
good: what is tried while locked does not count; the second lock does not hold at an address from
which the owner signed in within the last thirty days; and a new password, which takes the
owner's mailbox, forgets all failures (`marketplace.web.security`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest


def account_named(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> str | None:
    """The account that a sign-in attempt names, in one spelling; None if it names none.

    The pages hand it over as `email`, the API as `login`, and a locked form only in the request.
    """
    given = credentials or {}
    name = given.get("login") or given.get("email") or given.get("username")
    if not name and request is not None:
        name = request.POST.get("login")
    return str(name).strip().lower()[:255] if name else None


def client_address(request: HttpRequest) -> str:
    """The address that the outermost of our own proxies saw; a client cannot choose it.

    Of X-Forwarded-For the last `settings.PROXIES` entries are ours; what stands before them
    anybody may have written. Without proxies the header means nothing.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    named = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if settings.PROXIES == 0 or named == [""]:
        return direct
    return named[-min(settings.PROXIES, len(named))]


class Handler(AxesDatabaseHandler):
    """Axes' own counter of account and address, and one of the account over all addresses."""

    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        return super().is_locked(request, credentials) or account_is_locked(request, credentials)


def account_is_locked(request: Any, credentials: Mapping[str, Any] | None) -> bool:
    """Whether the account has too many failures for an address that it never signed in from."""
    name = account_named(request, credentials)
    if name is None:
        return False
    recent = get_cool_off_threshold(request)
    rows = AccessAttempt.objects.filter(username=name, attempt_time__gte=recent)
    failures = rows.aggregate(total=Sum("failures_since_start"))["total"] or 0
    return failures >= settings.LOCKOUT_ACCOUNT_LIMIT and not _is_known(request, name)


def _is_known(request: Any, name: str) -> bool:
    """Whether the person signed in from this address of late."""
    since = request.axes_attempt_time - settings.LOCKOUT_KNOWN_ADDRESS
    return AccessLog.objects.filter(
        username=name, ip_address=request.axes_ip_address, attempt_time__gte=since
    ).exists()


def forget(now: datetime) -> int:
    """Delete what no counter reads any more, for it tells who signed in from where; how many."""
    known = AccessLog.objects.filter(attempt_time__lt=now - settings.LOCKOUT_KNOWN_ADDRESS)
    failed = AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME)
    return known.delete()[0] + failed.delete()[0]
