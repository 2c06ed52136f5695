"""My telephone, and how I am told of things."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts import phones
from marketplace.accounts.models import Phone
from marketplace.notify import preferences, sms
from marketplace.notify.kinds import Channel
from marketplace.notify.models import Message
from marketplace.registry import phones as proving
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.telling import KINDS, CodeForm, NumberForm, PinForm, PreferencesForm
from marketplace.web.operate import Act, page, perform, question, sent

READ = ["GET", "HEAD", "POST"]
SHOWN = 30


@require_http_methods(READ)
@page
def phone(request: HttpRequest) -> HttpResponse:
    """The proved telephone, or the question for one; a POST sends a code."""
    user, now = user_of(request), now_of(request)
    row = Phone.objects.filter(user=user).first()
    form = NumberForm(sent(request))
    return question(
        request,
        form,
        lambda: proving.ask(user=user, number=form.cleaned_data["phone"], now=now),
        to=reverse("my_phone_code"),
        template="web/account/phone.html",
        title=_("Telephone"),
        phone=row,
        number=phones.shown(phones.read(row)) if row else "",
        texts=sms.gateway() is not None,
        code=settings.USSD_CODE,
    )


@require_http_methods(READ)
@page
def phone_code(request: HttpRequest) -> HttpResponse:
    user, now = user_of(request), now_of(request)
    form = CodeForm(sent(request))
    return question(
        request,
        form,
        lambda: proving.confirm(user=user, code=form.cleaned_data["code"], now=now),
        to=reverse("my_phone"),
        success=_("This telephone is yours. Now choose a PIN, if you want to bid with it."),
        title=_("Type the code that we sent"),
        caption=_("Telephone"),
        back_href=reverse("my_phone"),
    )


@require_http_methods(READ)
@page
def phone_pin(request: HttpRequest) -> HttpResponse:
    user, now = user_of(request), now_of(request)
    form = PinForm(sent(request))
    return question(
        request,
        form,
        lambda: proving.set_pin(user=user, pin=form.cleaned_data["pin"], now=now),
        to=reverse("my_phone"),
        success=_("The PIN is set. Tell it to nobody, not to us either."),
        title=_("Choose a PIN for the telephone menu"),
        caption=_("Telephone"),
        back_href=reverse("my_phone"),
    )


@require_POST
@page
def phone_forget(request: HttpRequest) -> HttpResponse:
    form = Act(request.POST)

    def forget() -> bool:
        proving.forget(user=user_of(request), now=now_of(request))
        return True

    perform(request, form, forget, success=_("The telephone is forgotten."))
    return redirect("my_phone")


@require_http_methods(READ)
@page
def notifications(request: HttpRequest) -> HttpResponse:
    """What I am told, over which channel and in which language; a POST keeps it."""
    user, now = user_of(request), now_of(request)
    form = PreferencesForm(sent(request), person=user)
    return question(
        request,
        form,
        lambda: preferences.choose(
            person=user,
            wanted=form.wanted(),
            language=form.cleaned_data["language"],
            now=now,
        ),
        to=reverse("notifications"),
        success=_("Kept."),
        template="web/account/notifications.html",
        title=_("Messages to me"),
        mail=preferences.has_mail(user),
        phone=Phone.objects.filter(user=user).exists(),
        texts=sms.gateway() is not None,
    )


@require_safe
@page
def messages_sent(request: HttpRequest) -> HttpResponse:
    """What was sent to me lately, and whether it arrived at whoever carries it."""
    user = user_of(request)
    rows = Message.objects.filter(recipient=user).order_by("-id")[:SHOWN]
    context = {
        "title": _("Messages that were sent"),
        "rows": [_told(row, now_of(request)) for row in rows],
    }
    return render(request, "web/account/messages.html", context)


WAYS = {
    Channel.EMAIL: gettext_lazy("e-mail"),
    Channel.SMS: gettext_lazy("text message"),
    Channel.WEBHOOK: gettext_lazy("webhook"),
}


def _told(row: Message, now: datetime) -> dict[str, Any]:
    names: dict[Any, Any] = dict(KINDS)
    state = _("waiting")
    if row.sent_at:
        state = _("in the daily mail") if row.collected_in_id else _("sent")
    elif row.gave_up_at:
        state = _("given up")
    elif row.last_error:
        state = _("failed, tried again")
    return {
        "title": row.subject or names.get(row.kind, _("A code")),
        "way": WAYS[Channel(row.channel)],
        "at": row.queued_at,
        "state": state,
        "attempts": row.attempts,
        "error": row.last_error if not row.sent_at else "",
    }
