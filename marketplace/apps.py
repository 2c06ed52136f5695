from django.apps import AppConfig


class MarketplaceConfig(AppConfig):
    name = "marketplace"
    verbose_name = "Musika"

    def ready(self) -> None:
        # Celery loads here, not in __init__, so that importing a pure rule drags nothing in.
        from marketplace import celery, checks  # noqa: F401
