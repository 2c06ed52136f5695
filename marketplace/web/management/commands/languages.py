"""Bring the catalogues up to date with the pages; hand out and take back translators' sheets."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.errors import Invalid
from marketplace.web.languages import catalogue, extract


class Command(BaseCommand):
    help = "The pages' catalogues: update, missing or all (CSV out), take (CSV in)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["update", "missing", "all", "take"])
        parser.add_argument("--language", choices=catalogue.LANGUAGES)
        parser.add_argument("--file", type=Path, help="the CSV; without it, the terminal")

    def handle(self, *args: Any, **said: Any) -> None:
        base = Path(settings.BASE_DIR)
        found = extract.messages(base).values()
        for language in [said["language"]] if said["language"] else catalogue.LANGUAGES:
            now = catalogue.updated(catalogue.load(base, language), language, found)
            self._act(said["act"], now, said["file"])
            if said["act"] in ("update", "take"):
                catalogue.save(base, language, now)
                self._tell(language, now)

    def _act(self, act: str, now: Any, path: Path | None) -> None:
        if act == "take":
            self._take(now, path)
        elif act != "update":
            with path.open("w", newline="") if path else sys.stdout as file:
                catalogue.write_sheet(file, now, only_missing=act == "missing")

    def _take(self, now: Any, path: Path | None) -> None:
        if path is None:
            raise CommandError("Name the sheet: --file SHEET.csv")
        try:
            with path.open(newline="", encoding="utf-8-sig") as file:
                catalogue.take_sheet(file, now)
        except (OSError, Invalid) as error:
            raise CommandError(f"{path}: {getattr(error, 'where', '')} {error}") from error

    def _tell(self, language: str, now: Any) -> None:
        state = catalogue.state(now)
        self.stdout.write(
            f"{language}: {state.strings} strings, {state.translated} translated, "
            f"{state.confirmed} confirmed by a native speaker"
        )
