"""My organisations and roles; registering a farm, a co-operative or a company."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.accounts import queries as people
from marketplace.registry import operations as registry
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.organisations import OrganisationForm
from marketplace.web.operate import page, perform


@require_safe
@page
def mine(request: HttpRequest) -> HttpResponse:
    context = {"memberships": people.current_memberships(user_of(request))}
    return render(request, "web/organisations/mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest) -> HttpResponse:
    """Register a tenderer; who registers it may bid for it."""
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = perform(
            request,
            form,
            lambda: registry.register_tenderer(
                details=form.details(), by=user_of(request), now=now_of(request)
            ),
            success=_("Registered. You may now bid and ask questions for it."),
        )
        if made:
            return redirect(_next(request))
    context = {
        "form": form,
        "title": _("Register a farm, co-operative or company"),
        "back_href": reverse("organisations"),
    }
    return render(request, "web/organisations/new.html", context)


def _next(request: HttpRequest) -> str:
    target = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return target
    return reverse("organisations")
