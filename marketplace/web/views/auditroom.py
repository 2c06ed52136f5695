"""The audit room of a tender: who, when, what and with which proof; any two entries compared."""

from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.errors import NotFound
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Entry
from marketplace.web.context import user_of
from marketplace.web.operate import page
from marketplace.web.presenters import auditroom, events
from marketplace.web.views.buyer import any_tender
from marketplace.web.views.record import names_in
from marketplace.web.views.watching import words
from procurement import permissions, visibility
from procurement.models import Look, Tender
from procurement.queries import looks
from procurement.rules.visibility import Fact

PER_PAGE, MOST_LOOKS = 50, 200


@require_safe
@page
def show(request: HttpRequest, reference: str) -> HttpResponse:
    """One timeline of the record and of looks; two entries side by side if the address says so."""
    user = user_of(request)
    if not permissions.user_can_read_history(user):
        raise NotFound("There is no such tender.")
    tender = any_tender(reference)
    rows = ledger.entries_for(tender.reference)
    rows = rows.filter(visibility__in=visibility.entries(user, tender))
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    entries = list(found.object_list)
    # Who will open the bids is nobody's to know before the publication.
    people = visibility.sees(user, Fact.OPENERS, tender)
    names = names_in(entries, people=people)
    signed = auditroom.latest()
    context: dict[str, Any] = {
        "tender": tender,
        "page": found,
        "signed": signed,
        "moments": auditroom.timeline(entries, _looks(tender, found, entries), names, signed),
        "words": {name: words(name) for name in looks.names_at(tender)},
        "pair": _pair(request, rows, people),
        "crumbs": [
            {"title": _("Audit"), "href": reverse("audit")},
            {"title": tender.reference},
        ],
    }
    return render(request, "web/audit/room.html", context)


def _looks(tender: Tender, found: Page, entries: list[Entry]) -> list[Look]:
    """The looks in the time of this page, the first and the last page open at their ends."""
    since = entries[0].recorded_at if entries and found.has_previous() else None
    until = entries[-1].recorded_at if entries and found.has_next() else None
    rows = looks.at_tender(tender)
    return list(_between(rows, since, until)[:MOST_LOOKS])


def _between(rows: Any, since: datetime | None, until: datetime | None) -> Any:
    rows = rows.filter(at__gte=since) if since else rows
    return rows.filter(at__lt=until) if until else rows


def _pair(request: HttpRequest, rows: Any, people: bool) -> dict[str, Any]:
    """The two entries that were chosen, with what differs; {} for fewer or others' entries."""
    asked = [request.GET.get(name, "") for name in ("one", "other")]
    if not all(text.isascii() and text.isdigit() and len(text) < 16 for text in asked):
        return {}
    known = {row.sequence: row for row in rows.filter(sequence__in=[int(n) for n in asked])}
    one, other = (known.get(int(text)) for text in asked)
    if one is None or other is None:
        return {}
    names = names_in([one, other], people=people)
    return {
        "one": events.view(one, names),
        "other": events.view(other, names),
        "rows": auditroom.compared(one, other, names),
    }
