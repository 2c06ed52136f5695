"""Who may call an endpoint: declared beside it, enforced before it, listed in the docs.

This is the first fence only: that a person holds the permission somewhere. The operation then
asks `procurement.permissions`, as it does for the pages, whether it holds for this very tender.
"""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from rest_framework.exceptions import NotAuthenticated

from marketplace.accounts import queries as people
from marketplace.accounts.models import User
from marketplace.accounts.roles import PERMISSIONS, Permission
from marketplace.errors import NotPermitted


@dataclass(frozen=True)
class Access:
    """`words` say it in the docs; `permission` must be held in at least one organisation."""

    words: str
    signed_in: bool = True
    permission: Permission | None = None
    # Open to a person whose role demands a second factor and who has none yet.
    first_factor: bool = False

    def check(self, user: User | AnonymousUser) -> None:
        """Raise NotAuthenticated or NotPermitted."""
        self._check_second_factor(user)
        if not self.signed_in:
            return
        if not user.is_authenticated:
            raise NotAuthenticated
        if self.permission and not people.has_permission(user, self.permission):
            raise NotPermitted(
                "None of your roles carries this permission.",
                where=self.permission.value,
                remedy=f"It comes with these roles: {', '.join(self.roles)}.",
            )

    def _check_second_factor(self, user: User | AnonymousUser) -> None:
        """As the pages do: whoever lacks the second factor reads nothing, public or not."""
        if user.is_authenticated and not self.first_factor and people.needs_second_factor(user):
            raise NotPermitted(
                "A role of yours demands a second factor, and none is set up.",
                code="second-factor-required",
                remedy="Set up an authenticator app on the pages, then log in with its code.",
            )

    @property
    def roles(self) -> list[str]:
        """The roles that carry the permission."""
        return [role.value for role, held in PERMISSIONS.items() if self.permission in held]


ANYONE = Access("anyone; drafts and sealed things only for those whose they are", signed_in=False)
ENTRANCE = Access("anyone", signed_in=False, first_factor=True)
# What one needs to find out what is missing, and to leave.
UNLOCKING = Access(
    "anyone signed in, about oneself; also before the second factor is set up", first_factor=True
)
SIGNED_IN = Access("anyone signed in, about oneself")


def may(permission: Permission, words: str = "in the buyer of the tender") -> Access:
    return Access(words, permission=permission)
