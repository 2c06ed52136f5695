"""Who looked at bids, and what parties of a tender share: for auditors and those concerned."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.accounts import queries as people
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.personal import LinkForm
from marketplace.web.operate import page, perform
from marketplace.web.views.buyer import any_tender
from procurement import visibility
from procurement.models import Tender
from procurement.operations import links as answering
from procurement.queries import links
from procurement.queries import looks as queries
from procurement.rules.visibility import Fact

PER_PAGE = 50
WORDS = {
    "bid-document": _("a file of the bid"),
    "bid_document": _("a file of the bid"),
    "bid_findings": _("findings on the bid"),
    "bid_marks": _("marks of the bid"),
    "bids": _("all bids (API)"),
    "lot_evaluation": _("bids and findings"),
    "lot_result": _("the result"),
    "lot_result_bid": _("the bid in the result"),
    "export_file": _("a file for auditors"),
    "export-file": _("a file for auditors"),
    "tender_dossier_file": _("the dossier"),
    "opening_minutes": _("the minutes"),
}


def words(name: str) -> str:
    """What a page or address showed, in words."""
    return str(WORDS.get(name, name.replace("_", " ").replace("-", " ")))


def _trail(tender: Tender, title: str) -> list[dict[str, str]]:
    href = reverse("tender", args=[tender.reference])
    return [{"title": tender.reference, "href": href}, {"title": title}]


@require_safe
@page
def looks(request: HttpRequest, reference: str) -> HttpResponse:
    """Every look for an auditor, with names; for a tenderer those at its own bid."""
    tender, user = any_tender(reference), user_of(request)
    own = people.organizations_with(user, Permission.BID_SUBMIT)
    mine = [row for row in own if tender.sealed_bids.filter(tenderer=row).exists()]
    full = visibility.sees(user, Fact.LOOKS, tender)
    if not visibility.sees(user, Fact.LOOKS, tender, own=bool(mine)):
        raise NotFound(_("There is no such tender."))
    rows = queries.at_tender(tender) if full else queries.at_own(tender, mine)
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tender": tender,
        "page": found,
        "rows": [(row, words(row.what)) for row in found],
        "full": full,
        "crumbs": _trail(tender, _("Who looked")),
    }
    return render(request, "web/record/looks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def shared(request: HttpRequest, reference: str) -> HttpResponse:
    """What tenderers share, with each other or with an official; a POST answers one flag."""
    tender, user = any_tender(reference), user_of(request)
    if not visibility.sees(user, Fact.FLAGS, tender):
        raise NotFound(_("There is no such tender."))
    decides = people.has_permission(user, Permission.AWARD_DECIDE, tender.buyer)
    form = LinkForm(request.POST) if request.method == "POST" else None
    if form and form.is_valid():
        said = perform(
            request,
            form,
            lambda: answering.answer(
                tender=tender, by=user, now=now_of(request), **form.cleaned_data
            ),
            success=_("Your answer is on record."),
        )
        if said:
            return redirect("tender_links", reference)
    known = links.answers(tender)
    rows = [
        {
            "link": link,
            "answer": known.get(link.key),
            "form": form
            if form and form.data.get("key") == link.key
            else LinkForm(initial={"key": link.key}, stem=link.key[:8]),
        }
        for link in links.found(tender)
    ]
    context = {
        "tender": tender,
        "rows": rows,
        "decides": decides,
        "crumbs": _trail(tender, _("Shared accounts, telephones and addresses")),
    }
    return render(request, "web/record/links.html", context)
