"""python manage.py import_prices FILE.csv: market prices to set beside what was awarded."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace import clock
from marketplace.errors import MusikaError
from procurement.operations import figures, market_prices


class Command(BaseCommand):
    help = "Read market prices from a CSV file such as the World Food Programme's."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", default="World Food Programme, food prices (HDX)")
        parser.add_argument("--currency", default="USD", help="only rows in it are kept")

    def handle(self, *args: Any, **options: Any) -> None:
        path, now = options["file"], clock.now()
        try:
            read = market_prices.read(
                content=path.read_bytes(),
                source=options["source"],
                filename=path.name,
                currency=options["currency"],
                now=now,
            )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.") from error
        except MusikaError as error:
            raise CommandError(f"{error.message} {error.remedy or ''}".strip()) from error
        if read.known_before:
            print(f"{path.name} was read before; nothing is changed.")
            return
        print(f"{read.file.rows_used} of {read.file.rows_read} prices kept.")
        for why, count in sorted(read.left_out.items(), key=lambda row: -row[1]):
            print(f"  left out, {why}: {count}")
        figures.refresh(now=now)
