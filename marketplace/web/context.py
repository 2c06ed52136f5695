"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest

from marketplace.web import navigation


def site(request: HttpRequest) -> dict[str, object]:
    known = {"now": getattr(request, "now", None), "demo": settings.DEMO}
    # An error before the sign-in middleware (a bad host name) has no user to show links for.
    return known | (navigation.for_page(request) if hasattr(request, "user") else {})
