"""Every page has a row in the permission table, and none lets a stranger in by accident."""

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from marketplace.web import access

pytestmark = pytest.mark.django_db

# Whatever an address names, these fill its gaps; such a thing need not exist.
GAPS = {"int": "1", "slug": "x", "str": "MUS-2026-000001", "uuid": "0" * 32, "path": "x"}


def patterns(resolver, prefix="") -> Iterator[tuple[str, str]]:
    """(name, address) of each web route; allauth and the API have tables of their own."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        elif isinstance(entry, URLPattern) and not route.startswith(("accounts/", "api/")):
            yield entry.name or f"(unnamed) {route}", filled(route)


def filled(route: str) -> str:
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda m: GAPS.get(m[1] or "str", "1"), route)


ROUTES = dict(patterns(get_resolver()))


def test_every_page_has_a_row_in_the_permission_table():
    assert not set(ROUTES) - set(access.ACCESS)


def test_the_permission_table_names_only_pages_that_exist():
    assert not set(access.ACCESS) - set(ROUTES)


def test_every_address_can_be_filled_in():
    assert all("<" not in address for address in ROUTES.values())


@pytest.mark.parametrize(
    "name", sorted(n for n in ROUTES if access.ACCESS.get(n, "") != access.PUBLIC)
)
def test_a_stranger_is_sent_to_sign_in_or_refused(client, name):
    for answer in (client.get(ROUTES[name]), client.post(ROUTES[name])):
        signs_in = answer.status_code == 302 and "/accounts/login/" in answer["Location"]
        assert signs_in or answer.status_code in (403, 404, 405)
