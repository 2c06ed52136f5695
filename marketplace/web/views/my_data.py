"""What is kept about me, for how long, and how to have it erased."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts import personal
from marketplace.accounts import queries as people
from marketplace.accounts.models import Organization, User
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from marketplace.registry import about
from marketplace.registry import operations as registry
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.personal import ContactForm, PhoneForm
from marketplace.web.operate import Act, page, perform, question, sent
from procurement.operations import erasures
from procurement.rules.retention import RETENTION


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show(request: HttpRequest) -> HttpResponse:
    """Everything of the person's own, and the rules; a POST states the telephone."""
    user, now = user_of(request), now_of(request)
    known = personal.stated(user.public_id)
    form = PhoneForm(sent(request), initial=known)
    return question(
        request,
        form,
        lambda: registry.state_contact(holder=user, values=form.cleaned_data, by=user, now=now),
        to=reverse("my_data"),
        success=_("Kept."),
        template="web/account/my_data.html",
        title=_("What is kept about me"),
        facts=about.about(user),
        retention=RETENTION,
        waiting=_waiting(user),
        farms=people.organizations_with(user, Permission.BID_SUBMIT),
    )


@require_safe
@page
def file(request: HttpRequest) -> HttpResponse:
    """The same as a file to take away."""
    text = json.dumps(about.about(user_of(request)), indent=2, ensure_ascii=False)
    response = HttpResponse(text + "\n", content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


def _waiting(user: User) -> Any:
    return user.erasures.filter(confirmed_at=None, declined_at=None).first()


@require_POST
@page
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the erasure, or take the asking back."""
    user, now = user_of(request), now_of(request)
    waiting, form = _waiting(user), Act(request.POST)
    if waiting:
        call = lambda: erasures.decline(erasure=waiting, by=user, now=now)  # noqa: E731
    else:
        call = lambda: erasures.propose(user=user, by=user, now=now)  # noqa: E731
    done = _("Taken back.") if waiting else _("Asked. An administrator decides.")
    perform(request, form, call, success=done)
    return redirect("my_data")


@page
def contact(request: HttpRequest, organisation: str) -> HttpResponse:
    """Telephone, address and bank account of an organisation that I bid for."""
    user, now = user_of(request), now_of(request)
    own = people.organizations_with(user, Permission.BID_SUBMIT)
    row: Organization | None = next((o for o in own if o.public_id == organisation), None)
    if row is None:
        raise NotFound(_("There is no such organisation of yours."))
    form = ContactForm(sent(request), initial=personal.stated(row.public_id))
    return question(
        request,
        form,
        lambda: registry.state_contact(holder=row, values=form.cleaned_data, by=user, now=now),
        to=reverse("my_data"),
        success=_("Kept."),
        title=_("How to reach and pay it"),
        caption=row.name,
        back_href=reverse("my_data"),
    )
