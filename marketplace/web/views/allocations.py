"""The allocation of divided lots: its page for everybody, and what officers do about it."""

import csv
import io
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace import clock
from marketplace.accounts import queries as people
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from marketplace.fields import plain
from marketplace.ledger.export import cell
from marketplace.web.allocation_chart import chart
from marketplace.web.forms.drafts import ReasonForm
from marketplace.web.operate import Act, explained, page, question, sent
from marketplace.web.presenters.allocation import View
from marketplace.web.presenters.division import published_sharing
from marketplace.web.views.buyer import any_tender, now_of, tender_of, user_of
from procurement import permissions, visibility
from procurement.models import Allocation, Tender
from procurement.operations import allocation_awards, allocations
from procurement.queries import allocations as stored
from procurement.queries import facts, terms
from procurement.rules.lifecycle import is_allowed
from procurement.rules.visibility import Fact
from procurement.tasks import run_allocations

COLUMNS = (
    *("lot", "title", "place", "supplier", "quantity", "unit"),
    *("unit_price", "price", "currency"),
)


def path_of(tender: Tender) -> str:
    return reverse("tender_allocation", args=[tender.reference])


def _seen(request: HttpRequest, reference: str) -> tuple[Tender, Allocation | None, bool]:
    """The tender, the run that this reader may see, and whether he works on it; or NotFound."""
    tender = any_tender(reference)
    lots = stored.divided_lots(tender)
    if not lots:
        raise NotFound(_("No lot of this tender is divided."))
    user = user_of(request)
    insider = visibility.sees(user, Fact.WORKING, tender)
    decided = visibility.sees(user, Fact.RESULT, tender, lot=lots[0])
    if not (insider or decided):
        raise NotFound(_("The allocation of this tender is not public yet."))
    return tender, stored.latest(tender) if insider else stored.decided(tender), insider


@explained
def show(request: HttpRequest, reference: str) -> HttpResponse:
    """Who delivers what to where, at what cost, and why nobody else."""
    tender, row, insider = _seen(request, reference)
    finished = row is not None and row.finished_at is not None
    context: dict[str, Any] = {
        "tender": tender,
        "row": row,
        "insider": insider,
        "rules": published_sharing(terms.frozen(tender)),
        "waits": _waits(request, tender) if insider else [],
        "parts": stored.parts_of(tender) if insider else [],
        "acts": _acts(request, tender, row) if insider else [],
        "crumbs": [
            {"title": tender.reference, "href": reverse("tender", args=[reference])},
            {"title": _("Allocation"), "href": ""},
        ],
    }
    if finished:
        view = View(row)  # type: ignore[arg-type]
        context |= {"view": view, "svg": chart(view, _title(tender)), **_tables(view, reference)}
    return render(request, "web/allocation/show.html", context)


def _title(tender: Tender) -> str:
    return _("Who delivers how much of each lot of %s") % tender.reference


def _tables(view: View, reference: str) -> dict[str, Any]:
    money = {"numeric": True}
    return {
        "title": _("Who delivers what to where"),
        "description": _("Each bar is a supplier's part of what the lot asks."),
        "columns": [
            {"key": "supplier", "title": _("Supplier")},
            {"key": "lot", "title": _("Lot"), **money},
            {"key": "place", "title": _("Delivers to")},
            {"key": "quantity", "title": _("Quantity"), **money},
            {"key": "unit_price", "title": _("For each %s") % view.unit, **money},
            {"key": "price", "title": _("Price"), **money},
        ],
        "rows": view.rows(),
        "download_href": reverse("allocation_csv", args=[reference]),
        "lot_columns": [
            {"key": "lot", "title": _("Lot")},
            {"key": "asked", "title": _("Asked"), **money},
            {"key": "awarded", "title": _("Awarded"), **money},
            {"key": "open", "title": _("Left open"), **money},
            {"key": "suppliers", "title": _("Suppliers"), **money},
            {"key": "why", "title": _("Why it stays open")},
        ],
        "rule_columns": [
            {"key": "rule", "title": _("Rule")},
            {"key": "cost", "title": _("What it costs"), **money},
        ],
    }


def _waits(request: HttpRequest, tender: Tender) -> list[str]:
    """Divided lots whose evaluation is still awaited."""
    now = now_of(request)
    return [
        str(lot)
        for lot in stored.divided_lots(tender)
        if lot.unsuccessful_at is None
        and not is_allowed("allocations.run", facts.lot_status(lot, now))
        and lot.evaluations.exclude(confirmed_at=None).first() is None
    ]


def _acts(request: HttpRequest, tender: Tender, row: Allocation | None) -> list[dict[str, str]]:
    """The buttons that exist here for this person now; each page explains its refusals."""
    parts = stored.parts_of(tender)
    free = not parts and not _waits(request, tender)
    spent = row is not None and row.awards.exclude(cancelled_at=None).exists()
    ready = row is not None and row.finished_at is not None and not spent
    confirmed = ready and row is not None and row.confirmed_at is not None
    evaluate, recommend = Permission.BID_EVALUATE, Permission.AWARD_RECOMMEND
    undecided = any(award.decided_at is None for award in parts)
    table = (
        ("confirm", evaluate, free and ready and not confirmed, ""),
        ("recommend", recommend, free and confirmed, ""),
        ("decide", Permission.AWARD_DECIDE, undecided, ""),
        ("stop", evaluate, row is not None and row.in_work, "warning"),
        ("run", evaluate, free and not (row and row.in_work), "secondary" if ready else ""),
    )
    user = user_of(request)
    return [
        {
            "href": reverse(f"allocation_{name}", args=[tender.reference]),
            "text": TITLES[name](),
            "kind": kind,
        }
        for name, permission, fits, kind in table
        if fits and people.has_permission(user, permission, tender.buyer)
    ]


