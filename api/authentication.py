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
        view = request.parser_context["view"]
        # A bid notes it in its own transaction: a commit before it would cost as much as the bid.
        if found is not None and not (view.stamps_arrival and request.method == "POST"):
            keys.used(found[1], request._request.now)  # type: ignore[attr-defined]
        return found

    def _cleanup_token(self, auth_token: ApiKey) -> bool:
        """Whether it has ended; `keys.sweep` deletes those, once an hour and not at each call."""
        return auth_token.expiry is not None and auth_token.expiry < clock.now()
