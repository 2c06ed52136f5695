from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "marketplace.web"

    def ready(self) -> None:
        # Connects its receivers.
        from marketplace.web import security  # noqa: F401
