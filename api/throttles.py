"""Limits per minute, told in headers, so that a program can pace itself.

The counters live in the cache; when the cache is away requests are let through, because a bid
must not be lost to it.
"""

import logging
import time
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle, UserRateThrottle

log = logging.getLogger(__name__)


class _Told(SimpleRateThrottle):
    """A throttle that leaves what it found on the request, for `headers`."""

    num_requests: int
    duration: int
    history: list[float]
    now: float

    def allow_request(self, request: Request, view: Any) -> bool:
        try:
            allowed = super().allow_request(request, view)
        except Exception:  # Whatever a cache server may raise.
            log.warning("The throttle's cache is away; the request is let through.")
            return True
        if getattr(self, "key", None) is not None and self.num_requests:
            left = max(0, self.num_requests - len(self.history))
            reset = int(self.duration - (self.now - self.history[-1])) if self.history else 0
            request._request.rate = (  # type: ignore[attr-defined]
                self.scope,
                self.num_requests,
                self.duration,
                left,
                max(1, reset),
            )
        return allowed

    @staticmethod
    def timer() -> float:
        return time.time()


class AnonThrottle(_Told, AnonRateThrottle):
    pass


class UserThrottle(_Told, UserRateThrottle):
    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if not request.user.is_authenticated:
            return None
        return super().get_cache_key(request, view)


class LoginThrottle(_Told):
    """By address alone: who tries passwords is not signed in."""

    scope = "login"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class SignupThrottle(LoginThrottle):
    """By address alone: each answer sends a letter."""

    scope = "signup"


def headers(request: HttpRequest) -> dict[str, str]:
    """RateLimit-Policy and RateLimit as the IETF draft has them; none if nothing was counted."""
    rate = getattr(request, "rate", None)
    if rate is None:
        return {}
    scope, quota, window, left, reset = rate
    return {
        "RateLimit-Policy": f'"{scope}";q={quota};w={window}',
        "RateLimit": f'"{scope}";r={left};t={reset}',
    }
