"""Keys with which a person's own programs use the API."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from knox.models import AuthToken

from marketplace.web.context import user_of
from marketplace.web.operate import page

KNOX: dict[str, Any] = settings.REST_KNOX


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def tokens(request: HttpRequest) -> HttpResponse:
    """List, and make one on POST: it is shown on this answer and never again."""
    user, made = user_of(request), None
    rows = AuthToken.objects.filter(user=user).order_by("-created")
    full = rows.count() >= KNOX["TOKEN_LIMIT_PER_USER"]
    if request.method == "POST" and not full:
        made = AuthToken.objects.create(user=user)[1]
    context = {
        "tokens": rows,
        "made": made,
        "full": full,
        "days": KNOX["TOKEN_TTL"].days,
    }
    return render(request, "web/account/tokens.html", context)


@require_POST
@page
def revoke(request: HttpRequest, key: str) -> HttpResponse:
    gone, _ = AuthToken.objects.filter(user=user_of(request), token_key=key).delete()
    if gone:
        messages.success(request, "The key no longer works.")
    return redirect("tokens")
