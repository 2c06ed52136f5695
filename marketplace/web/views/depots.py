"""The depots of a buyer: where its contracts are delivered."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.accounts import queries as people
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.loads import DepotForm
from marketplace.web.operate import page, question, sent
from marketplace.web.views import contract_desk as desk
from procurement.models import Depot
from procurement.operations import depots

ADDS = Permission.CONTRACT_SIGN


@require_safe
@page
def listed(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    rows = Depot.objects.filter(buyer__in=desk.buyers_of(request)).select_related("buyer")
    context = {"depots": rows, "adds": people.organizations_with(user, ADDS)}
    return render(request, "web/loads/depots.html", context)


@page
def add(request: HttpRequest, buyer: str) -> HttpResponse:
    by, now, here = user_of(request), now_of(request), reverse("depots")
    own = people.organizations_with(by, ADDS)
    found = next((one for one in own if one.public_id == buyer), None)
    if found is None:
        raise NotFound(_("There is no such buyer."))
    form = DepotForm(sent(request))
    return question(
        request,
        form,
        lambda: depots.add(buyer=found, **form.cleaned_data, by=by, now=now),
        to=here,
        back_href=here,
        success=_("The depot can be booked."),
        title=_("Add a depot"),
        caption=found.name,
    )
