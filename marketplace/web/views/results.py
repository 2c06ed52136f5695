"""The result of a lot, for everyone once it is decided: ranking, working, files to check it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts import queries as people
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from marketplace.web.operate import explained
from marketplace.web.presenters import compared
from marketplace.web.presenters import result as presenters
from marketplace.web.presenters.result import ResultView
from marketplace.web.views.buyer import lot_of, user_of
from procurement import visibility
from procurement.models import Evaluation, Lot, Tender
from procurement.rules.scoring import METHODS
from procurement.rules.visibility import Fact


def _seen(request: HttpRequest, reference: str, number: int) -> tuple[Lot, Evaluation]:
    """The lot and the evaluation that this reader may see, or NotFound."""
    tender = Tender.objects.select_related("buyer").filter(reference=reference).first()
    if tender is None:
        raise NotFound(_("There is no such tender."))
    lot = lot_of(tender, number)
    user = user_of(request)
    if not visibility.sees(user, Fact.RESULT, tender, lot=lot):
        raise NotFound(_("The result of this lot is not public yet."))
    insider = visibility.sees(user, Fact.WORKING, tender)
    evaluation = presenters.evaluation_of(lot, insider)
    if evaluation is None:
        raise NotFound(_("This lot has not been evaluated."))
    return lot, evaluation


def _crumbs(lot: Lot, *more: tuple[str, str]) -> list[dict[str, str]]:
    result = reverse("lot_result", args=[lot.tender.reference, lot.number])
    pairs = [(lot.tender.reference, f"/tenders/{lot.tender.reference}/"), (_("Result"), result)]
    return [{"title": title, "href": href} for title, href in (*pairs, *more)]


@explained
def show(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    """The ranking of a lot."""
    found, evaluation = _seen(request, reference, lot)
    view = presenters.view(evaluation)
    awards = found.awards.exclude(decided_at=None).select_related("supplier", "decided_by")
    context = {
        "tender": found.tender,
        "lot": found,
        "evaluation": evaluation,
        "result": view.data,
        "lines": view.lines,
        "by_points": METHODS[view.data["method"]].by_points,
        "compared": compared.compared(view),
        "firmness": compared.firmness(view),
        "award": awards.filter(cancelled_at=None).first(),
        "parts": awards.filter(cancelled_at=None, is_part=True).prefetch_related("lines__item"),
        "cancelled": awards.exclude(cancelled_at=None),
        "insider": visibility.sees(user_of(request), Fact.WORKING, found.tender),
        "evaluator": _evaluates(request, found),
        "crumbs": [*_crumbs(found)[:-1], {"title": _("Result"), "href": ""}],
    }
    return render(request, "web/results/show.html", context)


def _evaluates(request: HttpRequest, lot: Lot) -> bool:
    return people.has_permission(user_of(request), Permission.BID_EVALUATE, lot.tender.buyer)


@explained
def bid(request: HttpRequest, reference: str, lot: int, bid: str) -> HttpResponse:
    """Why this bid stands where it stands: gates, working, corrections, ties."""
    found, evaluation = _seen(request, reference, lot)
    view = presenters.view(evaluation)
    line = view.of_bid(bid)
    if line is None:
        raise NotFound(_("There is no such bid for this lot."))
    context = {
        "tender": found.tender,
        "lot": found,
        "evaluation": evaluation,
        "result": view.data,
        "line": line,
        "steps": compared.steps(view, line),
        "tied": _tied(view, line),
        "behind": compared.behind_words(view, line),
        "ranked": sum(1 for other in view.data["bids"] if other["rank"] is not None),
        "crumbs": _crumbs(found, (line["name"], "")),
    }
    return render(request, "web/results/bid.html", context)


def _tied(view: ResultView, line: dict) -> list[str]:
    groups = [group for group in view.data["ties"] if line["bid"] in group["bids"]]
    others = [name for group in groups for name in group["bids"] if name != line["bid"]]
    return [view.bids[other].tenderer.name for other in others]


@explained
def case_file(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    """Everything that decided the lot, byte for byte as it was digested."""
    found, evaluation = _seen(request, reference, lot)
    return _file(evaluation.case, f"{reference}-lot-{found.number}-case.json")


@explained
def result_file(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    found, evaluation = _seen(request, reference, lot)
    return _file(evaluation.result, f"{reference}-lot-{found.number}-result.json")


def _file(text: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="application/json", headers=headers)
