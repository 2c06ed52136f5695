"""When the database is away: not “a fault of ours” (500) but “come back in a moment” (503)."""

import json
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.defaults import server_error


def failed(request: HttpRequest) -> HttpResponse:
    """The answer to any exception that nothing else answered."""
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return server_error(request)
    if request.path.startswith("/api/"):
        told = {
            "type": "/api/problems/database-away",
            "title": "Database away",
            "status": 503,
            "code": "database-away",
            "detail": "The database does not answer at this moment.",
        }
        found = HttpResponse(json.dumps(told), content_type="application/problem+json")
    else:
        # Without the request: whoever is signed in is known to the database only.
        found = HttpResponse(loader.get_template("503.html").render())
    found.status_code = 503
    found["Retry-After"] = "2"
    return found
