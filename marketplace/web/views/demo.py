"""For demonstrations alone: who is who, their codes of this minute, and the outbox.

Nothing here exists unless settings.DEMO is on.
"""

import json
from collections.abc import Callable
from functools import wraps
from itertools import groupby
from pathlib import Path
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.accounts.models import Membership
from marketplace.notify.models import Message
from marketplace.web.context import now_of

# People of a role who act in the past alone: so many are named.
NAMED = 6
PERIOD = 30


def only_in_demo(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404(_("This is not a demonstration."))
        return view(request, *args, **kwargs)

    return never_cache(require_safe(inner))


@only_in_demo
def logins(request: HttpRequest) -> HttpResponse:
    """Who can sign in, by role, with the two-step code that works now; and who cannot, and why."""
    rows = Membership.objects.filter(revoked_at=None).select_related("user", "organization")
    known = secrets()
    counter = int(now_of(request).timestamp()) // PERIOD
    roles = []
    for role, members in groupby(rows.order_by("role", "id"), lambda row: row.role):
        everybody = list(members)
        ready = [_login(row, counter, known) for row in everybody if row.user.email in known]
        others = [row for row in everybody if row.user.email not in known]
        roles.append(
            {"role": role, "ready": ready, "others": others[:NAMED], "more": len(others[NAMED:])}
        )
    left = PERIOD - int(now_of(request).timestamp()) % PERIOD
    context = {"roles": roles, "left": left}
    return render(request, "web/demo/logins.html", context)


def secrets() -> dict[str, dict[str, str]]:
    """Passwords and passphrases by e-mail, from the file that the demonstration keeps."""
    file = Path(settings.VAR_DIR) / "demo-logins.json"
    if not file.exists():
        return {}
    return {row["email"]: row for row in json.loads(file.read_text("utf-8"))}


def _login(row: Membership, counter: int, known: dict[str, dict[str, str]]) -> dict[str, Any]:
    secret = known.get(row.user.email, {})
    return {
        "user": row.user,
        "organization": row.organization,
        "code": code_of(row, counter),
        "password": secret.get("password", ""),
        "passphrase": secret.get("passphrase", ""),
    }


def code_of(row: Membership, counter: int) -> str:
    """The current code of the person's authenticator, or nothing if there is none."""
    found = Authenticator.objects.filter(user=row.user, type=Authenticator.Type.TOTP).first()
    if found is None:
        return ""
    try:
        secret = get_adapter().decrypt(found.data["secret"])
        return format_hotp_value(hotp_value(secret, counter))
    except (ValueError, KeyError):  # A secret that is not base 32, as tests have it.
        return ""


@only_in_demo
def outbox(request: HttpRequest) -> HttpResponse:
    """What was owed to people by e-mail, and the files that went out."""
    rows = Message.objects.select_related("recipient").order_by("-id")
    context = {
        "page": Paginator(rows, 30).get_page(request.GET.get("page")),
        "files": sorted(_files(), reverse=True)[:50],
    }
    return render(request, "web/demo/outbox.html", context)


def _files() -> list[str]:
    folder = Path(settings.OUTBOX_DIR)
    return [path.name for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []


@only_in_demo
def outbox_file(request: HttpRequest, name: str) -> HttpResponse:
    if name not in _files():
        raise Http404(_("There is no such file in the outbox."))
    text = (Path(settings.OUTBOX_DIR) / name).read_text("utf-8", errors="replace")
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
