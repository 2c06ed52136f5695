"""python -m marketplace import-ocds FILE --source NAME: past processes from open data."""

import argparse
import gzip
import re
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, cast

from django.db import DatabaseError

from marketplace import clock
from marketplace.errors import Invalid, MusikaError
from procurement.management.history import (
    DONE,
    INTERRUPTED,
    REFUSED_NOW,
    ROWS_REFUSED,
    UNREADABLE,
    Report,
    print_kind,
    progress_bar,
)
from procurement.operations import history_ocds
from procurement.operations.history_ocds import OcdsSummary
from procurement.rules.history.errors import FileUnreadable
from procurement.rules.history.report import Kind

SOURCE = re.compile(r"[a-z][a-z0-9-]{0,15}", re.ASCII)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status.

    0: every process is in (added now or there before); 1: finished, but some were refused; 2: the
    file cannot be read, nothing was written; 3: another import runs or took over, or the database
    cannot be used; 130: interrupted, run it again.
    """
    options = _parser().parse_args(arguments)
    try:
        with Report(options.report) as report:
            summary = _run(options, report)
            report.flush()
    except (Invalid, FileUnreadable) as error:
        return _fail(f"{error.message} {error.remedy or ''} [{error.code}]", UNREADABLE)
    except MusikaError as error:
        return _fail(f"{error.message} {error.remedy or ''} [{error.code}]", REFUSED_NOW)
    except (OSError, EOFError, gzip.BadGzipFile) as error:
        return _fail(f"{options.file}: {error}.", UNREADABLE)
    except DatabaseError as error:
        return _fail(f"the database refused: {error}. Nothing half-written stays.", REFUSED_NOW)
    except KeyboardInterrupt:
        return _fail("interrupted. What was added stays; run it again for the rest.", INTERRUPTED)
    _print(summary, report, options.dry_run)
    return ROWS_REFUSED if summary.refused else DONE


def _run(options: argparse.Namespace, report: Report) -> OcdsSummary:
    if not SOURCE.fullmatch(options.source):
        raise Invalid(
            f"“{options.source[:40]}” cannot name a source.",
            where="--source",
            remedy="Up to 16 small letters, digits and hyphens, a letter first.",
        )
    with ExitStack() as stack:
        file = stack.enter_context(Path(options.file).open("rb"))
        bar = stack.enter_context(progress_bar("processes"))
        return history_ocds.import_file(
            file=_plain(file, stack),
            filename=Path(options.file).name,
            source=options.source,
            now=clock.now(),
            dry_run=options.dry_run,
            take_over=options.take_over,
            note=report.add,
            progress=bar,
        )


def _plain(file: BinaryIO, stack: ExitStack) -> BinaryIO:
    """What is packed with gzip is unpacked to a temporary file: it is read twice."""
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    if not packed:
        return file
    out = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
    with gzip.open(file) as unpacked:
        while chunk := unpacked.read(1 << 20):
            out.write(chunk)
    out.seek(0)
    return cast(BinaryIO, out)


def _fail(words: str, status: int) -> int:
    print(f"import-ocds: {words}", file=sys.stderr)
    return status


def _print(summary: OcdsSummary, report: Report, dry_run: bool) -> None:
    print(f"Processes read: {summary.processes:,}; refused: {summary.refused:,}.")
    if dry_run:
        print("Dry run: nothing was written.")
    else:
        print(f"Added: {summary.added:,} past tenders with {summary.bids_added:,} bids.")
        print(f"There already: {summary.already_there:,}, differing: {summary.differing:,}.")
    for kind in (Kind.REFUSED, Kind.DIFFERS, Kind.NOTICE):
        print_kind(kind, report)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="import-ocds",
        description="Read past processes from release packages, record packages or JSON lines.",
    )
    parser.add_argument("file", help="the file, plain or packed with gzip")
    parser.add_argument("--source", required=True, metavar="NAME", help="what to call the source")
    parser.add_argument("--report", metavar="REPORT.csv", help="write every line of the report")
    parser.add_argument("--dry-run", action="store_true", help="check, write nothing")
    parser.add_argument(
        "--take-over", action="store_true", help="import although another machine holds the lock"
    )
    return parser
