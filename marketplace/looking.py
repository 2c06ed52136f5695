"""No unlogged look: whoever sees bids in office leaves a row, on whichever page or address.

It goes by the tables of what addresses show, not by views, so that a new page cannot forget it.
"""

import json

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from api.v1.shows import SHOWS as ENDPOINTS
from marketplace.accounts.models import User
from marketplace.middleware import Handler
from marketplace.web.shows import SHOWS as PAGES
from procurement.models import Bid, BidDocument, Export, Tender
from procurement.operations import looks
from procurement.rules.visibility import LOGGED


class LookMiddleware:
    """After the view, before the answer: one insert, or the answer is refused with 503."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        name = self.shows_bids(request) if response.status_code in (200, 206) else None
        if name is None:
            return response
        try:
            self.note(request, name)
        except looks.LookNotRecorded as error:
            response.close()
            return self.refused(request, error)
        return response

    @staticmethod
    def shows_bids(request: HttpRequest) -> str | None:
        """The name of the address, if it is one that shows bids and somebody is signed in."""
        match = request.resolver_match
        if match is None or not isinstance(request.user, User):
            return None
        table = ENDPOINTS if "v1" in match.namespaces else PAGES
        name = match.url_name or ""
        shown = table.get(name)
        return name if shown and LOGGED.intersection(shown.facts) else None

    @staticmethod
    def note(request: HttpRequest, name: str) -> None:
        assert request.resolver_match is not None and isinstance(request.user, User)
        named = request.resolver_match.kwargs
        tender = _tender(named) if named else _asked(request)
        now = request.now  # type: ignore[attr-defined]
        looks.note(tender=tender, bid=_bid(named, name), what=name, by=request.user, now=now)

    @staticmethod
    def refused(request: HttpRequest, error: looks.LookNotRecorded) -> HttpResponse:
        if request.path.startswith("/api/"):
            told = {"code": error.code, "title": error.message, "status": 503}
            media = "application/problem+json"
            return HttpResponse(json.dumps(told), status=503, content_type=media)
        return render(request, "web/refused.html", {"error": error}, status=503)


def _tender(named: dict[str, object]) -> Tender | None:
    rows = Tender.objects.select_related("buyer")
    if "reference" in named:
        return rows.filter(reference=named["reference"]).first()
    key = named.get("export") or named.get("key")
    export = Export.objects.filter(public_id=key).first()
    return rows.filter(pk=export.tender_id).first() if export and export.tender_id else None


def _asked(request: HttpRequest) -> Tender | None:
    """Of an address about all tenders: the one that its query narrows it to."""
    return Tender.objects.filter(reference=request.GET.get("tender", "")).first()


def _bid(named: dict[str, object], name: str) -> Bid | None:
    """The one bid that is shown; None: all of them."""
    if name == "bid_document":
        row = BidDocument.objects.filter(pk=str(named["document"])).select_related("bid").first()
        return row.bid if row else None
    return Bid.objects.filter(public_id=named["bid"]).first() if "bid" in named else None
