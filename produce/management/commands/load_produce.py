"""python manage.py load_produce: commodities, standards and price adjustments from produce/data."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace import clock
from marketplace.errors import MusikaError
from produce.operations import catalogue


class Command(BaseCommand):
    help = "Load commodities, standards and price adjustments from produce/data (idempotent)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", type=Path, default=catalogue.DATA, metavar="FOLDER")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tally = catalogue.load(now=clock.now(), data=options["data"])
        except MusikaError as error:
            raise CommandError(f"{error.message} {error.remedy or ''}".strip()) from error
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read: {error.strerror}.") from error
        self.stdout.write(
            f"{tally.created} rows created, {tally.changed} changed, {tally.removed} removed, "
            f"{tally.unchanged} as they were."
        )
