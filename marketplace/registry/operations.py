"""Registering people and organisations; granting and revoking roles."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from marketplace.accounts.models import Membership, Organization, User
from marketplace.accounts.queries import has_permission, needs_second_factor
from marketplace.accounts.roles import ROLES_BY_ORGANIZATION_KIND, Permission, Role
from marketplace.errors import Conflict, Invalid, NotFound, NotPermitted
from marketplace.ledger.record import record
from marketplace.registry import identity

TENDERER_KINDS = ("farmer", "cooperative", "company")


class AlreadyRegistered(Conflict):
    """One natural person has one account; one registration is one organisation."""

    code = "already-registered"


@dataclass(frozen=True)
class OrganizationDetails:
    kind: str
    name: str
    registration_number: str = ""
    province: str = ""
    district: str = ""
    ward: str = ""
    email: str = ""
    phone: str = ""


@transaction.atomic
def identify(*, user: User, identity_number: str, now: datetime) -> User:
    """Tie an account to a natural person; raises AlreadyRegistered for a second account."""
    digest = identity.digest(identity_number)
    if User.objects.filter(identity_digest=digest).exclude(pk=user.pk).exists():
        raise AlreadyRegistered(
            "There is already an account for this person.",
            where="identity_number",
            remedy="Sign in with that account; if you lost its password, reset it.",
        )
    user.identity_digest = digest
    user.save(update_fields=["identity_digest"])
    record(
        "PersonIdentified",
        subject=f"person:{user.public_id}",
        body={},
        by=user,
        now=now,
        visibility="auditor",
    )
    return user


@transaction.atomic
def register_tenderer(*, details: OrganizationDetails, by: User, now: datetime) -> Organization:
    """Register a farmer, co-operative or company; who registers it may bid for it."""
    if details.kind not in TENDERER_KINDS:
        raise Invalid("Register as a farmer, a co-operative or a company.", where="kind")
    organization = _create(details, now)
    Membership.objects.create(
        user=by, organization=organization, role=Role.TENDERER, granted_at=now
    )
    by.__dict__.pop("_current_memberships", None)
    _recorded("OrganizationRegistered", organization, by, now, {"kind": organization.kind})
    return organization


def _create(details: OrganizationDetails, now: datetime) -> Organization:
    if not details.name.strip():
        raise Invalid("Give the name.", where="name")
    try:
        with transaction.atomic():
            return Organization.objects.create(**details.__dict__, created_at=now)
    except IntegrityError:
        raise AlreadyRegistered(
            "This registration number is registered already.",
            where="registration_number",
            remedy="Ask whoever registered it to add you.",
        ) from None


@transaction.atomic
def grant(
    *, user: User, organization: Organization, role: Role, by: User, now: datetime
) -> Membership:
    """Give `user` a role in `organization`; only an administrator, and never to himself."""
    _check_grantor(by, user)
    if role not in ROLES_BY_ORGANIZATION_KIND[organization.kind]:
        raise Invalid("This kind of organisation has no such role.", where="role")
    if Membership.objects.filter(
        user=user, organization=organization, role=role, revoked_at=None
    ).exists():
        raise Conflict("The person holds this role already.")
    membership = Membership.objects.create(
        user=user, organization=organization, role=role, granted_by=by, granted_at=now
    )
    body = {"person": user.public_id, "role": role.value}
    _recorded("RoleGranted", organization, by, now, body)
    return membership


@transaction.atomic
def revoke(*, membership: Membership, by: User, now: datetime) -> Membership:
    """End a role; the row stays as a fact."""
    _check_grantor(by, membership.user)
    row = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if row.revoked_at is not None:
        raise NotFound("This role has ended already.")
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    body = {"person": row.user.public_id, "role": row.role}
    _recorded("RoleRevoked", row.organization, by, now, body)
    return row


def _check_grantor(by: User, user: User) -> None:
    if not has_permission(by, Permission.ROLE_GRANT) or needs_second_factor(by):
        raise NotPermitted("Only an administrator grants and revokes roles.")
    if by.pk == user.pk:
        raise NotPermitted("Nobody changes his own roles.")


def _recorded(
    event: str, organization: Organization, by: User, now: datetime, body: dict[str, str]
) -> None:
    record(
        event,
        subject=f"organization:{organization.public_id}",
        body=body,
        by=by,
        now=now,
        visibility="auditor",
    )
