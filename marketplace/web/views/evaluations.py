"""The evaluators' pages: bids by criteria, findings, evaluate, confirm."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts import queries as people
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound, NotPermitted
from marketplace.web.forms.findings import FindingsForm
from marketplace.web.operate import Act, page, perform, question, sent
from marketplace.web.presenters import matrix
from marketplace.web.views.buyer import any_tender, lot_of, now_of, user_of
from marketplace.web.views.buyer import crumbs as trail
from procurement import permissions, visibility
from procurement.models import Bid, BidDocument, Evaluation, Lot, Tender
from procurement.operations import assessments, evaluations
from procurement.queries import cases, judging
from procurement.rules.visibility import Fact


def opened_lot(request: HttpRequest, reference: str, lot: int) -> Lot:
    """A lot whose bids are open, for those who work on bids; else NotFound or NotPermitted."""
    tender = any_tender(reference)
    user = user_of(request)
    if visibility.sees(user, Fact.WORKING, tender):
        return lot_of(tender, lot)
    if not permissions.works_for_buyer(user, tender):
        raise NotFound("There is no such tender.")
    permissions.check_no_stake(user, tender)
    permissions.check_no_conflict(user, tender)
    if permissions.judges_bids(user, tender):
        raise NotFound("The bids of this tender are not open yet.")
    raise NotPermitted("Only evaluators and those who award read the bids here.")


def evaluation_path(tender: Tender, lot: Lot) -> str:
    return reverse("lot_evaluation", args=[tender.reference, lot.number])


@page
def show(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    """Bids by criteria. POST evaluates the lot by its published rules."""
    found = opened_lot(request, reference, lot)
    form = Act(sent(request))
    if form.is_bound and _evaluate(request, form, found):
        return redirect("lot_result", reference, lot)
    criteria, rows = matrix.matrix(found)
    rated = any(criterion.kind == "rated" for criterion in criteria)
    latest = found.evaluations.order_by("-id").select_related("evaluated_by").first()
    confirmed = latest is not None and latest.confirmed_at is not None
    context = {
        "form": form,
        "tender": found.tender,
        "lot": found,
        "criteria": criteria,
        "rows": rows,
        "missing": sum(row.open_gates for row in rows) + len(assessments.missing(found)),
        "assessed": matrix.is_assessed(found),
        "rated": rated,
        "unmarked": rated and not judging.panel(found).revealed,
        "declared": judging.declaration(user_of(request), found.tender),
        "latest": latest,
        "confirmed": confirmed,
        "evaluator": _is_evaluator(request, found.tender),
        "crumbs": trail(found.tender, (str(found), "")),
    }
    return render(request, "web/evaluation/matrix.html", context)


def _is_evaluator(request: HttpRequest, tender: Tender) -> bool:
    return people.has_permission(user_of(request), Permission.BID_EVALUATE, tender.buyer)


def _evaluate(request: HttpRequest, form: Act, lot: Lot) -> Evaluation | None:
    return perform(
        request,
        form,
        lambda: evaluations.evaluate(lot=lot, by=user_of(request), now=now_of(request)),
        success=_("The lot is evaluated. Read the result, then confirm it."),
    )


@page
def findings(request: HttpRequest, reference: str, lot: int, bid: str) -> HttpResponse:
    """One bid beside its evidence, and whether it meets each requirement."""
    found = opened_lot(request, reference, lot)
    row = bid_of(found, bid)
    known = {decision.criterion_id: decision for decision in row.gate_decisions.all()}
    gates = list(found.criteria.filter(kind="gate"))
    form = FindingsForm(sent(request), gates=gates, found=known)

    def save() -> bool:
        evaluations.decide_gates(
            bid=row, findings=form.findings(), by=user_of(request), now=now_of(request)
        )
        return True

    confirmed = found.evaluations.exclude(confirmed_at=None).exists()
    return question(
        request,
        form,
        save,
        to=evaluation_path(found.tender, found),
        success=_("The findings are recorded."),
        template="web/evaluation/findings.html",
        title=row.tenderer.name,
        tender=found.tender,
        lot=found,
        bid=row,
        lines=row.lines.all(),
        qualities=matrix.declared(found, row),
        documents=row.documents.all(),
        row=matrix.row(row, list(found.criteria.all())),
        may_enter=_is_evaluator(request, found.tender) and not confirmed,
        crumbs=trail(
            found.tender,
            (str(found), evaluation_path(found.tender, found)),
            (row.tenderer.name, ""),
        ),
    )


def bid_of(lot: Lot, public_id: str) -> Bid:
    bid = cases.bids_for(lot).filter(public_id=public_id).first()
    if bid is None:
        raise NotFound("There is no such bid for this lot.")
    return bid


@page
def confirm(request: HttpRequest, reference: str, lot: int) -> HttpResponse:
    """Make the latest evaluation the one that stands."""
    found = opened_lot(request, reference, lot)
    latest = found.evaluations.order_by("-id").first()
    if latest is None:
        raise NotFound("This lot has not been evaluated yet.")
    latest.lot = found
    lines = latest.bids.select_related("bid__tenderer")
    return question(
        request,
        Act(sent(request)),
        lambda: evaluations.confirm(evaluation=latest, by=user_of(request), now=now_of(request)),
        to=reverse("lot_result", args=[reference, lot]),
        success=_("The evaluation is confirmed. An award can be recommended now."),
        template="web/evaluation/confirm.html",
        title=_("Confirm the evaluation"),
        caption=f"{reference} · {found}",
        back_href=reverse("lot_result", args=[reference, lot]),
        tender=found.tender,
        lot=found,
        lines=lines,
        evaluation=latest,
    )


@page
def document(request: HttpRequest, reference: str, document: int) -> HttpResponseBase:
    """A file that was sealed inside a bid; sent as a download, never shown in place."""
    tender = any_tender(reference)
    row = BidDocument.objects.filter(pk=document, bid__tender=tender).first()
    if row is None or not visibility.sees(user_of(request), Fact.BID_FILES, tender):
        raise NotFound("There is no such document.")
    return FileResponse(
        row.file.open("rb"),
        as_attachment=True,
        filename=row.filename,
        content_type=row.media_type,
    )
