"""The first two administrators: whoever runs the server names them; every later one takes two.

`python -m marketplace first-administrators A@EXAMPLE.ORG B@EXAMPLE.ORG`
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from marketplace.accounts import keys
from marketplace.accounts.models import Membership, Organization, User
from marketplace.accounts.roles import Role
from marketplace.errors import Conflict, Invalid, MusikaError, NotFound
from marketplace.ledger.record import record
from marketplace.registry.eligible import check_may_hold

OPERATOR = "Operator of this installation"


class AdministratorsExist(Conflict):
    """The installation has administrators: they give roles, not the command line."""

    code = "administrators-exist"


@transaction.atomic
def found(*, first: User, second: User, now: datetime) -> list[Membership]:
    """Make two people administrators, where nobody else is one; the ledger keeps it.

    If one administrator alone is left he can confirm nobody: then he is named again as one of
    the two. Raises AdministratorsExist, Invalid, NotIdentified, RolesExclude.
    """
    if first.pk == second.pk:
        raise Invalid("Name two different people.", remedy="A role takes two administrators.")
    operator = _operator(now)
    current = set(
        Membership.objects.filter(role=Role.ADMINISTRATOR, revoked_at=None).values_list(
            "user", flat=True
        )
    )
    if len(current) > 1 or not current <= {first.pk, second.pk}:
        raise AdministratorsExist(
            "There are administrators already.",
            remedy="They give further roles: one proposes, another confirms.",
        )
    return [_made(user, operator, now) for user in (first, second) if user.pk not in current]


def _operator(now: datetime) -> Organization:
    """The operator, locked; made if this is the first use of the installation."""
    rows = Organization.objects.select_for_update().filter(kind=Organization.Kind.OPERATOR)
    return rows.order_by("id").first() or Organization.objects.create(
        kind=Organization.Kind.OPERATOR, name=OPERATOR, created_at=now
    )


def _made(user: User, operator: Organization, now: datetime) -> Membership:
    check_may_hold(user, Role.ADMINISTRATOR)
    row = Membership.objects.create(
        user=user, organization=operator, role=Role.ADMINISTRATOR, granted_at=now
    )
    user.__dict__.pop("_current_memberships", None)
    keys.end_all(user)
    record(
        "RoleGranted",
        subject=f"organization:{operator.public_id}",
        body={"person": user.public_id, "role": row.role, "how": "named at the server"},
        by=None,
        now=now,
        visibility="auditor",
    )
    return row


def main(arguments: Sequence[str]) -> int:
    """The command; returns its exit status."""
    from marketplace import clock

    parser = argparse.ArgumentParser(
        prog="musika first-administrators",
        description="Make two people administrators of a new installation. Both have signed up "
        "and gave their identity numbers; both set up two-step sign-in before they may act.",
    )
    parser.add_argument("email", nargs=2)
    names = parser.parse_args(arguments).email
    try:
        first, second = (_person(name) for name in names)
        made = found(first=first, second=second, now=clock.now())
    except MusikaError as error:
        sys.stdout.write(f"{error.message} {error.remedy or ''}".strip() + "\n")
        return 1
    sys.stdout.write(f"Administrators now: {', '.join(row.user.email for row in made)}.\n")
    return 0


def _person(email: str) -> User:
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise NotFound(f"Nobody signed up as {email}.", remedy="Sign up on the pages first.")
    return user
