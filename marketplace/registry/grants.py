"""Giving and taking roles.

Giving takes two administrators: one proposes, another confirms. Taking takes one, at once: a
stolen account must be stopped by whoever notices first, and what was taken in error is proposed
again. With each change the person's API keys end: they were made under other powers.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from marketplace.accounts import keys
from marketplace.accounts.models import Membership, Organization, RoleProposal, User
from marketplace.accounts.queries import has_permission, needs_second_factor
from marketplace.accounts.roles import ROLES_BY_ORGANIZATION_KIND, Permission, Role
from marketplace.errors import Conflict, Invalid, NotFound, NotPermitted
from marketplace.ledger.record import record
from marketplace.registry.eligible import check_may_hold


@transaction.atomic
def propose(
    *, user: User, organization: Organization, role: Role, by: User, now: datetime
) -> RoleProposal:
    """Propose a role for `user`, for another administrator to confirm.

    Raises NotPermitted, Invalid (no such role there), NotIdentified, RolesExclude, Conflict.
    """
    _check_administrator(by, user)
    _check_fits(organization, role)
    check_may_hold(user, role)
    _check_not_held(user, organization, role)
    try:
        with transaction.atomic():
            proposal = RoleProposal.objects.create(
                user=user, organization=organization, role=role, proposed_by=by, proposed_at=now
            )
    except IntegrityError:
        raise Conflict(
            "This role is proposed for the person already.",
            remedy="Another administrator confirms or declines the proposal that waits.",
        ) from None
    _recorded("RoleProposed", proposal, by, now)
    return proposal


@transaction.atomic
def confirm(*, proposal: RoleProposal, by: User, now: datetime) -> Membership:
    """Give the role that somebody else proposed; everything is checked again as it is now."""
    row = _waiting(proposal)
    _check_administrator(by, row.user)
    if row.proposed_by_id == by.pk:
        raise NotPermitted(
            "A role takes two administrators.",
            code="separation-of-duties",
            remedy="Another administrator confirms what you proposed; you may decline it.",
        )
    role = Role(row.role)
    _check_fits(row.organization, role)
    check_may_hold(row.user, role)
    _check_not_held(row.user, row.organization, role)
    row.membership = Membership.objects.create(
        user=row.user, organization=row.organization, role=role, granted_by=by, granted_at=now
    )
    row.confirmed_by, row.confirmed_at = by, now
    row.save(update_fields=["membership", "confirmed_by", "confirmed_at"])
    keys.end_all(row.user)
    _recorded("RoleGranted", row, by, now, proposed_by=row.proposed_by.public_id)
    return row.membership


@transaction.atomic
def decline(*, proposal: RoleProposal, by: User, now: datetime) -> RoleProposal:
    """End a proposal without a role; whoever made it may take it back this way."""
    row = _waiting(proposal)
    _check_administrator(by, row.user)
    row.declined_by, row.declined_at = by, now
    row.save(update_fields=["declined_by", "declined_at"])
    _recorded("RoleDeclined", row, by, now)
    return row


@transaction.atomic
def revoke(*, membership: Membership, by: User, now: datetime) -> Membership:
    """End a role; the row stays as a fact. One administrator is enough: see the module."""
    _check_administrator(by, membership.user)
    row = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if row.revoked_at is not None:
        raise NotFound("This role has ended already.")
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    keys.end_all(row.user)
    _recorded("RoleRevoked", row, by, now)
    return row


def _waiting(proposal: RoleProposal) -> RoleProposal:
    """The proposal, locked; raises NotFound once it was confirmed or declined."""
    rows = RoleProposal.objects.select_for_update(of=("self",))
    row = rows.select_related("user", "organization", "proposed_by").get(pk=proposal.pk)
    if row.confirmed_by_id or row.declined_by_id:
        raise NotFound("This proposal has been answered already.")
    return row


def _check_administrator(by: User, user: User) -> None:
    if not has_permission(by, Permission.ROLE_GRANT) or needs_second_factor(by):
        raise NotPermitted("Only an administrator grants and revokes roles.")
    if by.pk == user.pk:
        raise NotPermitted("Nobody changes his own roles.")


def _check_fits(organization: Organization, role: Role) -> None:
    if role not in ROLES_BY_ORGANIZATION_KIND[organization.kind]:
        raise Invalid("This kind of organisation has no such role.", where="role")


def _check_not_held(user: User, organization: Organization, role: Role) -> None:
    held = Membership.objects.filter(user=user, organization=organization, role=role)
    if held.filter(revoked_at=None).exists():
        raise Conflict("The person holds this role already.")


def _recorded(
    event: str, row: RoleProposal | Membership, by: User | None, now: datetime, **more: str
) -> None:
    record(
        event,
        subject=f"organization:{row.organization.public_id}",
        body={"person": row.user.public_id, "role": str(row.role), **more},
        by=by,
        now=now,
        visibility="auditor",
    )
