"""A telephone on a page, for the demonstration: it dials the same menu and shows its texts.

It works without a script: each key is a button. What was typed travels with the form and is kept
nowhere.
"""

import json
import secrets
from pathlib import Path

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace import clock
from marketplace.accounts import phones
from marketplace.accounts.models import Phone
from marketplace.errors import MusikaError
from marketplace.notify import outbox, sms
from marketplace.notify.models import Message
from marketplace.phone import service, views
from marketplace.phone.rules.screens import Screen

KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")
LETTERS = ("", "abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz", "", "+", "")
# Invented; nobody has registered them.
STRANGERS = ("+263771000001", "+263771000002")
SHOWN = 12


class Dialled(forms.Form):
    """What the page carries from one press to the next."""

    number = forms.CharField(required=False, max_length=20)
    session = forms.CharField(required=False, max_length=64)
    text = forms.CharField(required=False, max_length=service.LONGEST, strip=False)
    typed = forms.CharField(required=False, max_length=160)
    screen = forms.CharField(required=False, max_length=400, strip=False)
    key = forms.CharField(required=False, max_length=1)
    press = forms.CharField(required=False, max_length=5)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404("This is not a demonstration.")
    form = Dialled(request.POST if request.method == "POST" else request.GET)
    form.is_valid()
    told = {name: form.cleaned_data.get(name, "") for name in form.fields}
    owners = _owners()
    numbers = [row["number"] for row in owners]
    if told["number"] not in numbers:
        told = dict.fromkeys(told, "") | {"number": numbers[0]}
    if request.method == "POST":
        _press(told)
    _deliver(told["number"])
    context = {
        "told": told,
        "owners": owners,
        "keys": list(zip(KEYS, LETTERS, strict=True)),
        "code": settings.USSD_CODE,
        "inbox": sms.inbox(told["number"]),
        "pin": _pins().get(told["number"], ""),
        "stranger": told["number"] in STRANGERS,
    }
    return render(request, "phone/simulator.html", context)


def _owners() -> list[dict[str, str]]:
    """The telephones of the demonstration, and two that nobody has registered."""
    found = []
    for row in Phone.objects.select_related("user").order_by("pk")[:SHOWN]:
        try:
            found.append({"number": phones.read(row), "name": row.user.full_name})
        except MusikaError:  # Erased meanwhile.
            continue
    known = {row["number"] for row in found}
    rest = [number for number in STRANGERS if number not in known]
    return found + [{"number": number, "name": ""} for number in rest]


def _pins() -> dict[str, str]:
    """PINs by number, from the file that the demonstration keeps of its logins."""
    file = Path(settings.VAR_DIR) / "demo-logins.json"
    rows = json.loads(file.read_text("utf-8")) if file.exists() else []
    return {row["phone"]: row["pin"] for row in rows if row.get("phone")}


def _press(told: dict[str, str]) -> None:
    """A key adds to what is typed; the green one dials or sends, the red one hangs up."""
    if told["key"]:
        told["typed"] += told["key"]
    elif told["press"] == "end":
        told.update(session="", text="", typed="", screen="")
    elif told["press"] == "clear":
        told["typed"] = told["typed"][:-1]
    elif told["press"] == "send":
        _send(told)


def _send(told: dict[str, str]) -> None:
    if not told["session"]:
        told.update(session=secrets.token_hex(8), text="")
    else:
        told["text"] = "*".join(part for part in (told["text"], told["typed"]) if part)
    call = service.Request(told["session"], told["number"], told["text"])
    _show(told, views.answered(call))


def _show(told: dict[str, str], screen: Screen) -> None:
    told.update(screen=screen.text, typed="")
    if screen.ends:
        told.update(session="", text="")


def _deliver(number: str) -> None:
    """The worker sends texts every quarter of a minute; who holds the telephone need not wait."""
    owner = phones.owner(number)
    if owner is None or not isinstance(sms.gateway(), sms.Simulator):
        return
    now = clock.now()
    waiting = Message.objects.filter(
        recipient=owner.user, channel="sms", sent_at=None, gave_up_at=None, next_attempt_at__lte=now
    )
    for pk in waiting.values_list("pk", flat=True)[:20]:
        outbox.deliver(pk, now=now)
