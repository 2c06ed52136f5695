"""Keys (tokens): log in, log out here or everywhere, see and remove one's own."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import QuerySet
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables
from knox.settings import knox_settings
from rest_framework.request import Request

from api.access import ENTRANCE, SIGNED_IN, UNLOCKING
from api.authentication import KeyAuthentication
from api.endpoint import ApiView, endpoint, now_of, person
from api.errors import Refused
from api.shapes import Day, Instant, Shape, Text
from api.throttles import LoginThrottle
from marketplace.accounts import keys
from marketplace.accounts.models import ApiKey, User
from marketplace.errors import NotFound


class LoginIn(Shape):
    email = Text(max_length=254)
    password = Text(max_length=400, trim_whitespace=False)
    code = Text(max_length=20, required=False, help_text="From the authenticator app.")
    name = Text(max_length=60, required=False, help_text="What the key is for; only you see it.")


class TokenOut(Shape):
    token = Text(help_text="Send it as Authorization: Bearer TOKEN. It is shown this once.")
    expires_at = Instant()


class Login(ApiView):
    throttle_classes = [LoginThrottle]
    authentication_classes = []

    @endpoint(
        ENTRANCE,
        takes=LoginIn,
        gives=TokenOut,
        status=201,
    )
    def post(self, request: Request, data: dict[str, Any]) -> dict[str, Any]:
        """Trade address, password and code for a token."""
        name = data.pop("name", "Signed in by a program")
        user = signed_in(request._request, **data)
        if keys.held(user).filter(expiry__gt=now_of(request)).count() >= _limit():
            raise Refused(
                "too-many-tokens",
                f"There are {_limit()} tokens for this account already.",
                remedy="Log out where you no longer work, or everywhere.",
            )
        row, token = keys.make(user, name)
        user_logged_in.send(sender=User, request=request._request, user=user)
        return {"token": token, "expires_at": row.expiry}


def _limit() -> int:
    return int(knox_settings.TOKEN_LIMIT_PER_USER)


@sensitive_variables("password", "code")
def signed_in(request: HttpRequest, email: str, password: str, code: str = "") -> User:
    """The person. Raises Refused, with one and the same answer whatever was wrong."""
    names = {"login": email.strip().lower(), "email": email.strip().lower()}
    if AxesProxyHandler.is_locked(request, names):
        raise _locked()
    user = authenticate(request, password=password, **names)
    # The middleware of the lockout would answer with a page: we answer ourselves.
    request.axes_locked_out = False  # type: ignore[attr-defined]
    if not isinstance(user, User):
        raise _failed()
    if not (_is_verified(user) and _passes_second_factor(user, code)):
        user_login_failed.send(sender=__name__, credentials=names, request=request)
        request.axes_locked_out = False  # type: ignore[attr-defined]
        raise _failed()
    return user


def _is_verified(user: User) -> bool:
    return EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()


def _passes_second_factor(user: User, code: str) -> bool:
    """Whoever has a second factor needs it; a code is good once (allauth keeps the used ones)."""
    device = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return device is None or (bool(code) and TOTP(device).validate_code(code))


def _failed() -> Refused:
    return Refused(
        "login-failed",
        "Address, password or code is wrong, or the address is not verified.",
        remedy="People with a second factor send its code as well; each code is good once.",
    )


def _locked() -> Refused:
    wait = int(settings.AXES_COOLOFF_TIME.total_seconds())
    return Refused("locked-out", "Too many failed sign-ins: wait, then try again.", wait=wait)


class Logout(ApiView):
    authentication_classes = [KeyAuthentication]

    @endpoint(UNLOCKING)
    def post(self, request: Request) -> None:
        """Revoke the token that this request came with."""
        request.auth.delete()
        user_logged_out.send(sender=User, request=request._request, user=request.user)


class LogoutAll(ApiView):
    authentication_classes = [KeyAuthentication]

    @endpoint(UNLOCKING)
    def post(self, request: Request) -> None:
        """Revoke every token of the account."""
        keys.end_all(person(request))
        user_logged_out.send(sender=User, request=request._request, user=request.user)


class KeyOut(Shape):
    id = Text(source="token_key", help_text="The beginning of the key; of use to nobody else.")
    name = Text()
    created_at = Instant(source="created")
    expires_at = Instant(source="expiry")
    last_used_on = Day(allow_null=True)


class MyKeys(ApiView):
    @endpoint(SIGNED_IN, gives=KeyOut, many=True)
    def get(self, request: Request) -> QuerySet[ApiKey]:
        """One's own keys, the newest first. A log-in makes one."""
        return keys.held(person(request))


class OneKey(ApiView):
    @endpoint(SIGNED_IN)
    def delete(self, request: Request, key: str) -> None:
        """Remove a key of one's own: it stops working at once."""
        if not keys.remove(person(request), key):
            raise NotFound("You have no such key.")
