"""How the OpenAPI schema names things."""

from drf_spectacular.openapi import AutoSchema


class Schema(AutoSchema):
    """Operations are named after method and endpoint: getTenders, postBids."""

    def get_operation_id(self) -> str:
        return f"{self.method.lower()}{type(self.view).__name__}"
