"""What the shells and operations ask about people."""

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from marketplace.accounts.models import Membership, Organization, RoleProposal, User
from marketplace.accounts.roles import PERMISSIONS, SECOND_FACTOR_ROLES, Permission, Role


def current_memberships(user: User) -> list[Membership]:
    """The roles that `user` holds now; read once per request and kept on the user object."""
    if not getattr(user, "is_authenticated", False):
        return []
    cached: list[Membership] | None = getattr(user, "_current_memberships", None)
    if cached is None:
        rows = Membership.objects.filter(user=user, revoked_at=None)
        cached = list(rows.select_related("organization").order_by("id"))
        user._current_memberships = cached  # type: ignore[attr-defined]
    return cached


def roles(user: User) -> set[Role]:
    return {Role(m.role) for m in current_memberships(user)}


def has_permission(
    user: User, permission: Permission, organization: Organization | None = None
) -> bool:
    """Whether a role of `user` carries `permission`, in `organization` if one is named."""
    return any(
        permission in PERMISSIONS[Role(m.role)]
        for m in current_memberships(user)
        if organization is None or m.organization_id == organization.pk
    )


def organizations_with(user: User, permission: Permission) -> list[Organization]:
    """The organisations for which `user` may do this, each once, in order of grant."""
    found = {
        m.organization_id: m.organization
        for m in current_memberships(user)
        if permission in PERMISSIONS[Role(m.role)]
    }
    return list(found.values())


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def needs_second_factor(user: User) -> bool:
    """True for a person with a role that demands a second factor and none set up yet."""
    return bool(roles(user) & SECOND_FACTOR_ROLES) and not has_second_factor(user)


def people_with(permission: Permission, organization: Organization) -> QuerySet[User]:
    """Active people who hold `permission` in `organization`."""
    holding = [role.value for role, granted in PERMISSIONS.items() if permission in granted]
    return User.objects.filter(
        is_active=True,
        memberships__organization=organization,
        memberships__role__in=holding,
        memberships__revoked_at=None,
    ).distinct()


def waiting_proposals() -> QuerySet[RoleProposal]:
    """Roles that one administrator proposed and nobody confirmed or declined, oldest first."""
    rows = RoleProposal.objects.filter(confirmed_by=None, declined_by=None)
    return rows.select_related("user", "organization", "proposed_by").order_by("id")
