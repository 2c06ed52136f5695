"""People and their roles, for administrators; the operations refuse everybody else."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.accounts import queries
from marketplace.accounts.models import Membership, User
from marketplace.accounts.roles import Permission, Role
from marketplace.errors import NotFound, NotPermitted
from marketplace.registry import operations as registry
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.organisations import GrantForm
from marketplace.web.operate import Act, page, perform


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
    return render(request, "web/people/list.html", {"page": found, "words": words})


def person_of(public_id: str) -> User:
    found = User.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such person.")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show(request: HttpRequest, person: str) -> HttpResponse:
    """One person's roles, past ones too; a POST grants one."""
    check_administrator(user_of(request))
    row = person_of(person)
    found = request.GET.get("organisation", "").strip()[:100]
    form = GrantForm(request.POST or None, found=found)
    if request.method == "POST" and form.is_valid() and _granted(request, row, form):
        return redirect("person", row.public_id)
    roles = row.memberships.select_related("organization", "granted_by")
    context = {
        "person": row,
        "form": form,
        "found": found,
        "current": roles.filter(revoked_at=None).order_by("-granted_at"),
        "past": roles.exclude(revoked_at=None).order_by("-revoked_at"),
        "second_factor": queries.has_second_factor(row),
        "crumbs": [
            {"title": "People and roles", "href": reverse("people")},
            {"title": row.full_name},
        ],
    }
    return render(request, "web/people/person.html", context)


def _granted(request: HttpRequest, person: User, form: GrantForm) -> Membership | None:
    return perform(
        request,
        form,
        lambda: registry.grant(
            user=person,
            organization=form.cleaned_data["organization"],
            role=Role(form.cleaned_data["role"]),
            by=user_of(request),
            now=now_of(request),
        ),
        success="The role is granted. It is in the record.",
    )


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
            lambda: registry.revoke(membership=role, by=user_of(request), now=now_of(request)),
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
