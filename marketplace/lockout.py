"""Whose failures count together at sign-in: those for one account from one address."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest


def account_named(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> str | None:
    """The account that a sign-in attempt names, in one spelling; None if it names none.

    The pages hand it over as `email`, the API as `login`, and a locked form only in the request.
    """
    given = credentials or {}
    name = given.get("login") or given.get("email") or given.get("username")
    if not name and request is not None:
        name = request.POST.get("login")
    return str(name).strip().lower()[:255] if name else None
