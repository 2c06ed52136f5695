"""Who holds which role: two administrators give one, one administrator ends one."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from api.access import may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Instant, Shape, Text, Whole
from api.v1 import find
from api.v1.content import Choice
from api.v1.tenderlist import OrganizationRef
from marketplace.accounts import queries
from marketplace.accounts.models import Membership, RoleProposal, User
from marketplace.accounts.roles import Permission, Role
from marketplace.errors import NotFound
from marketplace.registry import grants


class MembershipOut(Shape):
    id = Whole(source="pk")
    person = Text(source="user.public_id")
    full_name = Text(source="user.full_name")
    role = Text()
    granted_at = Instant()
    revoked_at = Instant(allow_null=True)


class ProposalIn(Shape):
    person = Text(max_length=254, help_text="The person's id or e-mail address.")
    role = Choice(choices=[role.value for role in Role])


class RoleProposalOut(Shape):
    id = Whole(source="pk")
    organization = OrganizationRef()
    person = Text(source="user.public_id")
    full_name = Text(source="user.full_name")
    role = Text()
    proposed_by = Text(source="proposed_by.public_id")
    proposed_at = Instant()
    confirmed_at = Instant(allow_null=True)
    declined_at = Instant(allow_null=True)


ADMINISTRATOR = may(Permission.ROLE_GRANT, "in the operator; never for oneself")
SECOND = may(Permission.ROLE_GRANT, "in the operator; another person than who proposed it")


class Memberships(ApiView):
    @endpoint(ADMINISTRATOR, gives=MembershipOut, many=True)
    def get(self, request: Request, organization: str) -> QuerySet[Membership]:
        """Who holds which role in an organisation, past roles included."""
        rows = Membership.objects.filter(organization=find.organization(organization))
        return rows.select_related("user").order_by("id")


class OneMembership(ApiView):
    @endpoint(ADMINISTRATOR, gives=MembershipOut)
    def get(self, request: Request, organization: str, key: int) -> Membership:
        """One role of a person."""
        return _membership(organization, key)

    @endpoint(ADMINISTRATOR)
    def delete(self, request: Request, organization: str, key: int) -> None:
        """End a role at once, by one person; the row stays as a fact, the person's keys end."""
        row = _membership(organization, key)
        grants.revoke(membership=row, by=person(request), now=now_of(request))


def _membership(organization: str, key: int) -> Membership:
    rows = Membership.objects.filter(organization__public_id=organization, pk=key)
    found = rows.select_related("user", "organization").first()
    if found is None:
        raise find.nothing("membership")
    return found


class Proposing(ApiView):
    @endpoint(ADMINISTRATOR, takes=ProposalIn, gives=RoleProposalOut, status=201, idempotent=True)
    def post(self, request: Request, organization: str, data: dict[str, Any]) -> Made:
        """Propose a role for an identified person; another administrator confirms it."""
        row = grants.propose(
            user=_person(data["person"]),
            organization=find.organization(organization),
            role=Role(data["role"]),
            by=person(request),
            now=now_of(request),
        )
        return Made(row, f"/api/v1/role-proposals/{row.pk}")


def _person(name: str) -> User:
    rows = User.objects.filter(is_active=True)
    found = rows.filter(public_id=name).first() or rows.filter(email=name.lower()).first()
    if found is None:
        raise NotFound("There is no such person.", where="person")
    return found


class RoleProposals(ApiView):
    @endpoint(ADMINISTRATOR, gives=RoleProposalOut, many=True)
    def get(self, request: Request) -> QuerySet[RoleProposal]:
        """The proposals that wait for a second administrator, the oldest first."""
        return queries.waiting_proposals()


class OneRoleProposal(ApiView):
    @endpoint(ADMINISTRATOR, gives=RoleProposalOut)
    def get(self, request: Request, key: int) -> RoleProposal:
        """One proposal, answered or not."""
        return _proposal(key)


class RoleConfirmation(ApiView):
    @endpoint(SECOND, gives=MembershipOut, status=201, idempotent=True)
    def post(self, request: Request, key: int) -> Made:
        """Give the role that another administrator proposed; the person's keys end."""
        row = grants.confirm(proposal=_proposal(key), by=person(request), now=now_of(request))
        home = f"/api/v1/organizations/{row.organization.public_id}"
        return Made(row, f"{home}/memberships/{row.pk}")


class RoleDecline(ApiView):
    @endpoint(ADMINISTRATOR, gives=RoleProposalOut)
    def post(self, request: Request, key: int) -> RoleProposal:
        """End a proposal without a role; whoever made it may take it back this way."""
        return grants.decline(proposal=_proposal(key), by=person(request), now=now_of(request))


def _proposal(key: int) -> RoleProposal:
    rows = RoleProposal.objects.select_related("user", "organization", "proposed_by")
    found = rows.filter(pk=key).first()
    if found is None:
        raise find.nothing("role proposal")
    return found
