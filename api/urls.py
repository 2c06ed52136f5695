"""/api/: version 1, its schema, its interactive page, and the page of every problem code."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from api import pages

urlpatterns = [
    path("v1/", include("api.v1.urls")),
    path("ocds/", include("api.ocds.urls")),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", pages.Docs.as_view(), name="api-docs"),
    path("problems/", pages.all_problems, name="problems"),
    path("problems/<slug:code>", pages.one_problem, name="problem"),
    path("", pages.anything_else),
    path("<path:rest>", pages.anything_else),
]
