"""Who calls, by the key that the request came with."""

from typing import Any

from knox.auth import TokenAuthentication
from rest_framework.request import Request

from marketplace import clock
from marketplace.accounts import keys
from marketplace.accounts.models import ApiKey


class KeyAuthentication(TokenAuthentication):
    """Knox's check of the key; the day of its use is noted."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found is not None:
            keys.used(found[1], request._request.now)  # type: ignore[attr-defined]
        return found

    def _cleanup_token(self, auth_token: ApiKey) -> bool:
        """Whether it has ended; `keys.sweep` deletes those, once an hour and not at each call."""
        return auth_token.expiry is not None and auth_token.expiry < clock.now()
