"""The tender wizard: documents and the opening committee."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.errors import Conflict, NotFound
from marketplace.web.forms.drafts import QuorumForm
from marketplace.web.forms.extras import DocumentForm, OpenerForm, SeatForm
from marketplace.web.operate import Act, page, question, sent
from marketplace.web.views.buyer import crumbs, draft_of, now_of, user_of
from marketplace.web.views.draft_lots import save_part
from procurement.models import TenderDocument
from procurement.operations import committees, documents
from procurement.queries import contents


@page
def attach(request: HttpRequest, reference: str) -> HttpResponse:
    """The documents of a draft, and one more."""
    tender = draft_of(request, reference)
    form = DocumentForm(sent(request), request.FILES or None)

    def save() -> TenderDocument:
        file = form.cleaned_data["file"]
        return documents.attach(
            tender=tender,
            title=form.cleaned_data["title"],
            filename=file.name,
            content=file.read(),
            by=user_of(request),
            now=now_of(request),
        )

    return question(
        request,
        form,
        save,
        to=reverse("draft_documents", args=[reference]),
        success=_("The document is attached."),
        template="web/officer/documents.html",
        title=_("Documents"),
        tender=tender,
        documents=tender.documents.all(),
        crumbs=crumbs(tender, (_("Documents"), "")),
    )


@page
def detach(request: HttpRequest, reference: str, document: int) -> HttpResponse:
    tender = draft_of(request, reference)
    row = tender.documents.filter(pk=document).first()
    if row is None:
        raise NotFound("There is no such document.")

    def save() -> bool:
        documents.detach(document=row, by=user_of(request), now=now_of(request))
        return True

    return question(
        request,
        Act(sent(request)),
        save,
        to=reverse("draft_documents", args=[reference]),
        success=_("The document is removed. The record keeps that it was there."),
        template="web/officer/remove.html",
        title=_("Remove this document?"),
        what=row.title,
        back_href=reverse("draft_documents", args=[reference]),
        caption=f"{tender.reference} · {tender.title}",
    )


@page
def committee(request: HttpRequest, reference: str) -> HttpResponse:
    """Who opens the bids, and one more."""
    tender = draft_of(request, reference)
    members = list(tender.committee.select_related("user", "organization"))
    form = OpenerForm(sent(request), buyer=tender.buyer, taken={m.user_id for m in members})

    def save() -> object:
        opener, organization = form.chosen()
        return committees.appoint(
            tender=tender,
            opener=opener,
            organization=organization,
            by=user_of(request),
            now=now_of(request),
        )

    return question(
        request,
        form,
        save,
        to=reverse("draft_committee", args=[reference]),
        success=_("Appointed. An e-mail asks the opener to set a passphrase."),
        template="web/officer/committee.html",
        title=_("Opening committee"),
        tender=tender,
        members=members,
        crumbs=crumbs(tender, (_("Opening committee"), "")),
    )


@page
def dismiss(request: HttpRequest, reference: str, seat: int) -> HttpResponse:
    """Take an opener off the committee: one who never enrols, or who must go."""
    tender = draft_of(request, reference)
    member = tender.committee.select_related("user", "organization").filter(position=seat).first()
    if member is None:
        raise NotFound("There is no such seat.")
    # The seats move up when one goes: the person on the page must be the one who goes.
    form = SeatForm(sent(request), initial={"opener": member.user.public_id})

    def save() -> object:
        if form.cleaned_data["opener"] != member.user.public_id:
            raise Conflict(
                "The committee changed meanwhile.", remedy="Look at the committee, then repeat."
            )
        return committees.dismiss(member=member, by=user_of(request), now=now_of(request))

    return question(
        request,
        form,
        save,
        to=reverse("draft_committee", args=[reference]),
        success=_("The opener is off the committee. Appoint another in the same place."),
        template="web/officer/remove.html",
        title=_("Take this opener off the committee?"),
        what=f"{member.user.full_name}, {member.organization.name}",
        back_href=reverse("draft_committee", args=[reference]),
        caption=f"{tender.reference} · {tender.title}",
    )


@page
def quorum(request: HttpRequest, reference: str) -> HttpResponse:
    tender = draft_of(request, reference)
    content = contents.content(tender)
    form = QuorumForm(sent(request), initial={"opening_quorum": content.opening_quorum})
    return save_part(
        request,
        tender,
        form,
        lambda: replace(content, **form.cleaned_data),
        to=reverse("draft_committee", args=[reference]),
        title=_("Quorum of the opening"),
    )
