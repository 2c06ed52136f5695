"""python manage.py dossier: the same as `python -m marketplace dossier`."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from procurement.management.dossier import main


class Command(BaseCommand):
    help = "Write the dossier of a tender to a file."

    def run_from_argv(self, argv: list[str]) -> None:
        # The command's own parser reads the words, so that both ways take the same ones.
        sys.exit(main(argv[2:]))

    def handle(self, *args: Any, **options: Any) -> None:
        raise NotImplementedError("Call procurement.management.dossier.main instead.")
