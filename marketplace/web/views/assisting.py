"""Helping a farmer to bid, for agents: start, write, ask for the farmer's code, seal."""

from typing import Any

from django import forms
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace import clock
from marketplace.accounts import queries as people
from marketplace.accounts.models import Organization, User
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound, NotPermitted
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.bids import LotForm
from marketplace.web.forms.telling import CodeForm
from marketplace.web.lookups import ITEMS, public_tender
from marketplace.web.operate import Act, page, perform, question, sent
from marketplace.web.presenters import bid as presenter
from marketplace.web.views.bid_submit import arrived
from procurement.models import Assistance, Lot
from procurement.operations import assistance
from procurement.rules.biddraft import Draft

READ = ["GET", "HEAD", "POST"]


class StartForm(forms.Form):
    reference = forms.CharField(
        label=gettext_lazy("Tender"),
        max_length=40,
        help_text=gettext_lazy("Its reference, for example MUS-2026-000123."),
    )
    number = forms.CharField(
        label=gettext_lazy("Telephone of the farmer"),
        max_length=25,
        help_text=gettext_lazy("The farmer has it here now: the code is sent to it."),
        widget=forms.TextInput({"type": "tel", "autocomplete": "off"}),
    )


def shops_of(user: User) -> list[Organization]:
    return people.organizations_with(user, Permission.BID_ASSIST)


@require_http_methods(READ)
@page
def home(request: HttpRequest) -> HttpResponse:
    """What an agent does and may not; my sessions; a POST starts one."""
    user, now = user_of(request), now_of(request)
    shops = shops_of(user)
    form = StartForm(sent(request), initial={"reference": request.GET.get("tender", "")})

    def start() -> Assistance:
        if not shops:
            raise NotPermitted(_("You are no agent."))
        data = form.cleaned_data
        tender = public_tender(data["reference"].strip(), now)
        return assistance.start(
            tender=tender, shop=shops[0], number=data["number"], by=user, now=now
        )

    rows = user.assistances.select_related("tender").order_by("-id")[:30]
    return question(
        request,
        form,
        start,
        to=lambda made: reverse("assist", args=[made.public_id]),
        template="web/assist/home.html",
        title=_("Help a farmer to bid"),
        shops=shops,
        rows=[(row, state_of(row, now)) for row in rows],
    )


def state_of(row: Assistance, now: Any) -> str:
    if row.sealed_at:
        return _("sealed")
    return _("ended") if row.ended_at or now >= row.expires_at else _("going on")


def own(request: HttpRequest, session: str) -> Assistance:
    """A session of this agent's; raises NotFound for any other."""
    rows = Assistance.objects.filter(agent=user_of(request), public_id=session)
    row = rows.select_related("tender__buyer", "shop").first()
    if row is None or not shops_of(user_of(request)):
        raise NotFound(_("There is no such session of yours."))
    return row


def lots_of(row: Assistance) -> list[Lot]:
    found = row.tender.lots.prefetch_related("criteria__options", Prefetch("items", ITEMS))
    return list(found)


def _over(row: Assistance, now: Any) -> bool:
    return bool(row.sealed_at or row.ended_at or now >= row.expires_at)


@require_safe
@page
def show(request: HttpRequest, session: str) -> HttpResponse:
    """Where the session stands: lots to write, then the farmer's code; sealed, nothing of it."""
    row, now = own(request, session), now_of(request)
    over = _over(row, now)
    draft = Draft() if over else assistance.written(row)
    lots = lots_of(row)
    context = {
        "row": row,
        "over": over,
        "lots": [(lot, draft.started(lot.number)) for lot in lots],
        "answers": [] if over else _answers(draft, row, lots),
        "gaps": [] if over else presenter.gaps(draft, row.tender, lots),
        "crumbs": [
            {"title": _("Help a farmer to bid"), "href": reverse("assist_home")},
            {"title": row.tender.reference},
        ],
    }
    return render(request, "web/assist/show.html", context)


def _answers(draft: Draft, row: Assistance, lots: list[Lot]) -> list[Any]:
    found = presenter.answers(draft, row.tender, row.tenderer, lots)
    for part in found:
        for line in part.rows:
            # The farmer's own draft is not the agent's to change.
            line["href"] = reverse("assist_lot", args=[row.public_id, part.lot.number])
    return found


@require_http_methods(READ)
@page
def lot(request: HttpRequest, session: str, lot: int) -> HttpResponse:
    row, now = own(request, session), now_of(request)
    found = next((one for one in lots_of(row) if one.number == lot), None)
    if found is None or _over(row, now):
        raise NotFound(_("There is no such lot to write for."))
    draft = assistance.written(row)
    form = LotForm(sent(request), lot=found, draft=draft, currency=row.tender.currency)
    return question(
        request,
        form,
        lambda: assistance.write(
            assistance=row, draft=form.applied(draft), by=user_of(request), now=now
        ),
        to=reverse("assist", args=[session]),
        title=f"{_('Lot')} {found.number}: {found.title}",
        caption=row.tender.reference,
        back_href=reverse("assist", args=[session]),
    )


@require_POST
@page
def ask(request: HttpRequest, session: str) -> HttpResponse:
    """Send the farmer the code that names tender and total."""
    row, form = own(request, session), Act(request.POST)
    made = perform(
        request,
        form,
        lambda: assistance.ask(assistance=row, by=user_of(request), now=now_of(request)),
    )
    if made is None:
        return render(request, "web/assist/refused.html", {"form": form, "row": row}, status=409)
    return redirect("assist_code", session)


@require_http_methods(READ)
@page
def code(request: HttpRequest, session: str) -> HttpResponse:
    """The farmer reads the message and tells the code; with it the bid is sealed."""
    received_at = arrived(request)
    row = own(request, session)
    form = CodeForm(sent(request))
    return question(
        request,
        form,
        lambda: assistance.confirm(
            assistance=row,
            code=form.cleaned_data["code"],
            by=user_of(request),
            received_at=received_at,
            now=clock.now(),
        ),
        to=reverse("assist", args=[session]),
        template="web/assist/code.html",
        title=_("The farmer’s code"),
        caption=row.tender.reference,
        back_href=reverse("assist", args=[session]),
        row=row,
    )


@require_POST
@page
def drop(request: HttpRequest, session: str) -> HttpResponse:
    row, now = own(request, session), now_of(request)
    call = lambda: assistance.drop(assistance=row, by=user_of(request), now=now)  # noqa: E731
    perform(request, Act(request.POST), call, success=_("Ended. What was written is gone."))
    return redirect("assist_home")
