"""National tables: an officer proposes, an approver confirms; the operations refuse all others."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.accounts.models import User
from marketplace.accounts.queries import has_permission
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound, NotPermitted
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.standards import TableForm
from marketplace.web.operate import Act, page, question, sent
from marketplace.web.presenters import standards as presenter
from produce.models import Commodity, StandardProposal
from produce.operations import nationals
from produce.rules.facts import REMARKS
from produce.rules.standardfile import grade_facts, read_standard


def check_buyer(user: User) -> None:
    asked = (Permission.TENDER_DRAFT, Permission.TENDER_PUBLISH)
    if not any(has_permission(user, permission) for permission in asked):
        raise NotPermitted(_("Only officers and approvers of a buyer look after tables."))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def listed(request: HttpRequest) -> HttpResponse:
    """What waits and what was answered; a POST proposes a table."""
    check_buyer(user_of(request))
    form = TableForm(sent(request), request.FILES or None)
    rows = StandardProposal.objects.select_related("proposed_by", "confirmed_by", "declined_by")
    return question(
        request,
        form,
        lambda: nationals.propose(
            data=form.data_sent(),
            reason=form.cleaned_data["reason"],
            by=user_of(request),
            now=now_of(request),
        ),
        to=lambda made: reverse("standard_proposal", args=[made.pk]),
        success=_("The table is proposed. It counts when an approver confirms it."),
        template="web/standards/proposals.html",
        title=_("Add or correct a table"),
        back_href=reverse("standards"),
        waiting=rows.filter(confirmed_by=None, declined_by=None),
        answered=rows.exclude(confirmed_by=None, declined_by=None)[:30],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show(request: HttpRequest, key: int) -> HttpResponse:
    """What somebody proposed, table by table, for an approver to confirm."""
    check_buyer(user_of(request))
    row = _proposal(key)
    entry = read_standard(row.text, "table")
    names = dict(Commodity.objects.values_list("code", "name"))
    tables = [
        (names.get(code, code), presenter.table(grade_facts(entry.grades, parameters)))
        for code, parameters in entry.tables
    ]
    return question(
        request,
        Act(sent(request)),
        lambda: nationals.confirm(proposal=row, by=user_of(request), now=now_of(request)),
        to=reverse("standards"),
        success=_("The table counts from now on. It is in the record."),
        template="web/standards/proposal.html",
        proposal=row,
        entry=entry,
        grades=entry.grades,
        remark=REMARKS[entry.confidence],
        tables=tables,
        own=row.proposed_by_id == user_of(request).pk,
        answered=row.confirmed_at or row.declined_at,
        title=_("Confirm this table?"),
        caption=f"{row.code}, {row.edition}",
        back_href=reverse("standard_proposals"),
    )


@require_POST
@page
def decline(request: HttpRequest, key: int) -> HttpResponse:
    check_buyer(user_of(request))
    nationals.decline(proposal=_proposal(key), by=user_of(request), now=now_of(request))
    messages.success(request, _("The proposal is declined. Nothing has changed."))
    return redirect("standard_proposals")


def _proposal(key: int) -> StandardProposal:
    rows = StandardProposal.objects.select_related("proposed_by")
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no such proposal."))
    return found
