"""People and their roles, for administrators; the operations refuse everybody else."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts import queries
from marketplace.accounts.models import RoleProposal, User
from marketplace.accounts.roles import Permission, Role
from marketplace.errors import NotFound, NotPermitted
from marketplace.registry import grants
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.organisations import GrantForm
from marketplace.web.operate import Act, page, perform, question, sent


def check_administrator(user: User) -> None:
    if not queries.has_permission(user, Permission.ROLE_GRANT):
        raise NotPermitted("Only administrators look after people and their roles.")


@require_safe
@page
def listed(request: HttpRequest) -> HttpResponse:
    check_administrator(user_of(request))
    words = request.GET.get("q", "").strip()[:100]
    rows = User.objects.order_by("full_name", "id")
    if words:
        rows = rows.filter(Q(full_name__icontains=words) | Q(email__icontains=words))
    found = Paginator(rows, 30).get_page(request.GET.get("page"))
    context = {"page": found, "words": words, "waiting": queries.waiting_proposals()}
    return render(request, "web/people/list.html", context)


def person_of(public_id: str) -> User:
    found = User.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such person.")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show(request: HttpRequest, person: str) -> HttpResponse:
    """One person's roles, past ones too; a POST proposes one."""
    check_administrator(user_of(request))
    row = person_of(person)
    found = request.GET.get("organisation", "").strip()[:100]
    form = GrantForm(request.POST or None, found=found)
    if request.method == "POST" and form.is_valid() and _proposed(request, row, form):
        return redirect("person", row.public_id)
    roles = row.memberships.select_related("organization", "granted_by")
    context = {
        "person": row,
        "form": form,
        "found": found,
        "current": roles.filter(revoked_at=None).order_by("-granted_at"),
        "waiting": queries.waiting_proposals().filter(user=row),
        "past": roles.exclude(revoked_at=None).order_by("-revoked_at"),
        "second_factor": queries.has_second_factor(row),
        "crumbs": [
            {"title": "People and roles", "href": reverse("people")},
            {"title": row.full_name},
        ],
    }
    return render(request, "web/people/person.html", context)


def _proposed(request: HttpRequest, person: User, form: GrantForm) -> RoleProposal | None:
    return perform(
        request,
        form,
        lambda: grants.propose(
            user=person,
            organization=form.cleaned_data["organization"],
            role=Role(form.cleaned_data["role"]),
            by=user_of(request),
            now=now_of(request),
        ),
        success="The role is proposed. It begins when another administrator confirms it.",
    )


def _proposal_of(key: int) -> RoleProposal:
    rows = RoleProposal.objects.select_related("user", "organization", "proposed_by")
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound("There is no such proposal.")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@page
def proposal(request: HttpRequest, key: int) -> HttpResponse:
    """What somebody proposed, for a second administrator to confirm."""
    check_administrator(user_of(request))
    row = _proposal_of(key)
    context = {
        "proposal": row,
        "own": row.proposed_by_id == user_of(request).pk,
        "answered": row.confirmed_at or row.declined_at,
        "title": "Give this role?",
        "caption": row.user.full_name,
        "back_href": reverse("people"),
    }
    return question(
        request,
        Act(sent(request)),
        lambda: grants.confirm(proposal=row, by=user_of(request), now=now_of(request)),
        to=reverse("person", args=[row.user.public_id]),
        success="The role is given. It is in the record.",
        template="web/people/proposal.html",
        **context,
    )


@require_POST
@page
def decline(request: HttpRequest, key: int) -> HttpResponse:
    check_administrator(user_of(request))
    row = grants.decline(proposal=_proposal_of(key), by=user_of(request), now=now_of(request))
    messages.success(request, "The proposal is declined. Nothing has changed.")
    return redirect("person", row.user.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def revoke(request: HttpRequest, person: str, membership: int) -> HttpResponse:
    check_administrator(user_of(request))
    row = person_of(person)
    role = row.memberships.filter(pk=membership).select_related("organization").first()
    if role is None:
        raise NotFound("There is no such role.")
    form = Act(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        ended = perform(
            request,
            form,
            lambda: grants.revoke(membership=role, by=user_of(request), now=now_of(request)),
            success="The role has ended. The record keeps that it was held.",
        )
        if ended:
            return redirect("person", row.public_id)
    context = {
        "form": form,
        "role": role,
        "person": row,
        "title": "End this role?",
        "caption": row.full_name,
        "back_href": reverse("person", args=[person]),
    }
    return render(request, "web/people/revoke.html", context)
