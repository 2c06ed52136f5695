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

    def check(self, user: User | AnonymousUser) -> None:
        """Raise NotAuthenticated or NotPermitted."""
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

    @property
    def roles(self) -> list[str]:
        """The roles that carry the permission."""
        return [role.value for role, held in PERMISSIONS.items() if self.permission in held]


ANYONE = Access("anyone; drafts and sealed things only for those whose they are", signed_in=False)
SIGNED_IN = Access("anyone signed in, about oneself")


def may(permission: Permission, words: str = "in the buyer of the tender") -> Access:
    return Access(words, permission=permission)
