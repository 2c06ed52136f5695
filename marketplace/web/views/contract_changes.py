"""Changing or ending a contract, and calling up the next supplier: each takes two people."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.contract_changes import EndForm, LineForm
from marketplace.web.forms.drafts import ReasonForm
from marketplace.web.operate import page, sent
from marketplace.web.views import contract_desk as desk
from marketplace.web.views.cancelling import answered
from marketplace.web.views.contracts import ask, balances
from procurement import permissions
from procurement.models import Contract, ContractChange
from procurement.operations import callups, contract_changes
from procurement.rules.visibility import Fact

ASKED = _("Your proposal waits for an approver. Until it is confirmed the contract goes on.")


def _own(request: HttpRequest, number: str, needs: Permission | None = None) -> Contract:
    """The contract, for the buyer's people; raises NotFound, NotPermitted."""
    found = desk.contract_of(request, number)
    if not desk.sees(request, found, Fact.PROPOSAL):
        raise NotFound(_("There is no such contract."))
    if needs is not None:
        permissions.check_role(user_of(request), needs, found.award.lot.tender.buyer)
    return found


@page
def change(request: HttpRequest, contract: str, line: int) -> HttpResponse:
    """Another quantity or window of one line."""
    found = _own(request, contract, Permission.CONTRACT_SIGN)
    row = found.lines.select_related("item").filter(number=line).first()
    if row is None:
        raise NotFound(_("The contract has no such line."))
    row.contract = found
    started = {"quantity": row.quantity, "starts": row.starts, "ends": row.ends}
    form = LineForm(sent(request), initial=started)
    said: dict[str, Any] = {"by": user_of(request), "now": now_of(request)}
    return ask(
        request,
        found,
        form,
        lambda: contract_changes.propose_line(line=row, **form.cleaned_data, **said),
        success=ASKED,
        title=_("Propose to change %s") % row.item.description,
    )


@page
def end(request: HttpRequest, contract: str) -> HttpResponse:
    found = _own(request, contract, Permission.CONTRACT_SIGN)
    form = EndForm(sent(request))
    said: dict[str, Any] = {"by": user_of(request), "now": now_of(request)}
    return ask(
        request,
        found,
        form,
        lambda: contract_changes.propose_end(contract=found, **form.said(), **said),
        success=ASKED,
        template="web/contract/end.html",
        title=_("Propose to end the contract"),
        balances=balances(found),
    )


@page
def answer(request: HttpRequest, contract: str) -> HttpResponse:
    """A second person confirms or declines; the author takes back."""
    found = _own(request, contract)
    row = found.changes.select_related("proposed_by", "line__item").order_by("-id").first()
    tender = found.award.lot.tender
    words = _words(row)
    return answered(request, tender, row, contract_changes, desk.path(found), lambda: words)


def _words(row: ContractChange | None) -> dict[str, str]:
    if row is not None and row.line is not None:
        window = f"{row.starts or '–'} – {row.ends or '–'}"
        what = f"{row.line.item.description}: {row.quantity:f} {row.line.item.unit}, {window}."
        return {"title": _("Change the contract?"), "effect": what, "act": _("Change it")}
    effect = _("Nothing more is delivered under it. What was received is still paid.")
    if row is not None and row.kind == ContractChange.Kind.DEFAULT:
        effect += " " + _("The next supplier in rank may then be called up.")
    return {"title": _("End the contract?"), "effect": effect, "act": _("End the contract")}


@page
def call_up(request: HttpRequest, contract: str) -> HttpResponse:
    """Recommend the next in rank for what is missing."""
    found = _own(request, contract, Permission.AWARD_RECOMMEND)
    form = ReasonForm(sent(request))
    said: dict[str, Any] = {"by": user_of(request), "now": now_of(request)}
    return ask(
        request,
        found,
        form,
        lambda: callups.recommend(contract=found, **form.cleaned_data, **said),
        success=_("The recommendation waits for the accounting officer."),
        template="web/contract/call_up.html",
        title=_("Call up the next supplier"),
        balances=balances(found),
        following=callups.next_ranked(found),
    )


@page
def decide(request: HttpRequest, contract: str) -> HttpResponse:
    """The accounting officer decides on a call-up."""
    found = _own(request, contract, Permission.AWARD_DECIDE)
    award = found.call_ups.filter(cancelled_at=None, decided_at=None).first()
    if award is None:
        raise NotFound(_("No call-up waits for a decision."))
    award.lot.tender = found.award.lot.tender
    form = ReasonForm(sent(request))
    said: dict[str, Any] = {"by": user_of(request), "now": now_of(request)}
    tender, lot = found.award.lot.tender, found.award.lot
    return ask(
        request,
        found,
        form,
        lambda: callups.decide(award=award, **form.cleaned_data, **said),
        to=reverse("lot_contract", args=[tender.reference, lot.number]),
        success=_("The supplier is called up. The standstill runs."),
        template="web/contract/call_up.html",
        title=_("Decide on the call-up"),
        called=award,
        lines=award.lines.select_related("item"),
    )
