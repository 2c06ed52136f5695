"""Oneself and organisations."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from api.access import ANYONE, SIGNED_IN, UNLOCKING
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Flag, Instant, Shape, Text
from api.v1 import find
from api.v1.content import Choice
from api.v1.tenderlist import OrganizationRef
from marketplace.accounts import queries as people
from marketplace.accounts.models import Membership, Organization, User
from marketplace.accounts.roles import PERMISSIONS, Role
from marketplace.registry import operations as registry
from marketplace.registry.about import about
from procurement.operations import erasures


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
    @endpoint(UNLOCKING, gives=MeOut)
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
    @endpoint(UNLOCKING, takes=IdentityIn, gives=MeOut)
    def post(self, request: Request, data: dict[str, Any]) -> dict[str, Any]:
        """Tie the account to a natural person; the number is kept as a keyed digest only."""
        return _me(registry.identify(user=person(request), now=now_of(request), **data))


class MembershipOfMine(Shape):
    role = Text()
    organization = Text()
    since = Text()
    until = Text(allow_null=True)


class MailOfMine(Shape):
    subject = Text()
    at = Text()


class MyDataOut(Shape):
    name = Text()
    email = Text()
    number = Text(help_text="Under which one stands in the ledger.")
    joined = Text()
    identity_number_given = Flag(help_text="Only a keyed digest is kept.")
    stated = serializers.DictField(child=Text(), help_text="Telephone and the like, by kind.")
    roles = MembershipOfMine(many=True)
    organizations = serializers.DictField(child=serializers.DictField(child=Text()))
    messages = MailOfMine(many=True)


class MyData(ApiView):
    @endpoint(SIGNED_IN, gives=MyDataOut)
    def get(self, request: Request) -> dict[str, Any]:
        """Everything that is kept about oneself."""
        return about(person(request))


class ErasureOut(Shape):
    proposed_at = Instant()
    confirmed_at = Instant(allow_null=True)
    declined_at = Instant(allow_null=True)


class MyErasure(ApiView):
    @endpoint(SIGNED_IN, gives=ErasureOut, status=201, idempotent=True)
    def post(self, request: Request) -> Made:
        """Ask for the erasure of one's own data; an administrator decides."""
        row = erasures.propose(user=person(request), by=person(request), now=now_of(request))
        return Made(row, "/api/v1/me/data")


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
