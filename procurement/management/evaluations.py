"""python -m marketplace evaluate-lots TENDER ...: many lots at once, and what was found again.

On record it is the service that evaluated. That decides nothing: an evaluator confirms each lot.
"""

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connections

from marketplace import clock
from marketplace.errors import MusikaError
from procurement.management import worker
from procurement.operations import many_evaluations
from procurement.operations.many_evaluations import Done

# Seconds between two lines of progress.
PAUSE = 5.0
# Lots that a worker takes at a time.
AT_ONCE = 8


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status.

    0: every lot is done; 1: some were refused, each told in a line; 2: nothing could be begun.
    """
    options = _parser().parse_args(arguments)
    try:
        lots = many_evaluations.lots(options.tender, evaluated=options.check)
    except MusikaError as error:
        print(f"evaluate-lots: {error.message} {error.remedy or ''}".strip(), file=sys.stderr)
        return 2
    found = run(lots, clock.now(), check=options.check, workers=options.workers)
    refused = _tell(found, len(lots))
    return 1 if refused else 0


def run(lots: Sequence[int], now: datetime, *, check: bool, workers: int) -> Iterator[Done]:
    """One lot after the other as each is done, in several processes; no result is kept.

    `check`: what is stored is evaluated again and compared, and nothing is written.
    """
    jobs = ((lot, check, now) for lot in lots)
    if workers < 2:
        yield from map(worker.one, jobs)
        return
    connections.close_all()  # No process may inherit an open connection.
    with multiprocessing.get_context("spawn").Pool(workers, initializer=worker.ready) as pool:
        yield from pool.imap_unordered(worker.one, jobs, chunksize=AT_ONCE)


def _tell(found: Iterator[Done], count: int) -> int:
    """Progress to the error stream, refusals and the sum to the output; how many were refused."""
    began = told = time.monotonic()
    lots = bids = refused = 0
    for done in found:
        lots, bids = lots + 1, bids + done.bids
        if done.problem:
            refused += 1
            print(f"{done.lot}: {done.problem}")
        if time.monotonic() - told > PAUSE:
            told = time.monotonic()
            print(f"{lots} of {count} lots, {bids} bids", file=sys.stderr, flush=True)
    seconds = time.monotonic() - began
    rate = f"{bids / seconds:.0f} bids a second" if seconds else "no time"
    print(f"{lots} lots, {bids} bids, {refused} refused; {seconds:.1f} s, {rate}")
    return refused


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="musika evaluate-lots", description=__doc__)
    parser.add_argument("tender", nargs="*", help="references; none with --check: every tender")
    parser.add_argument(
        "--check", action="store_true", help="evaluate what is stored again and compare; no writing"
    )
    parser.add_argument("--workers", type=int, default=2, help="processes; default 2")
    return parser
