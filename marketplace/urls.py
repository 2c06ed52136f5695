from django.urls import include, path

# Also for what fails in a middleware, before any view.
handler500 = "marketplace.away.failed"

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("marketplace.phone.urls")),
    path("", include("marketplace.web.urls")),
    path("api/", include("api.urls")),
]
