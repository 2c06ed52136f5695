"""Oneself, organisations, and who holds which role in them."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from api.access import ANYONE, SIGNED_IN, may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Flag, Instant, Shape, Text, Whole
from api.v1 import find
from api.v1.content import Choice
from api.v1.tenderlist import OrganizationRef
from marketplace.accounts import queries as people
from marketplace.accounts.models import Membership, Organization, User
from marketplace.accounts.roles import PERMISSIONS, Permission, Role
from marketplace.errors import NotFound
from marketplace.registry import operations as registry


class RoleOut(Shape):
    organization = OrganizationRef()
    organization_kind = Text()
    role = Text()
    permissions = Text(help_text="Separated by commas.")


class MeOut(Shape):
    id = Text()
    email = Text()
    full_name = Text()
    language = Text()
    identified = Flag(help_text="Whether the account is tied to a natural person.")
    second_factor = Flag()
    second_factor_needed = Flag(help_text="A role of yours demands one and none is set up.")
    roles = RoleOut(many=True)


class Me(ApiView):
    @endpoint(SIGNED_IN, gives=MeOut)
    def get(self, request: Request) -> dict[str, Any]:
        """Oneself, with roles and organisations."""
        return _me(person(request))


def _me(user: User) -> dict[str, Any]:
    return {
        "id": user.public_id,
        "email": user.email,
        "full_name": user.full_name,
        "language": user.language,
        "identified": user.identity_digest is not None,
        "second_factor": people.has_second_factor(user),
        "second_factor_needed": people.needs_second_factor(user),
        "roles": [_role(row) for row in people.current_memberships(user)],
    }


def _role(row: Membership) -> dict[str, Any]:
    return {
        "organization": {"id": row.organization.public_id, "name": row.organization.name},
        "organization_kind": row.organization.kind,
        "role": row.role,
        "permissions": ",".join(sorted(PERMISSIONS[Role(row.role)])),
    }


class IdentityIn(Shape):
    identity_number = Text(max_length=40)


class Identity(ApiView):
    @endpoint(SIGNED_IN, takes=IdentityIn, gives=MeOut)
    def post(self, request: Request, data: dict[str, Any]) -> dict[str, Any]:
        """Tie the account to a natural person; the number is kept as a keyed digest only."""
        return _me(registry.identify(user=person(request), now=now_of(request), **data))


class OrganizationOut(Shape):
    id = Text(source="public_id")
    kind = Text()
    name = Text()
    province = Text(allow_blank=True)
    district = Text(allow_blank=True)
    ward = Text(allow_blank=True)


class OrganizationIn(Shape):
    kind = Choice(choices=registry.TENDERER_KINDS)
    name = Text(max_length=200)
    registration_number = Text(max_length=60, allow_blank=True, default="")
    province = Text(max_length=60, allow_blank=True, default="")
    district = Text(max_length=60, allow_blank=True, default="")
    ward = Text(max_length=60, allow_blank=True, default="")
    email = Text(max_length=254, allow_blank=True, default="")
    phone = Text(max_length=20, allow_blank=True, default="")


class Organizations(ApiView):
    @endpoint(ANYONE, gives=OrganizationOut, many=True)
    def get(self, request: Request) -> QuerySet[Organization]:
        """The buyers and the oversight bodies."""
        rows = Organization.objects.filter(kind__in=("buyer", "oversight"), historical_source="")
        return rows.order_by("name")

    @endpoint(SIGNED_IN, takes=OrganizationIn, gives=OrganizationOut, status=201, idempotent=True)
    def post(self, request: Request, data: dict[str, Any]) -> Made:
        """Register a farmer, co-operative or company; who registers it may bid for it."""
        row = registry.register_tenderer(
            details=registry.OrganizationDetails(**data),
            by=person(request),
            now=now_of(request),
        )
        return Made(row, f"/api/v1/organizations/{row.public_id}")


class OneOrganization(ApiView):
    @endpoint(ANYONE, gives=OrganizationOut)
    def get(self, request: Request, organization: str) -> Organization:
        """An organisation: its name, kind and ward."""
        return find.organization(organization)


class MembershipOut(Shape):
    id = Whole(source="pk")
    person = Text(source="user.public_id")
    full_name = Text(source="user.full_name")
    role = Text()
    granted_at = Instant()
    revoked_at = Instant(allow_null=True)


class MembershipIn(Shape):
    person = Text(max_length=254, help_text="The person's id or e-mail address.")
    role = Choice(choices=[role.value for role in Role])


ADMINISTRATOR = may(Permission.ROLE_GRANT, "in the operator; never for oneself")


class Memberships(ApiView):
    @endpoint(ADMINISTRATOR, gives=MembershipOut, many=True)
    def get(self, request: Request, organization: str) -> QuerySet[Membership]:
        """Who holds which role in an organisation, past roles included."""
        rows = Membership.objects.filter(organization=find.organization(organization))
        return rows.select_related("user").order_by("id")

    @endpoint(ADMINISTRATOR, takes=MembershipIn, gives=MembershipOut, status=201, idempotent=True)
    def post(self, request: Request, organization: str, data: dict[str, Any]) -> Made:
        """Give a person a role."""
        row = registry.grant(
            user=_person(data["person"]),
            organization=find.organization(organization),
            role=Role(data["role"]),
            by=person(request),
            now=now_of(request),
        )
        return Made(row, f"/api/v1/organizations/{organization}/memberships/{row.pk}")


def _person(name: str) -> User:
    rows = User.objects.filter(is_active=True)
    found = rows.filter(public_id=name).first() or rows.filter(email=name.lower()).first()
    if found is None:
        raise NotFound("There is no such person.", where="person")
    return found


class OneMembership(ApiView):
    @endpoint(ADMINISTRATOR, gives=MembershipOut)
    def get(self, request: Request, organization: str, key: int) -> Membership:
        """One role of a person."""
        return _membership(organization, key)

    @endpoint(ADMINISTRATOR)
    def delete(self, request: Request, organization: str, key: int) -> None:
        """End a role; the row stays as a fact."""
        row = _membership(organization, key)
        registry.revoke(membership=row, by=person(request), now=now_of(request))


def _membership(organization: str, key: int) -> Membership:
    rows = Membership.objects.filter(organization__public_id=organization, pk=key)
    found = rows.select_related("user", "organization").first()
    if found is None:
        raise find.nothing("membership")
    return found
