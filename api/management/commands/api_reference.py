"""Write the generated pages about the API anew."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from api import reference


class Command(BaseCommand):
    help = "Write docs/reference/{permissions.md,problems.md,openapi.yaml}."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "docs" / "reference"
        for name, make in reference.PAGES.items():
            (folder / name).write_text(make())
            self.stdout.write(f"docs/reference/{name}")
