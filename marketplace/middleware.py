"""One clock read per request, and the second factor for those who act for the state."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from marketplace import clock
from marketplace.accounts import queries

Handler = Callable[[HttpRequest], HttpResponse]
OPEN_PATHS = ("/accounts/", "/static/", "/api/")


class ClockMiddleware:
    """Sets `request.now`, the only instant that this request knows."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = clock.now()  # type: ignore[attr-defined]
        return self.get_response(request)


class SecondFactorMiddleware:
    """Sends people with a buyer's role to set up a second factor before anything else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.must_set_up(request):
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    @staticmethod
    def must_set_up(request: HttpRequest) -> bool:
        if not request.user.is_authenticated or request.path.startswith(OPEN_PATHS):
            return False
        return queries.needs_second_factor(request.user)
