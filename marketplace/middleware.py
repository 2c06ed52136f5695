"""One clock read per request, privacy from caches, the second factor of those who need one."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers

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


class PrivateMiddleware:
    """What is shown to somebody signed in is kept by no cache, unless the page says how."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Only a page that looked at the session can know who asks.
        looked = request.session.accessed and request.user.is_authenticated
        if looked and "Cache-Control" not in response:
            add_never_cache_headers(response)
        return response


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
