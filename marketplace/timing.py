"""What an answer cost, told in its `Server-Timing` header: in a demonstration and on request alone.

In earnest the header is off: how long an answer took can tell a stranger what is in a database.
"""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import HttpRequest, HttpResponse


class Count:
    """Counts the queries of one request and the time that they took, in milliseconds."""

    def __init__(self) -> None:
        self.queries, self.spent = 0, 0.0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*args)
        finally:
            self.queries += 1
            self.spent += (time.perf_counter() - began) * 1000


class ServerTimingMiddleware:
    """Adds `Server-Timing: app;dur=12.3, db;dur=4.5;desc="7 queries"` in a demonstration."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.DEMO:
            raise MiddlewareNotUsed("only a demonstration tells what an answer cost")
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        count, began = Count(), time.perf_counter()
        with connection.execute_wrapper(count):
            response = self.get_response(request)
        whole = (time.perf_counter() - began) * 1000
        queries = f'db;dur={count.spent:.1f};desc="{count.queries} queries"'
        response["Server-Timing"] = f"app;dur={whole:.1f}, {queries}"
        return response
