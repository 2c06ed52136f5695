"""Who calls, by the key that the request came with."""

from typing import Any

from knox.auth import TokenAuthentication
from rest_framework.request import Request

from marketplace.accounts import keys


class KeyAuthentication(TokenAuthentication):
    """Knox's check of the key; the day of its use is noted."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found is not None:
            keys.used(found[1], request._request.now)  # type: ignore[attr-defined]
        return found
