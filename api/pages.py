"""The pages of the API for people: interactive docs without a CDN, and the problem codes."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularSwaggerSplitView

from api import errors, problems


class Docs(SpectacularSwaggerSplitView):
    """Swagger UI from our own files; nothing inline, so it runs under `default-src 'self'`."""

    template_name = "api/docs.html"


@require_safe
def all_problems(request: HttpRequest) -> HttpResponse:
    return render(request, "api/problems.html", {"problems": problems.CATALOGUE.values()})


@require_safe
def one_problem(request: HttpRequest, code: str) -> HttpResponse:
    found = problems.CATALOGUE.get(code)
    rows = [found] if found else []
    status = 200 if found else 404
    return render(request, "api/problems.html", {"problems": rows, "code": code}, status=status)


@csrf_exempt
def anything_else(request: HttpRequest, **rest: Any) -> HttpResponse:
    """Under /api/ even an unknown address answers in the API's own words."""
    remedy = "See /api/docs/."
    if request.path.startswith("/api/v1/") and request.path.endswith("/"):
        remedy = "Addresses here end without a slash. See /api/docs/."
    return errors.answer("not-found", "There is no such address.", remedy=remedy)
