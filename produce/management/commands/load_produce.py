"""python manage.py load_produce: commodities, standards and price adjustments from produce/data."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace import clock
from marketplace.errors import MusikaError
from produce.operations import catalogue


class Command(BaseCommand):
    help = "Load commodities, standards and price adjustments from produce/data (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tally = catalogue.load(now=clock.now())
        except MusikaError as error:
            raise CommandError(f"{error.message} {error.remedy or ''}".strip()) from error
        self.stdout.write(
            f"{tally.created} rows created, {tally.changed} changed, {tally.removed} removed, "
            f"{tally.unchanged} as they were."
        )
