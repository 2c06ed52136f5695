from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from marketplace.accounts.models import User
from marketplace.web.context import now_of


class AccountAdapter(DefaultAccountAdapter):
    """Where allauth asks us."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Our accounts have a full name and an instant of joining; allauth knows neither."""
        user.full_name = form.cleaned_data["full_name"]
        user.date_joined = now_of(request)
        return super().save_user(request, user, form, commit)
