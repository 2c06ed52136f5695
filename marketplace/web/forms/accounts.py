"""Sign-up: one natural person, one account."""

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from marketplace.errors import MusikaError
from marketplace.registry import identity, operations
from marketplace.web.context import now_of
from marketplace.web.operate import sentence


class SignupForm(AllauthSignupForm):
    """Name, e-mail, password, and the national number that makes a person have one account."""

    full_name = forms.CharField(
        label=_("Your full name"),
        max_length=200,
        help_text=_("As on your identity card."),
    )
    identity_number = forms.CharField(
        label=_("National identity number"),
        max_length=30,
        help_text=_(
            "For example, 63-1234567 A 42. It keeps one person from having two accounts. "
            "The number itself is not stored: only a keyed digest, from which nobody can read it."
        ),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ["full_name", "email", "identity_number", "password1", "password2"]

    def clean_identity_number(self) -> str:
        number: str = self.cleaned_data["identity_number"]
        try:
            taken = User.objects.filter(identity_digest=identity.digest(number)).exists()
        except MusikaError as error:
            raise forms.ValidationError(sentence(error)) from error
        if taken:
            raise forms.ValidationError(
                _(
                    "There is already an account for this person. Sign in with that account; "
                    "if you lost its password, reset it."
                )
            )
        return number

    def save(self, request: HttpRequest) -> User:
        """Account, proof of identity and ledger entry together, or nothing."""
        with transaction.atomic():
            user: Any = super().save(request)
            return operations.identify(
                user=user,
                identity_number=self.cleaned_data["identity_number"],
                now=now_of(request),
            )
