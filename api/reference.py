"""The generated pages of docs/reference/ about the API; a test compares them with the files."""

from collections.abc import Iterator

from django.urls import URLPattern
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from api import problems
from api.access import Access
from api.endpoint import describe
from api.v1 import urls

METHODS = ("get", "post", "put", "delete")


def endpoints() -> Iterator[tuple[str, str, Access | None]]:
    """Each method of each address of version 1 with its access; None: nobody declared it."""
    for pattern in urls.urlpatterns:
        yield from _methods(pattern)


def _methods(pattern: URLPattern) -> Iterator[tuple[str, str, Access | None]]:
    address = "/api/v1/" + str(pattern.pattern)
    for method in METHODS:
        handler = getattr(pattern.callback.view_class, method, None)  # type: ignore[attr-defined]
        if handler is not None:
            yield method.upper(), address, getattr(handler, "access", None)


def permissions() -> str:
    """The text of docs/reference/permissions.md."""
    rows = [
        f"| {method} | `{address}` | {describe(access) if access else '?'} |"
        for method, address, access in endpoints()
    ]
    return "\n".join(
        [
            "# Who may call what",
            "",
            "Made by `python manage.py api_reference`; do not edit by hand.",
            "",
            "The first fence is this table. The operation behind it asks `procurement.permissions`",
            "for this very tender: role in its buyer, second factor, separation of duties.",
            "",
            "| method | address | who |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def openapi() -> str:
    """The text of docs/reference/openapi.yaml."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return OpenApiYamlRenderer().render(schema, renderer_context={}).decode()


PAGES = {
    "permissions.md": permissions,
    "problems.md": problems.reference,
    "openapi.yaml": openapi,
}
