"""How the OpenAPI schema names things."""

from typing import Any

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.openapi import AutoSchema


class KeyScheme(KnoxTokenScheme):
    """Our keys are Knox's tokens."""

    target_class = "api.authentication.KeyAuthentication"


class Schema(AutoSchema):
    """Operations are named after method and endpoint: getTenders, postBids."""

    def get_operation_id(self) -> str:
        return f"{self.method.lower()}{type(self.view).__name__}"

    def get_auth(self) -> list[dict[str, Any]]:
        """What only signed-in people may call has no anonymous alternative."""
        handler = getattr(self.view, self.method.lower())
        schemes = super().get_auth()
        return [scheme for scheme in schemes if scheme] if handler.access.signed_in else schemes
