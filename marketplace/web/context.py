"""What every page knows."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from marketplace.accounts.models import User
from marketplace.web import navigation


def site(request: HttpRequest) -> dict[str, object]:
    known = {
        "now": getattr(request, "now", None),
        "demo": settings.DEMO,
        # On paper alone: where the page can be read again.
        "address": f"{settings.SITE_URL}{request.path}",
    }
    # An error before the sign-in middleware (a bad host name) has no user to show links for.
    return known | (navigation.for_page(request) if hasattr(request, "user") else {})


def now_of(request: HttpRequest) -> datetime:
    """The one instant that this request knows (set by the clock middleware)."""
    now: datetime = request.now  # type: ignore[attr-defined]
    return now


def user_of(request: HttpRequest) -> User:
    """The person; of pages that only people who are signed in reach."""
    assert isinstance(request.user, User)
    return request.user