TITLES: dict[str, Callable[[], str]] = {
    "run": lambda: _("Run the allocation"),
    "stop": lambda: _("Stop the allocation"),
    "confirm": lambda: _("Confirm the allocation"),
    "recommend": lambda: _("Recommend these awards"),
    "decide": lambda: _("Decide these awards"),
}
SAID: dict[str, Callable[[], str]] = {
    "run": lambda: _(
        "All divided lots are shared at once, at the least cost that keeps the published rules."
    ),
    "stop": lambda: _("What is worked out so far is dropped. It can be run again."),
    "confirm": lambda: _("It becomes the allocation that awards follow."),
    "recommend": lambda: _(
        "Every part of the confirmed allocation is recommended at once. Another person decides."
    ),
    "decide": lambda: _(
        "All parts are decided together: every bidder gets a letter with its own figures, and the "
        "standstill begins."
    ),
}


def _act(
    request: HttpRequest,
    tender: Tender,
    name: str,
    needs: Permission,
    call: Callable[[Any], Any],
    success: str,
) -> HttpResponse:
    """One thing done about the allocation, on a page of its own."""
    permissions.check_role(user_of(request), needs, tender.buyer)
    reasoned = name in ("recommend", "decide")
    form = ReasonForm(sent(request)) if reasoned else Act(sent(request))
    row = stored.latest(tender)
    return question(
        request,
        form,
        lambda: call(form.cleaned_data.get("reason", "")),
        to=path_of(tender),
        success=success,
        template="web/allocation/act.html",
        title=TITLES[name](),
        said=SAID[name](),
        caption=f"{tender.reference} · {tender.title}",
        back_href=path_of(tender),
        tender=tender,
        act=name,
        view=View(row) if row and row.finished_at else None,
    )


def _row(tender: Tender) -> Allocation:
    row = stored.latest(tender)
    if row is None:
        raise NotFound(_("No allocation of this tender was run yet."))
    return row


def _of_buyer(request: HttpRequest, reference: str) -> Tender:
    tender = tender_of(request, reference)
    if not stored.divided_lots(tender):
        raise NotFound(_("No lot of this tender is divided."))
    return tender


@page
def run(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for it. A small one is worked out at once, a large one by the worker."""
    tender = _of_buyer(request, reference)
    by, now = user_of(request), now_of(request)

    def ask(_reason: str) -> Allocation:
        row = allocations.request(tender=tender, by=by, now=now)
        if allocations.is_small(row):
            return allocations.run(row.pk, now=clock.now()) or row
        transaction.on_commit(lambda: run_allocations.apply_async(retry=False), robust=True)
        return row

    done = _("The allocation is asked for. This page shows how far it is.")
    return _act(request, tender, "run", Permission.BID_EVALUATE, ask, done)


@page
def stop(request: HttpRequest, reference: str) -> HttpResponse:
    tender = _of_buyer(request, reference)
    row, by, now = _row(tender), user_of(request), now_of(request)
    return _act(
        request,
        tender,
        "stop",
        Permission.BID_EVALUATE,
        lambda _reason: allocations.cancel(allocation=row, by=by, now=now),
        _("The allocation is stopped."),
    )


@page
def confirm(request: HttpRequest, reference: str) -> HttpResponse:
    tender = _of_buyer(request, reference)
    row, by, now = _row(tender), user_of(request), now_of(request)
    return _act(
        request,
        tender,
        "confirm",
        Permission.BID_EVALUATE,
        lambda _reason: allocations.confirm(allocation=row, by=by, now=now),
        _("The allocation is confirmed. Its awards can be recommended now."),
    )


@page
def recommend(request: HttpRequest, reference: str) -> HttpResponse:
    tender = _of_buyer(request, reference)
    by, now = user_of(request), now_of(request)
    return _act(
        request,
        tender,
        "recommend",
        Permission.AWARD_RECOMMEND,
        lambda reason: allocation_awards.recommend(tender=tender, reason=reason, by=by, now=now),
        _("The awards are recommended. The accounting officer decides."),
    )


@page
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    tender = _of_buyer(request, reference)
    by, now = user_of(request), now_of(request)
    return _act(
        request,
        tender,
        "decide",
        Permission.AWARD_DECIDE,
        lambda reason: allocation_awards.decide(tender=tender, reason=reason, by=by, now=now),
        _("The awards are decided. Every bidder has been sent a letter."),
    )


def _finished(request: HttpRequest, reference: str) -> Allocation:
    _tender, row, _insider = _seen(request, reference)
    if row is None or row.finished_at is None:
        raise NotFound(_("There is no finished allocation of this tender."))
    return row


@explained
def parts_csv(request: HttpRequest, reference: str) -> HttpResponse:
    """The table of parts, numbers exact."""
    view, text = View(_finished(request, reference)), io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for part in view.parts:
        said = (part.lot.number, part.lot.title, part.place, part.supplier, plain(part.quantity))
        money = (plain(part.unit_price), plain(part.price), view.currency)
        writer.writerow(cell(value) for value in (*said, view.unit, *money))
    return _file(text.getvalue(), f"{reference}-allocation.csv", "text/csv; charset=utf-8")


@explained
def case_file(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything that decided, byte for byte as it was digested."""
    row = _finished(request, reference)
    return _file(row.case, f"{reference}-allocation-case.json", "application/json")


@explained
def result_file(request: HttpRequest, reference: str) -> HttpResponse:
    row = _finished(request, reference)
    return _file(row.result, f"{reference}-allocation-result.json", "application/json")


def _file(text: str, name: str, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type=kind, headers=headers)
