"""Searches that I keep, the feed of one, and programs that are told."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.errors import NotFound
from marketplace.notify import webhooks
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.telling import SearchForm, WebhookForm
from marketplace.web.operate import Act, explained, page, perform, question, sent
from procurement.models import SavedSearch
from procurement.operations import searches
from procurement.queries import lists

READ = ["GET", "HEAD", "POST"]
IN_FEED = 50


@require_safe
@page
def listed(request: HttpRequest) -> HttpResponse:
    rows = list(searches.held(user_of(request)))
    return render(request, "web/account/searches.html", {"searches": rows})


@require_http_methods(READ)
@page
def new(request: HttpRequest) -> HttpResponse:
    """Keep the search whose parameters stand in the address."""
    user, now = user_of(request), now_of(request)
    query = searches.normal(request.META.get("QUERY_STRING", ""))
    form = SearchForm(sent(request), initial={"query": query})
    if form.is_bound:
        query = searches.normal(str(form.data.get("query", "")))
    return question(
        request,
        form,
        lambda: searches.save(user=user, now=now, **form.cleaned_data),
        to=reverse("searches"),
        success=_("Kept. You are told when a new tender fits."),
        template="web/account/search_new.html",
        title=_("Keep this search"),
        back_href=f"{reverse('tender_list')}?{query}",
        query=query,
        found=searches.matches(query, lists.public(now), now).count(),
    )


@require_POST
@page
def end(request: HttpRequest, search: str) -> HttpResponse:
    user, now = user_of(request), now_of(request)
    call = lambda: searches.end(user=user, search=search, now=now)  # noqa: E731
    perform(request, Act(request.POST), call, success=_("The search is ended."))
    return redirect("searches")


@require_safe
@explained
def feed(request: HttpRequest, search: str) -> HttpResponse:
    """The tenders that a search finds, the latest first, for a feed reader."""
    row = SavedSearch.objects.filter(public_id=search, ended_at=None).first()
    if row is None:
        raise NotFound(_("There is no such feed."))
    now = now_of(request)
    found = searches.matches(row.query, lists.public(now), now).filter(historical_batch=None)
    made = Atom1Feed(
        title=f"Musika: {row.name}",
        link=f"{settings.SITE_URL}{reverse('tender_list')}?{row.query}",
        feed_url=f"{settings.SITE_URL}{request.path}",
        description="",
        language="en",
    )
    for tender in found.order_by("-published_at", "-pk")[:IN_FEED]:
        href = f"{settings.SITE_URL}{reverse('tender', args=[tender.reference])}"
        made.add_item(
            title=tender.title,
            link=href,
            unique_id=href,
            description=tender.buyer.name,
            pubdate=tender.published_at,
            updateddate=tender.published_at,
        )
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml")


@require_http_methods(READ)
@page
def hooks(request: HttpRequest) -> HttpResponse:
    """List, and add one on POST: its secret is shown on this answer and never again."""
    user, secret = user_of(request), ""
    form = WebhookForm(sent(request))
    if form.is_bound and form.is_valid():
        url, now = form.cleaned_data["url"], now_of(request)
        made = perform(request, form, lambda: webhooks.add(user=user, url=url, now=now))
        if made is not None:
            secret, form = made[1], WebhookForm()
    context = {"form": form, "hooks": webhooks.held(user), "secret": secret}
    return render(request, "web/account/webhooks.html", context)


@require_POST
@page
def hook_end(request: HttpRequest, hook: int) -> HttpResponse:
    user, now = user_of(request), now_of(request)
    call = lambda: webhooks.end(user=user, key=hook, now=now)  # noqa: E731
    perform(request, Act(request.POST), call, success=_("It is called no more."))
    return redirect("webhooks")
