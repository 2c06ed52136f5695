"""The addresses of the open data; what they give is explained in docs/reference/ocds.md."""

from django.urls import path

from api.ocds import views

app_name = "ocds"

urlpatterns = [
    path("releases", views.Releases.as_view(), name="ocds-releases"),
    path("releases/<str:release>", views.OneRelease.as_view(), name="ocds-release"),
    path("records", views.Records.as_view(), name="ocds-records"),
    path("records/<str:ocid>", views.OneRecord.as_view(), name="ocds-record"),
    path("files", views.Files.as_view(), name="ocds-files"),
    path("files/<str:name>", views.OneFile.as_view(), name="ocds-file"),
]
