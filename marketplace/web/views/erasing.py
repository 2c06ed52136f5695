"""Erasures, for administrators: what waits, and the decision of a second person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace.accounts.models import Erasure
from marketplace.errors import NotFound
from marketplace.web.context import now_of, user_of
from marketplace.web.operate import Act, page, question, sent
from marketplace.web.views.people import check_administrator, person_of
from procurement.operations import erasures
from procurement.rules.retention import RETENTION


@require_http_methods(["GET", "HEAD", "POST"])
@page
def listed(request: HttpRequest) -> HttpResponse:
    """Every erasure that was asked for, those that wait first; a POST asks for one."""
    check_administrator(user_of(request))
    if request.method == "POST":
        user = person_of(request.POST.get("person", ""))
        erasures.propose(user=user, by=user_of(request), now=now_of(request))
        return redirect("erasures")
    rows = Erasure.objects.select_related("user", "proposed_by", "confirmed_by", "declined_by")
    context = {
        "waiting": rows.filter(confirmed_at=None, declined_at=None),
        "answered": rows.exclude(confirmed_at=None, declined_at=None).order_by("-id")[:50],
        "retention": RETENTION,
    }
    return render(request, "web/people/erasures.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def decide(request: HttpRequest, key: int) -> HttpResponse:
    """Confirm or decline; whoever asked for it may only take it back."""
    user, now = user_of(request), now_of(request)
    check_administrator(user)
    row = Erasure.objects.select_related("user", "proposed_by").filter(pk=key).first()
    if row is None:
        raise NotFound("There is no such erasure.")
    declined = "decline" in request.POST
    act = erasures.decline if declined else erasures.confirm
    return question(
        request,
        Act(sent(request)),
        lambda: act(erasure=row, by=user, now=now),
        to=reverse("erasures"),
        success=_("Everything stays as it is.") if declined else _("The person is erased."),
        template="web/people/erasure.html",
        title=_("Erase this person?"),
        caption=row.user.full_name,
        back_href=reverse("erasures"),
        erasure=row,
        own=user.pk in (row.proposed_by_id, row.user_id),
        answered=row.confirmed_at or row.declined_at,
        retention=RETENTION,
    )
