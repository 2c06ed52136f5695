"""Who may hold a role at all: an identified person, and nobody beside an administrator's role."""

from marketplace.accounts.models import Membership, User
from marketplace.accounts.roles import Role
from marketplace.errors import Conflict


class NotIdentified(Conflict):
    """The account is not tied to a natural person yet."""

    code = "not-identified"


class RolesExclude(Conflict):
    """An administrator has no other role."""

    code = "roles-exclude"


def check_may_hold(user: User, role: Role) -> None:
    """Raise NotIdentified or RolesExclude, inside the transaction that gives the role.

    The person's row is locked: of two roles given at one moment the second sees the first.
    """
    row = User.objects.select_for_update().get(pk=user.pk)
    if row.identity_digest is None:
        raise NotIdentified(
            "This account is not tied to a natural person yet.",
            where="person",
            remedy="The person enters the national identity number first (POST /me/identity).",
        )
    held = Membership.objects.filter(user=row, revoked_at=None).values_list("role", flat=True)
    if any((role == Role.ADMINISTRATOR) != (other == Role.ADMINISTRATOR) for other in held):
        raise RolesExclude(
            "An administrator has no other role, so that nobody gives power and uses it.",
            where="role",
            remedy="End the other role first, or choose another person.",
        )
