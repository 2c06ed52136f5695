"""Keys with which a person's own programs use the API."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.accounts import keys
from marketplace.web.context import now_of, user_of
from marketplace.web.operate import page, sent

KNOX: dict[str, Any] = settings.REST_KNOX


class KeyForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("What is the key for?"),
        max_length=60,
        help_text=gettext_lazy(
            "For example, our stock program. You recognise it by this when you remove it."
        ),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def tokens(request: HttpRequest) -> HttpResponse:
    """List, and make one on POST: it is shown on this answer and never again."""
    user, made = user_of(request), None
    form = KeyForm(sent(request))
    rows = keys.held(user).filter(expiry__gt=now_of(request))
    full = rows.count() >= KNOX["TOKEN_LIMIT_PER_USER"]
    if form.is_bound and form.is_valid() and not full:
        made = keys.make(user, form.cleaned_data["name"])[1]
        form = KeyForm()
    context = {
        "form": form,
        "tokens": rows.all(),
        "made": made,
        "full": full,
        "days": KNOX["TOKEN_TTL"].days,
    }
    return render(request, "web/account/tokens.html", context)


@require_POST
@page
def revoke(request: HttpRequest, key: str) -> HttpResponse:
    if keys.remove(user_of(request), key):
        messages.success(request, _("The key no longer works."))
    return redirect("tokens")
