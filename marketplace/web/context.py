"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    return {"now": getattr(request, "now", None), "demo": settings.DEMO}
