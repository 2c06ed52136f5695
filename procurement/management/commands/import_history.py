"""python manage.py import_history: the same as `python -m marketplace import-history`."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from procurement.management.history import main


class Command(BaseCommand):
    help = "Read past tenders from a CSV file, one row a bid, and replay their evaluation."

    def run_from_argv(self, argv: list[str]) -> None:
        # The command's own parser reads the words, so that both ways take the same ones.
        sys.exit(main(argv[2:]))

    def handle(self, *args: Any, **options: Any) -> None:
        raise NotImplementedError("Call procurement.management.history.main instead.")
