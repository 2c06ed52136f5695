"""Proposing to amend a published tender, and the second person's page that answers it."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from marketplace.web.forms.amending import AmendmentForm
from marketplace.web.operate import page, question, sent
from marketplace.web.views.buyer import now_of, tender_of, user_of
from marketplace.web.views.cancelling import answered
from marketplace.web.views.drafts import manage_path
from procurement import permissions
from procurement.operations import amendments
from procurement.queries import facts, outages
from procurement.rules import lifecycle
from procurement.rules.amending import Timetable


@page
def propose(request: HttpRequest, reference: str) -> HttpResponse:
    """Propose a notice to bidders, more time, or both."""
    tender = tender_of(request, reference)
    user, now = user_of(request), now_of(request)
    permissions.check_role(user, Permission.TENDER_DRAFT, tender.buyer)
    status = facts.status(tender, now)
    if not outages.may_amend(tender, status, now):
        lifecycle.check_allowed("tenders.amend", status)
    if tender.deadline is None:
        raise NotFound("There is no such tender.")
    old = Timetable(tender.deadline, tender.enquiry_deadline)
    least = amendments.least_after_notice(tender)
    due = outages.due(tender)
    form = AmendmentForm(sent(request), old=old, now=now, least=least, due=due)

    def act() -> object:
        said = {name: form.cleaned_data[name] for name in ("notice", "reason")}
        return amendments.propose(tender=tender, new=form.new(), by=user, now=now, **said)

    return question(
        request,
        form,
        act,
        to=manage_path(tender),
        success=_("Your proposal waits for an approver. Until then the tender goes on as it is."),
        template="web/officer/amend.html",
        title=_("Propose an amendment"),
        caption=f"{tender.reference} · {tender.title}",
        back_href=manage_path(tender),
        tender=tender,
        outages=outages.of(tender) if due else (),
        due=due,
    )


@page
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Publish or decline the proposed amendment."""
    tender = tender_of(request, reference)
    found = tender.amendments.select_related("proposed_by").order_by("-id").first()
    return answered(request, tender, found, amendments, manage_path(tender), _words)


def _words() -> dict[str, str]:
    return {
        "title": _("Publish this amendment?"),
        "effect": _("It shows on the public page at once, and whoever has bid or asked is told."),
        "act": _("Publish the amendment"),
    }
