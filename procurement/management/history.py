"""python -m marketplace import-history FILE --mapping MAP.toml: past tenders from a flat file."""

import argparse
import csv
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.db import DatabaseError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from marketplace import clock
from marketplace.errors import Invalid, MusikaError
from marketplace.ledger.export import cell
from procurement.operations import history
from procurement.rules.history import reading
from procurement.rules.history.errors import FileUnreadable
from procurement.rules.history.replay import Outcome
from procurement.rules.history.report import COLUMNS, Kind, ReportLine, Summary

DONE: Final = 0
ROWS_REFUSED: Final = 1
UNREADABLE: Final = 2
REFUSED_NOW: Final = 3
INTERRUPTED: Final = 130

# Of each kind, so many lines on the screen; the report file has them all.
SHOWN: Final = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status.

    0: every row is in (added now or there before); 1: finished, but rows were refused; 2: the file
    or the mapping cannot be read, nothing was written; 3: another import is running or took over,
    or the database cannot be used; 130: interrupted, run it again.
    """
    options = _parser().parse_args(arguments)
    try:
        with Report(options.report) as report:
            summary = _run(options, report)
            report.flush()
    except (Invalid, FileUnreadable) as error:
        return _fail(error, UNREADABLE)
    except MusikaError as error:
        return _fail(error, REFUSED_NOW)
    except OSError as error:
        print(f"import-history: {error.filename}: {error.strerror}.", file=sys.stderr)
        return UNREADABLE
    except DatabaseError as error:
        words = f"import-history: the database refused: {error}. Has it been migrated?"
        print(f"{words} Nothing half-written was left.", file=sys.stderr)
        return REFUSED_NOW
    except KeyboardInterrupt:
        words = "import-history: interrupted. What was added stays; run it again for the rest."
        print(words, file=sys.stderr)
        return INTERRUPTED
    _print(summary, report, options.dry_run)
    return ROWS_REFUSED if summary.rows_refused else DONE


def _run(options: argparse.Namespace, report: "Report") -> Summary:
    text = Path(options.mapping).read_bytes()
    mapping = reading.parse(text)
    with Path(options.file).open("rb") as file, progress_bar() as progress:
        return history.import_file(
            file=file,
            filename=Path(options.file).name,
            mapping=mapping,
            mapping_text=text.decode("utf-8-sig"),
            now=clock.now(),
            dry_run=options.dry_run,
            take_over=options.take_over,
            batch_tenders=options.batch,
            note=report.add,
            progress=progress,
        )


def _fail(error: MusikaError, status: int) -> int:
    words = f"{error.message} {error.remedy or ''}".strip()
    print(f"import-history: {words} [{error.code}]", file=sys.stderr)
    return status


@contextmanager
def progress_bar(what: str = "rows") -> Iterator[Any]:
    """A bar on a terminal; elsewhere nothing, so that logs stay readable."""
    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class Report:
    """The lines of the report: the first of each kind kept for the screen, all to the file."""

    def __init__(self, path: str | None) -> None:
        self._path = path
        self.shown: dict[Kind, list[ReportLine]] = {}
        self.counts: dict[Kind, int] = {}

    def __enter__(self) -> "Report":
        self._file: io.TextIOBase | None = None
        if self._path:
            # Opened before anything is written to the database: a path that cannot be written
            # must not be noticed at the end. The mark makes spreadsheets read it as UTF-8.
            self._file = Path(self._path).open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow(COLUMNS)
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def add(self, line: ReportLine) -> None:
        self.counts[line.kind] = self.counts.get(line.kind, 0) + 1
        kept = self.shown.setdefault(line.kind, [])
        if len(kept) < SHOWN:
            kept.append(line)
        if self._file:
            csv.writer(self._file).writerow(cell(value) for value in line.cells())

    def flush(self) -> None:
        if self._file:
            self._file.flush()


def _print(summary: Summary, report: Report, dry_run: bool) -> None:
    print(f"Rows read: {summary.rows:,}; refused: {summary.rows_refused:,}.")
    print(f"Tenders in the file: {summary.tenders:,}, with {summary.bids:,} bids.")
    print(_added(summary, dry_run))
    print(_agreement(summary))
    for kind in (Kind.NOTICE, Kind.REFUSED, Kind.DIFFERS, Kind.DISAGREES, Kind.NO_WINNER):
        print_kind(kind, report)


def _added(summary: Summary, dry_run: bool) -> str:
    if dry_run:
        return "Dry run: nothing was written."
    if not summary.tenders_added:
        return f"Nothing was added: all {summary.already_there:,} tenders were there already."
    there = summary.already_there
    rest = f" {there:,} tenders were there already." if there else ""
    return f"Added: {summary.tenders_added:,} tenders with {summary.bids_added:,} bids.{rest}"


def _agreement(summary: Summary) -> str:
    ties = summary.outcomes[Outcome.AGREES_AFTER_TIE]
    lines = [
        "Replay by the lowest bid not above the reserve price and not below the minimum price:",
        f"  {summary.agreeing:,} of {summary.with_winner:,} recorded winners agree, "
        f"{ties:,} of them after a tie;",
        f"  {summary.outcomes[Outcome.DISAGREES]:,} disagree;",
        f"  {summary.outcomes[Outcome.NO_WINNER]:,} tenders have no winner on record.",
    ]
    if unknown := summary.outcomes[Outcome.UNKNOWN]:
        lines.append(f"  {unknown:,} tenders could not be compared: the mapping names no winner.")
    if cancelled := summary.outcomes[Outcome.CANCELLED]:
        lines.append(f"  {cancelled:,} tenders were cancelled.")
    return "\n".join(lines)


def print_kind(kind: Kind, report: Report) -> None:
    lines, count = report.shown.get(kind, []), report.counts.get(kind, 0)
    if not lines:
        return
    print(f"\n{kind.capitalize()} ({count:,}):")
    for line in lines:
        print(f"  {_words(line)}")
    if count > len(lines):
        print(f"  … and {count - len(lines):,} more; --report FILE.csv has them all.")


def _words(line: ReportLine) -> str:
    row = f"row {line.row}" if line.row is not None else ""
    column = f"column {line.column}" if line.column else ""
    value = f"“{line.value}”" if line.value else ""
    place = ", ".join(part for part in (line.tender, row, column) if part)
    why = f"{value} {line.why}".strip()
    begin = f"{place}: {why}" if place else why
    return f"{begin.rstrip('.')}. {line.remedy}".strip()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="import-history",
        description="Read past tenders from a CSV file, one row a bid, and replay them.",
    )
    parser.add_argument("file", help="the CSV file")
    parser.add_argument("--mapping", required=True, metavar="MAP.toml", help="what its columns say")
    parser.add_argument("--report", metavar="REPORT.csv", help="write every line of the report")
    parser.add_argument("--dry-run", action="store_true", help="check and replay, write nothing")
    parser.add_argument(
        "--take-over", action="store_true", help="import although another machine holds the lock"
    )
    parser.add_argument(
        "--batch",
        type=_positive,
        default=history.BATCH_TENDERS,
        metavar="N",
        help="tenders in one transaction (default %(default)s)",
    )
    return parser


def _positive(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above zero")
    return number
