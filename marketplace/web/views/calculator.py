"""“Try my numbers”: what the published rules make of a bid that nobody has sent.

The numbers come by POST and are kept nowhere: a price in an address would stand in every log.
"""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.errors import MusikaError, NotFound
from marketplace.web.context import now_of
from marketplace.web.forms.calculator import MINE, OTHER, TrialForm, trial_forms
from marketplace.web.lookups import ITEMS, public_tender
from marketplace.web.operate import explained, refuse, sent
from marketplace.web.presenters import trial as presenter
from procurement.models import Lot, Tender
from procurement.queries import terms
from procurement.rules.demands import demand
from procurement.rules.result import Result
from procurement.rules.trial import trial


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@explained
def show(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    """Two imagined bids beside each other, and how the rules rank them."""
    tender = public_tender(reference, now_of(request))
    found = _lot(tender, lot)
    mine, other = trial_forms(sent(request), found, tender.currency)
    result = _tried(tender, found, mine, other) if mine.is_bound else None
    context = {
        "form": mine,
        "other": other,
        "tender": tender,
        "lot": found,
        "bids": presenter.bids(result, found) if result else [],
        "currency": tender.currency,
        "unjudged": _unjudged(tender, found),
        "crumbs": _crumbs(tender),
    }
    return render(request, "web/calculator/show.html", context)


def _lot(tender: Tender, number: int) -> Lot:
    rows = tender.lots.prefetch_related("criteria__options", Prefetch("items", ITEMS))
    lot = rows.filter(number=number).first()
    if lot is None or tender.is_historical:
        raise NotFound(_("There is no such lot to try numbers on."))
    return lot


def _tried(tender: Tender, lot: Lot, mine: TrialForm, other: TrialForm) -> Result | None:
    if not (mine.is_valid() and other.is_valid()):
        return None
    data = terms.frozen(tender)
    asked = demand(data)
    # The other bid is named first: in an exact tie the visitor learns the worse of it.
    named = {OTHER: other, MINE: mine} if other.says_something else {MINE: mine}
    offers = {name: form.offer(asked) for name, form in named.items()}
    try:
        return trial(data, tender.terms_hash, lot.number, offers)
    except MusikaError as error:
        refuse(mine, error)
        return None


def _unjudged(tender: Tender, lot: Lot) -> bool:
    """Whether evaluators state or mark something that nobody can know here."""
    said = next(row for row in terms.frozen(tender)["lots"] if row["lot"] == lot.number)
    rated = any(criterion.get("rating") for criterion in said["criteria"])
    return bool(rated or said.get("components") or said.get("preference"))


def _crumbs(tender: Tender) -> list[dict[str, Any]]:
    here = {"title": tender.reference, "href": reverse("tender", args=[tender.reference])}
    return [{"title": _("Tenders"), "href": reverse("tender_list")}, here,
            {"title": _("Try my numbers")}]  # fmt: skip
