from django.apps import AppConfig


class PhoneConfig(AppConfig):
    """USSD: the shell for telephones that have no browser."""

    name = "marketplace.phone"
    label = "phone"
