"""The addresses of the telephone shell. Their rows stand in the permission table of the pages."""

from django.urls import path

from marketplace.phone import simulator, views

urlpatterns = [
    path("ussd/", views.ussd, name="ussd"),
    path("ussd/<str:secret>/", views.ussd, name="ussd_secret"),
    path("demo/phone/", simulator.phone, name="demo_phone"),
]
