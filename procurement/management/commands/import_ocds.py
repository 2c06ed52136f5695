"""python manage.py import_ocds: the same as `python -m marketplace import-ocds`."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from procurement.management.ocds import main


class Command(BaseCommand):
    help = "Read past tenders from open contracting data (OCDS), packages or JSON lines."

    def run_from_argv(self, argv: list[str]) -> None:
        # The command's own parser reads the words, so that both ways take the same ones.
        sys.exit(main(argv[2:]))

    def handle(self, *args: Any, **options: Any) -> None:
        raise NotImplementedError("Call procurement.management.ocds.main instead.")
