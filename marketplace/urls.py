from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("marketplace.phone.urls")),
    path("", include("marketplace.web.urls")),
    path("api/", include("api.urls")),
]
