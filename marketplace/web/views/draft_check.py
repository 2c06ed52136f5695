"""A draft as a whole: its parts, the check before publication, publication."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from marketplace.accounts import queries as people
from marketplace.accounts.roles import Permission
from marketplace.errors import MusikaError
from marketplace.web import mending
from marketplace.web.operate import Act, page, question, sent, sentence
from marketplace.web.presenters import draft as presenters
from marketplace.web.presenters import manage
from marketplace.web.presenters.division import sharing_words
from marketplace.web.views.buyer import crumbs, now_of, tender_of, user_of
from marketplace.web.views.drafts import manage_path
from procurement import permissions
from procurement.models import Tender
from procurement.operations import tenders
from procurement.queries import contents, facts, terms
from procurement.rules import lifecycle
from procurement.rules.timeline import TenderStatus


@page
def show(request: HttpRequest, reference: str) -> HttpResponse:
    """The desk of a tender: the list of parts of a draft, or what a published one waits for."""
    tender = tender_of(request, reference)
    status = facts.status(tender, now_of(request))
    if status is not TenderStatus.DRAFT:
        return manage.desk(request, tender, status)
    editable = people.has_permission(user_of(request), Permission.TENDER_DRAFT, tender.buyer)
    found = mending.mendings(tender, tenders.problems(tender, now_of(request)))
    context = {
        "tender": tender,
        "tasks": presenters.tasks(tender, found, editable),
        "problems": found,
        "editable": editable,
        "publisher": people.has_permission(
            user_of(request), Permission.TENDER_PUBLISH, tender.buyer
        ),
        "crumbs": [*crumbs(tender)[:1], {"title": tender.reference, "href": ""}],
    }
    return render(request, "web/officer/draft.html", context)


def _whole(request: HttpRequest, tender: Tender) -> dict[str, object]:
    """Everything that a draft says, and what keeps it from publication."""
    content = contents.content(tender)
    views = presenters.lot_views(content)
    return {
        "tender": tender,
        "content": content,
        "lots": views,
        "shared": sharing_words(content.sharing, content.currency),
        "unconfirmed": presenters.unconfirmed(views),
        "problems": mending.mendings(tender, tenders.problems(tender, now_of(request))),
        "committee": tender.committee.select_related("user", "organization"),
        "documents": tender.documents.all(),
    }


@page
def check(request: HttpRequest, reference: str) -> HttpResponse:
    """Check answers: everything, with the page that changes it."""
    tender = tender_of(request, reference)
    lifecycle.check_allowed("tenders.edit", facts.status(tender, now_of(request)))
    user = user_of(request)
    context = _whole(request, tender) | {
        "editable": people.has_permission(user, Permission.TENDER_DRAFT, tender.buyer),
        "publisher": people.has_permission(user, Permission.TENDER_PUBLISH, tender.buyer),
        "crumbs": crumbs(tender, (_("Check the draft"), "")),
    }
    return render(request, "web/officer/check.html", context)


@page
def preview(request: HttpRequest, reference: str) -> HttpResponse:
    """The draft as the public will read it."""
    tender = tender_of(request, reference)
    lifecycle.check_allowed("tenders.edit", facts.status(tender, now_of(request)))
    context = _whole(request, tender) | {"crumbs": crumbs(tender, (_("Preview"), ""))}
    return render(request, "web/officer/preview.html", context)


@page
def publish(request: HttpRequest, reference: str) -> HttpResponse:
    """The second person's page: read everything, then publish."""
    tender = tender_of(request, reference)
    user, now = user_of(request), now_of(request)
    lifecycle.check_allowed("tenders.publish", facts.status(tender, now))
    # Taken before the rest is read: what changes meanwhile is not on the page under this print.
    seen = terms.fingerprint(tender)
    return question(
        request,
        Act(sent(request)),
        lambda: tenders.publish(
            tender=tender, expected=request.POST.get("seen", ""), by=user, now=now
        ),
        to=manage_path(tender),
        success=_("The tender is published. Bids may be submitted now."),
        template="web/officer/publish.html",
        refusal=_why_not(request, tender),
        seen=seen,
        crumbs=crumbs(tender, (_("Publish"), "")),
        **_whole(request, tender),
    )


def _why_not(request: HttpRequest, tender: Tender) -> str:
    """Why this person may not publish the tender; empty for one who may."""
    try:
        permissions.check_user_can(user_of(request), Permission.TENDER_PUBLISH, tender)
    except MusikaError as error:
        return sentence(error)
    return ""
