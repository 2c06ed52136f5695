"""The addresses of the pages. One line each, grouped by subject, groups in alphabetical order."""

from django.urls import include, path

from marketplace.web.views import language, styleguide

urlpatterns = [
    # the public, tenderers, accounts, auditors
    path("", include("marketplace.web.urls_public")),
    # the buyer's side
    path("", include("marketplace.web.urls_buyer")),
    # contracts, loads, payments
    path("", include("marketplace.web.urls_contracts")),
    # language
    path("language/<str:code>/", language.choose_language, name="choose_language"),
    # style guide
    path("styleguide/", styleguide.show, name="styleguide"),
    path("styleguide/question/", styleguide.question, name="styleguide_question"),
]
