"""Signing up: the form, the checks and the letter of the page."""

from contextlib import suppress
from typing import Any

from allauth.account import app_settings
from allauth.account.forms import SignupForm
from allauth.account.models import get_emailconfirmation_model
from allauth.account.utils import complete_signup
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.utils import get_form_class
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from api.access import ENTRANCE
from api.endpoint import ApiView, endpoint
from api.shapes import Shape, Text
from api.throttles import SignupThrottle
from marketplace.errors import NotFound

# What the page calls otherwise, because people type a password twice.
NAMES = {"password1": "password", "password2": "password"}


class AccountIn(Shape):
    full_name = Text(max_length=200, help_text="As on the identity card.")
    email = Text(max_length=254)
    identity_number = Text(max_length=30, help_text="Kept as a keyed digest only.")
    password = Text(max_length=400, trim_whitespace=False)


class AccountOut(Shape):
    email = Text(help_text="A letter goes there: to confirm the address, or to say what is known.")


class Accounts(ApiView):
    throttle_classes = [SignupThrottle]
    authentication_classes = []

    @endpoint(ENTRANCE, takes=AccountIn, gives=AccountOut, status=202)
    def post(self, request: Request, data: dict[str, Any]) -> dict[str, Any]:
        """Sign up. The answer is the same whether or not the address has an account already."""
        sign_up(request._request, **data)
        return {"email": data["email"]}


@sensitive_variables("password")
def sign_up(request: HttpRequest, password: str, **fields: str) -> None:
    """Make the account and send the letter; raises ValidationError with the form's words."""
    kind = get_form_class(app_settings.FORMS, "signup", SignupForm)
    form = kind(data={**fields, "password1": password, "password2": password})
    if not form.is_valid():
        raise ValidationError(
            {NAMES.get(name, name): [str(e) for e in told] for name, told in form.errors.items()}
        )
    user, _ = form.try_save(request)
    if user is not None:
        with suppress(ImmediateHttpResponse):
            complete_signup(request, user, app_settings.EMAIL_VERIFICATION, None)
    # A browser would go on from here in its session; a program has none, and gets no cookie.
    list(get_messages(request))
    request.session.flush()


class ConfirmationIn(Shape):
    key = Text(max_length=200, help_text="The last part of the link in the letter.")


class AddressConfirmation(ApiView):
    throttle_classes = [SignupThrottle]
    authentication_classes = []

    @endpoint(ENTRANCE, takes=ConfirmationIn)
    def post(self, request: Request, data: dict[str, Any]) -> None:
        """Confirm the address with the key from the letter; then log in."""
        found = get_emailconfirmation_model().from_key(data["key"])
        if found is None or found.confirm(request._request) is None:
            raise NotFound("This key confirms nothing: it is wrong, used or too old.", where="key")
